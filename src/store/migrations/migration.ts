/** A step of the schema. Forward only: once released, its statements never change. */
export interface Migration {
  /** `0001-requests`: sorts in the order of application. */
  name: string;
  /** One statement each: PGlite takes no more at a time. */
  statements: readonly string[];
  /**
   * The name of an earlier migration: a build whose newest one is that, or a later one, goes on reading and writing after this step
   * (docs/decisions/0011-rolling-updates.md). Left out: no earlier build does.
   */
  worksWith?: string;
}
