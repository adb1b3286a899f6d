// Seats that were bought: first come, first served. Whoever comes too late waits until one is free.

/** `free`: how many are left when so many are taken here. `taken` hears of each that is taken (1) or given back (-1). */
export interface Stock {
  free(seated: number): number;
  taken?(by: 1 | -1): void;
}

export class Seats {
  readonly #stock: Stock;
  readonly #seated = new Set<string>();
  readonly #waiting = new Set<string>();

  constructor(stock: Stock) {
    this.#stock = stock;
  }

  get count(): number {
    return this.#seated.size;
  }

  isSeated(who: string): boolean {
    return this.#seated.has(who);
  }

  /** Answers who has got a seat by that. */
  ask(who: string): string[] {
    if (!this.#seated.has(who)) this.#waiting.add(who);
    return this.fill();
  }

  /** Answers who has got a seat by that. */
  leave(who: string): string[] {
    this.#waiting.delete(who);
    if (this.#seated.delete(who)) this.#stock.taken?.(-1);
    return this.fill();
  }

  /** Whoever has a seat keeps it, even when there are fewer than before. */
  fill(): string[] {
    const lucky: string[] = [];
    for (const who of this.#waiting) {
      if (this.#stock.free(this.#seated.size) <= 0) break;
      this.#waiting.delete(who);
      this.#seated.add(who);
      this.#stock.taken?.(1);
      lucky.push(who);
    }
    return lucky;
  }
}
