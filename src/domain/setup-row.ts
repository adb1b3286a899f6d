// One thing that a check looks at, in words of `locales/`, and how such a row is made.
import type { ConciergeError } from './errors.ts';
import type { Text } from './text-views.ts';

export interface SetupRow {
  state: 'missing' | 'notable' | 'unknown' | 'present';
  /** The bot cannot do what the policy promises without it. */
  isNeeded: boolean;
  name: Text;
  /** What to do about it, or why it could not be asked; [] when it is there. */
  mend: readonly Text[];
}

export function text(key: string, values: Text['values'] = {}): Text {
  return { text: key, values };
}

export function present(key: string, values: Text['values'] = {}): SetupRow {
  return { state: 'present', isNeeded: true, name: text(key, values), mend: [] };
}

export function missing(key: string, values: Text['values'], ...mend: readonly Text[]): SetupRow {
  return { state: 'missing', isNeeded: true, name: text(key, values), mend };
}

export function notable(key: string, values: Text['values'], ...mend: readonly Text[]): SetupRow {
  return { state: 'notable', isNeeded: false, name: text(key, values), mend };
}

export function unknown(key: string, values: Text['values'], ...mend: readonly Text[]): SetupRow {
  return { state: 'unknown', isNeeded: true, name: text(key, values), mend };
}

/** Why it could not be asked. */
export function unasked(key: string, values: Text['values'], fault: ConciergeError): SetupRow {
  const refusal = fault.trace?.refusal;
  const permissions = refusal?.permissions.join(', ') ?? '';
  const why = permissions === '' ? text('check.noAnswer') : text('check.notAllowed', { permissions });
  return unknown(key, values, why, ...referenceOf(fault));
}

export function referenceOf({ trace }: ConciergeError): Text[] {
  const reference = trace?.requestId ?? trace?.clientRequestId ?? null;
  return reference === null ? [] : [text('refusal.reference', { reference })];
}
