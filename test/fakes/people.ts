// The cast at their keyboards: they type, press, and see what stands in their chats and in the channel.
import type { ConnectorMessage, FakeConnector } from './connector.ts';
import { type Card, findButton } from './looking.ts';
import {
  type CastMember,
  channelId,
  chatOf,
  execute,
  message,
  postActivity,
  type TeamsAnswer,
  type TeamsParts,
  type Where,
} from './teams.ts';

export interface People {
  says(from: CastMember, text: string, where?: Where, mentions?: CastMember[]): Promise<TeamsAnswer>;
  presses(
    from: CastMember,
    card: ConnectorMessage | Card,
    verb: string,
    inputs?: Record<string, unknown>,
    where?: Where,
  ): Promise<TeamsAnswer>;
  messagesOf(member: CastMember): ConnectorMessage[];
  /** The messages of the channel that are threads of their own, and those below them. */
  channelMessages(): ConnectorMessage[];
}

/** @param post how an activity gets to the bot; left out: once, with a good token */
export function createPeople(
  bot: { url: string },
  teams: TeamsParts & { connector: FakeConnector },
  post: (activity: Parameters<typeof postActivity>[1]) => Promise<TeamsAnswer> = (activity) =>
    postActivity(bot, activity, teams),
): People {
  return {
    says: (from, text, where = 'personal', mentions = []) => post(message(text, { from, where, mentions })),
    presses(from, card, verb, inputs = {}, where = 'personal') {
      const button = findButton(card, verb);
      const replyToId = 'edits' in card ? (card as ConnectorMessage).id : undefined;
      return post(execute({ from, verb, data: { ...button.data, ...inputs }, replyToId, where }));
    },
    messagesOf: (member) => teams.connector.messagesIn(chatOf(member)),
    channelMessages: () => teams.connector.messages.filter((one) => one.conversationId.startsWith(channelId)),
  };
}
