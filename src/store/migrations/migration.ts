/** A step of the schema. Forward only: once released, its statements never change. */
export interface Migration {
  /** `0001-requests`: sorts in the order of application. */
  name: string;
  /** One statement each: PGlite takes no more at a time. */
  statements: readonly string[];
}
