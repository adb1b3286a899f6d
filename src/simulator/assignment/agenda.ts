// What will happen in the tenant by itself, in the order of time. There are no timers: whoever looks lets it happen first.

interface Item {
  atMs: number;
  act: () => void;
}

export class Agenda {
  readonly #clock: () => number;
  /** The latest first, so that the next one is taken from the end. */
  readonly #items: Item[] = [];
  #actingAtMs: number | undefined;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The time at which something is happening; otherwise that of the clock. Milliseconds. */
  readonly now = (): number => this.#actingAtMs ?? this.#clock();

  /** What is put down for the same moment happens in the order in which it was put down; for infinity: never. */
  at(atMs: number, act: () => void): void {
    if (atMs === Number.POSITIVE_INFINITY) return;
    let from = 0;
    let to = this.#items.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#items[middle]?.atMs ?? 0) > atMs) from = middle + 1;
      else to = middle;
    }
    this.#items.splice(from, 0, { atMs, act });
  }

  /** Lets everything happen that is due, each at its own time. */
  catchUp(): void {
    if (this.#actingAtMs !== undefined) return;
    const untilMs = this.#clock();
    for (let next = this.#items.at(-1); next && next.atMs <= untilMs; next = this.#items.at(-1)) {
      this.#items.pop();
      this.#actingAtMs = next.atMs;
      try {
        next.act();
      } finally {
        this.#actingAtMs = undefined;
      }
    }
  }
}
