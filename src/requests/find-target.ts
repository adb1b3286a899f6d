// Whom somebody means by a mention or by words.
import { NotFoundError } from '../domain/errors.ts';
import { isSameUpn, type Person } from '../domain/people.ts';
import type { OperationName } from '../domain/request.ts';
import type { CardView } from '../domain/views.ts';
import { toRef } from './asker.ts';
import type { Deadline, Deps } from './deps.ts';

/** Who is meant: nobody named (oneself), a person by object id, or words (UPN, mail or name). */
export type Target = { type: 'self' } | { type: 'id'; personId: string } | { type: 'words'; text: string };

/**
 * @param operation what is to be done for the person, for the card that asks which one
 * @returns the person, or the card that lists those whom the words may mean
 * @throws NotFoundError `personNotFound`
 */
export async function findTarget(
  deps: Pick<Deps, 'tenant'>,
  target: Exclude<Target, { type: 'self' }>,
  operation: OperationName,
  deadline: Deadline,
): Promise<Person | CardView> {
  if (target.type === 'id') {
    const { person } = await deps.tenant.read(
      { person: { ask: 'person', personId: target.personId } },
      { withinMs: deadline.left() },
    );
    if (!person) throw new NotFoundError('personNotFound', { text: '' });
    return person;
  }
  const { text } = target;
  const { people } = await deps.tenant.read({ people: { ask: 'peopleNamed', text } }, { withinMs: deadline.left() });
  const exact = people.filter((person) => isSameUpn(person.userPrincipalName, text) || isSameUpn(person.mail, text));
  const [only] = exact.length === 1 ? exact : people;
  if (!only) throw new NotFoundError('personNotFound', { text });
  if (exact.length === 1 || people.length === 1) return only;
  const shown = people.slice(0, 10).map((person) => ({ ...toRef(person), upn: person.userPrincipalName }));
  return { card: 'choosePerson', operation, people: shown, hasMore: people.length > shown.length };
}
