// Settings and policy are read once; nobody may change them later, not even deep inside.

/** Freezes plain data with all that is in it, and gives it back. */
export function freezeDeep<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freezeDeep(inner);
  }
  return Object.freeze(value);
}
