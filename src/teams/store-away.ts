// A turn while the store is gone: it is answered while Teams still waits, and with the truth.
import { TemporaryError } from '../domain/errors.ts';
import type { Reader } from '../domain/people.ts';
import { readerOf } from '../requests/address.ts';
import type { Deps } from '../requests/deps.ts';
import { answerError } from './answer-error.ts';
import { type Answer, here, type PersonsIncoming } from './turn.ts';

/** A store that gives no answer at all would be noticed later than this; Teams gives up after 10 to 15 s. */
const storeWithinMs = 8_000;

export interface FoundAnswer {
  answer: Answer;
  reader: Reader;
}

/**
 * What is left behind may still be done; the card shows it then, and a second press changes nothing.
 * @throws TemporaryError `store.unavailable` when the work takes too long
 */
export async function whileStoreAnswers<T>(work: Promise<T>): Promise<T> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TemporaryError('store.unavailable')), storeWithinMs);
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Without the store the activity alone says how the person reads.
 * @throws error itself when it is another one
 */
export function sayStoreIsAway(
  deps: Pick<Deps, 'policy' | 'log' | 'ids'>,
  { activityId, person, locale, timeZone }: PersonsIncoming,
  error: unknown,
): FoundAnswer {
  if (!(error instanceof TemporaryError) || error.code !== 'store.unavailable') throw error;
  const view = answerError(error, { activityId, personId: person.id, isAdmin: false }, deps);
  return {
    answer: here(view),
    reader: readerOf({ ...person, locale, timeZone, language: null, upnHint: null, teamsUser: null }, deps.policy),
  };
}
