// Times and durations. An instant is milliseconds since 1970 (UTC); a duration is milliseconds.

export type Instant = number;

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

const units: Record<string, number> = { s: second, m: minute, h: hour, d: day };

/** Reads `90s`, `15m`, `24h`, `3d` as milliseconds; null when it is not one of these. */
export function parseDuration(text: string): number | null {
  const found = /^(\d{1,6})\s*(s|m|h|d)$/.exec(text.trim());
  const unit = units[found?.[2] ?? ''];
  return found && unit ? Number(found[1]) * unit : null;
}

/** The calendar day of an instant in an IANA time zone: `2026-11-28`. */
export function dayIn(instant: Instant, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(instant);
}
