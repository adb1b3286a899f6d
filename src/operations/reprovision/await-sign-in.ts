// needsSignIn: the requester's sign-in is looked for now and then, should the news of it have been lost.
import { ConciergeError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import { minute, second } from '../../domain/time.ts';
import type { OperationDeps, Step } from '../operation.ts';
import { applyEvent } from './apply-event.ts';

const askAgainMs = 10 * minute;
const askWithinMs = 20 * second;

/** From checking: it goes on when the person has signed in. */
export async function waitForSignIn(deps: OperationDeps, item: Item): Promise<void> {
  await applyEvent(deps, item, { type: 'needSignIn', askAgainAt: deps.clock.now() + askAgainMs });
}

export const awaitSignIn: Step = {
  name: 'await sign-in',
  when: 'needsSignIn',
  async run(deps, request, item) {
    if (await isThere(deps, request.requester.id)) {
      return applyEvent(deps, item, { type: 'signedIn' });
    }
    await waitForSignIn(deps, item);
    return false;
  },
};

async function isThere(deps: OperationDeps, personId: string): Promise<boolean> {
  try {
    // Without single sign-on nobody can sign in any more, and nobody has to.
    return deps.signIns === null || (await deps.signIns.of(personId, { withinMs: askWithinMs })) !== null;
  } catch (error) {
    if (!(error instanceof ConciergeError)) throw error;
    deps.log.warn({ code: error.code, ...error.values }, 'sign-in could not be looked for');
    return false;
  }
}
