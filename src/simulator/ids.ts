// Ids and UPNs are compared without case, as Graph compares them.

export function isSameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
