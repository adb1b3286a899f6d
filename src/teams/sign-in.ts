// A sign-in as the Teams clients tell of it. What was wanted goes on once, however many clients say so.
import type { TurnContext } from 'botbuilder';
import { ConciergeError } from '../domain/errors.ts';
import type { Deps } from '../requests/deps.ts';
import { goOnAfterSignIn } from '../requests/sign-in.ts';
import { isTokenOf } from './sign-ins.ts';
import type { SignInIncoming } from './turn.ts';
import type { UserTokens } from './user-tokens.ts';

export type SignInOutcome =
  /** 200: the client is content. */
  | 'signedIn'
  /** 412: the client shows the card's button, and the person signs in in a window. */
  | 'refused'
  /** 404: there is no sign-in behind this code. */
  | 'unknown'
  /** In the window somebody else signed in; it was forgotten. */
  | 'otherAccount'
  /** 503 within: the client may try again. */
  | 'unavailable';

const withinMs = 8_000;

/** Takes the token to the token service, and lets what waited for it go on. */
export async function takeSignIn(deps: Deps, tokens: UserTokens, incoming: SignInIncoming): Promise<SignInOutcome> {
  try {
    const found = await findToken(tokens, incoming);
    if (typeof found !== 'object') return found;
    const { person, teamsUser } = incoming;
    if (!isTokenOf(found.token, person.id, teamsUser)) {
      deps.log.warn({ personId: person.id }, 'somebody signed in as somebody else');
      await tokens.forget(teamsUser.userId);
      return incoming.kind === 'signedIn' ? 'otherAccount' : 'refused';
    }
    // Every client of the person tells of it: the first one finds what waits, the others find nothing.
    await goOnAfterSignIn(deps, person);
    return 'signedIn';
  } catch (error) {
    if (error instanceof ConciergeError && error.code === 'signIn.unavailable') return 'unavailable';
    throw error;
  }
}

async function findToken(
  tokens: UserTokens,
  incoming: SignInIncoming,
): Promise<{ token: string } | 'refused' | 'unknown'> {
  const { userId } = incoming.teamsUser;
  if (incoming.kind === 'tokenExchange') {
    const { connectionName, token } = incoming.exchange;
    const exchanged = connectionName === tokens.connectionName ? await tokens.exchange(userId, token) : null;
    return exchanged === null ? 'refused' : { token: exchanged };
  }
  if (!/^\d{4,10}$/.test(incoming.code)) return 'unknown';
  const token = await tokens.get(userId, withinMs, incoming.code);
  return token === null ? 'unknown' : { token };
}

const statuses: Readonly<Record<SignInOutcome, number>> = {
  signedIn: 200,
  otherAccount: 200,
  refused: 412,
  unknown: 404,
  unavailable: 503,
};

/** What the client does next is told by the status of the invoke's own answer. */
export async function answerSignIn(
  context: TurnContext,
  incoming: SignInIncoming,
  outcome: SignInOutcome,
): Promise<void> {
  const { kind } = incoming;
  const body =
    kind === 'tokenExchange' && outcome !== 'signedIn'
      ? { id: incoming.exchange.id, connectionName: incoming.exchange.connectionName, failureDetail: outcome }
      : undefined;
  await context.sendActivity({ type: 'invokeResponse', value: { status: statuses[outcome], body } });
}
