// How long to wait before a message is tried again. Teams' own wish wins.
import { minute, second } from '../domain/time.ts';

const firstMs = 2 * second;
const longestMs = 5 * minute;

/** Exponential with full jitter, 2 s at first, 5 min at most. @param tries how often it was tried before */
export function backoffMs(tries: number, askedMs: number | null): number {
  if (askedMs !== null && askedMs > 0) return askedMs;
  const cap = Math.min(longestMs, firstMs * 2 ** Math.min(tries, 10));
  return Math.round(cap / 2 + Math.random() * (cap / 2));
}
