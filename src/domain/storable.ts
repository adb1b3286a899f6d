// PostgreSQL refuses NUL and lone surrogates in text, and words that people paste may hold both: they are left out.

export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** As JSON text, every string in it made storable. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === 'string' ? storable(inner) : inner));
}
