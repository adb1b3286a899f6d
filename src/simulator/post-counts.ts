// How often Cloud PCs were named in requests of one kind, alone or in a bulk.

export class PostCounts {
  readonly #counts = new Map<string, number>();

  add(cloudPcId: string): void {
    this.#counts.set(keyOf(cloudPcId), this.of(cloudPcId) + 1);
  }

  /** Of one Cloud PC, or of all. */
  of(cloudPcId?: string): number {
    if (cloudPcId !== undefined) return this.#counts.get(keyOf(cloudPcId)) ?? 0;
    return [...this.#counts.values()].reduce((sum, one) => sum + one, 0);
  }
}

function keyOf(cloudPcId: string): string {
  return cloudPcId.toLowerCase();
}
