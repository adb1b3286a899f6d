// Between the domain's plain values and what the columns take.
import type { PersonRef } from '../domain/people.ts';
import { storable, storableJson } from '../domain/storable.ts';
import type { Instant } from '../domain/time.ts';

/** A `timestamptz` for an instant (ms since 1970). */
export function toTime(instant: Instant): Date {
  return new Date(instant);
}

export function toTimeOrNull(instant: Instant | null): Date | null {
  return instant === null ? null : new Date(instant);
}

export function fromTime(time: Date): Instant {
  return time.getTime();
}

export function fromTimeOrNull(time: Date | null): Instant | null {
  return time === null ? null : time.getTime();
}

export function storableOrNull(text: string | null): string | null {
  return text === null ? null : storable(text);
}

/** A `jsonb` value, as text: both drivers would read a bare array as a PostgreSQL array. */
export function toJson(value: unknown): string {
  return storableJson(value);
}

export function toJsonOrNull(value: unknown): string | null {
  return value === null ? null : toJson(value);
}

export function toPerson(id: string | null, name: string | null): PersonRef | null {
  return id === null ? null : { id, name: name ?? '' };
}
