// Teams' own sign-in card. Where it can, the client signs in by itself when the card comes (`signin/tokenExchange`); its button
// opens a window otherwise (`signin/verifyState`).
import { type Activity, CardFactory } from 'botbuilder';
import type { SignInView } from '../domain/message-views.ts';
import type { Reader } from '../domain/people.ts';
import type { UnitOfWork } from '../domain/ports.ts';
import type { TextView } from '../domain/text-views.ts';
import type { Message, ToPerson } from './connector-calls.ts';
import type { UserTokens } from './user-tokens.ts';

export interface SignInCardParts {
  tokens: UserTokens;
  unitOfWork: UnitOfWork;
  appId: string;
  renderPlain(view: TextView, reader: Reader): string;
}

export type WriteSignInCard = (address: ToPerson, view: SignInView) => Promise<Message>;

/** @throws TemporaryError `signIn.unavailable` */
export function createSignInCard(parts: SignInCardParts): WriteSignInCard {
  return async (address, { signIn }) => {
    const { person, conversation, reader } = address;
    const known = await parts.unitOfWork.run((tx) => tx.people.get(person.id));
    const activity: Partial<Activity> = {
      channelId: 'msteams',
      serviceUrl: conversation?.serviceUrl ?? '',
      from: { id: known?.teamsUser?.userId ?? person.id, name: '', aadObjectId: person.id },
      recipient: { id: conversation?.botId ?? `28:${parts.appId}`, name: '' },
      conversation: {
        id: conversation?.conversationId ?? '',
        name: '',
        isGroup: false,
        conversationType: 'personal',
        tenantId: conversation?.tenantId ?? known?.teamsUser?.tenantId,
      },
    };
    const { signInLink, tokenExchangeResource, tokenPostResource } = await parts.tokens.findSignIn(activity);
    const say = (text: string, values: TextView['values'] = {}) => parts.renderPlain({ text, values }, reader);
    const text = signIn.code === null ? say('signIn.ask') : say('signIn.start', { code: signIn.code });
    const { connectionName } = parts.tokens;
    const title = say('signIn.button');
    const card = CardFactory.oauthCard(
      connectionName,
      title,
      text,
      signInLink,
      tokenExchangeResource,
      tokenPostResource,
    );
    return { type: 'message', summary: say('signIn.summary'), attachments: [card] };
  };
}
