// People who sign in: a whole bot with single sign-on, and what Ada and the others do and see there.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Policy } from '../../src/domain/policy.ts';
import type { ConnectorMessage } from './connector.ts';
import { eventually, last, wordsOn } from './looking.ts';
import { type CastMember, personOf, tenantId, tokenExchange } from './teams.ts';
import { personsToken, ssoConnection } from './token-service.ts';
import { adaSubmits, setChannel, startWholeBot, type WholeBot } from './whole-bot.ts';

export const teamsUserId = (member: CastMember) => `29:${personOf(member).id}`;
export const graphTokenOf = (member: CastMember, tenant = tenantId) => personsToken(personOf(member).id, tenant);
export const isSignInCard = ({ content }: ConnectorMessage) =>
  content?.attachments?.[0]?.contentType === 'application/vnd.microsoft.card.oauth';

interface SignInOptions {
  form?: 'me' | 'users';
  policy?: Partial<Policy>;
}

/** With the approvals channel set. */
export async function startSigningIn({ form = 'me', policy }: SignInOptions = {}) {
  const whole = await startWholeBot({ config: { ssoConnection, ssoReprovisionForm: form }, policy });
  await setChannel(whole);
  return { whole, ...peopleWhoSignIn(whole) };
}

export type SigningIn = Awaited<ReturnType<typeof startSigningIn>>;

export function peopleWhoSignIn(whole: WholeBot) {
  const signInCards = (member: CastMember) => whole.messagesOf(member).filter(isSignInCard);
  const forms = () => whole.messagesOf('ada').filter((one) => /Vor dem Löschen|gelöscht/.test(wordsOn(one)));
  const posts = () => whole.simulator.tenant.reprovisionPosts();
  const postPaths = () =>
    whole.simulator.requests
      .filter(({ path }) => path.endsWith('/reprovision'))
      .map(({ path, body }) => ({ path, body }));
  const hasSignedIn = (member: CastMember) => whole.tokenService.tokens.set(teamsUserId(member), graphTokenOf(member));
  const whatWasAsked = () => whole.tokenService.calls.map(({ what }) => what);

  /** Every Teams client of the person says so. */
  function signsInByItself(member: CastMember, token = graphTokenOf(member), clients = 2) {
    const value = { id: randomUUID(), connectionName: ssoConnection, token: `client-token-of-${member}` };
    whole.tokenService.exchanges.set(value.token, token);
    return Promise.all(Array.from({ length: clients }, () => whole.post(tokenExchange(member, value))));
  }

  async function ivanApproves(): Promise<ConnectorMessage> {
    const approval = await eventually(() =>
      last(whole.channelMessages().filter((one) => wordsOn(one).includes('Ada Arendt?'))),
    );
    await whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
    return approval;
  }

  const channelCard = (approval: ConnectorMessage) => whole.channelMessages().find(({ id }) => id === approval.id);
  const adasCard = (words: RegExp, withinMs?: number) =>
    eventually(() => {
      const card = whole.messagesOf('ada').find((one) => !isSignInCard(one) && words.test(wordsOn(one)));
      assert.ok(card, whole.messagesOf('ada').map(wordsOn).join('\n'));
      return card;
    }, withinMs);

  /** Ada asks and sends the form while she is signed in; what she has is gone when it is approved. */
  async function approvedWithoutSignIn(): Promise<ConnectorMessage> {
    hasSignedIn('ada');
    await adaSubmits(whole);
    whole.tokenService.tokens.clear();
    return ivanApproves();
  }

  return {
    signInCards,
    forms,
    posts,
    postPaths,
    hasSignedIn,
    whatWasAsked,
    signsInByItself,
    ivanApproves,
    channelCard,
    adasCard,
    approvedWithoutSignIn,
  };
}
