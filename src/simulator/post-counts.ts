// How often Cloud PCs were named in requests to reprovision, alone or in a bulk.

export class PostCounts {
  readonly #counts = new Map<string, number>();

  add(cloudPcId: string): void {
    this.#counts.set(keyOf(cloudPcId), this.of(cloudPcId) + 1);
  }

  of(cloudPcId: string): number {
    return this.#counts.get(keyOf(cloudPcId)) ?? 0;
  }

  all(): number {
    return [...this.#counts.values()].reduce((sum, one) => sum + one, 0);
  }
}

function keyOf(cloudPcId: string): string {
  return cloudPcId.toLowerCase();
}
