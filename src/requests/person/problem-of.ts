// A refusal in the words that the outcome of a request has for it.
import type { Refused } from '../../domain/assign-check.ts';
import type { TextView } from '../../domain/text-views.ts';

/** What happened, to what, and what helps. */
export function problemOf({ code, detail }: Refused): TextView {
  const key = code === 'policyChanged' ? `reason.${code}` : `assignOutcome.${code}`;
  const about = detail ? [{ text: 'assignOutcome.about', values: { name: detail.code ?? '' } }] : [];
  return { text: `${key}.text`, values: {}, more: [...about, { text: `${key}.try`, values: {} }] };
}
