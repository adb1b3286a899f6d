// An Adaptive Card as the public schema knows it: Teams' own additions replaced by what older clients show.

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const newer = new Set(['Badge', 'Icon', 'ProgressBar']);

/** Drops `msteams` and `roundedCorners`, and puts each newer element's fallback in its place. */
export function normaliseCard(card: object): object {
  return normalise(card as Json) as object;
}

function normalise(value: Json): Json {
  if (Array.isArray(value))
    return value
      .map(replaceNewer)
      .filter((entry) => entry !== 'drop')
      .map(normalise);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'msteams' && key !== 'roundedCorners');
  return Object.fromEntries(kept.map(([key, inner]) => [key, normalise(inner)]));
}

function replaceNewer(entry: Json): Json {
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return entry;
  return newer.has(String(entry.type)) ? (entry.fallback ?? 'drop') : entry;
}

/** Everything in a card, with the key it stands under. */
export function* walkCard(value: unknown, key = ''): Generator<{ key: string; value: unknown }> {
  yield { key, value };
  if (Array.isArray(value)) for (const inner of value) yield* walkCard(inner, key);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) yield* walkCard(inner, name);
  }
}
