// What people have before them: the messages of a chat or of the channel, and the answers to their presses.
import type { ConnectorCall, ConnectorMessage } from '../../fakes/connector.ts';
import { wordsOn } from '../../fakes/looking.ts';
import { type CastMember, channelId, chatOf } from '../../fakes/teams.ts';
import type { WholeBot } from '../../fakes/whole-bot.ts';
import { contentOf, readSeen, type Seen } from './seen.ts';

export type Place = CastMember | 'channel';

export interface Screens {
  /** What was seen before this does not count. */
  begin(): void;
  /** An answer to a press, seen by who pressed. */
  note(by: CastMember, seen: Seen): Seen;
  /** Messages there, newest content, oldest first. */
  messagesAt(place: Place): ConnectorMessage[];
  /** The newest message there whose content holds these words. */
  newestWith(place: Place, words: RegExp): ConnectorMessage | undefined;
  /** Everything that was to be seen there, in order; of a person also the answers to presses. */
  seenBy(place: Place): Seen[];
  /** What the newest card of the request says there; null when there is none. */
  stateAt(place: Place): string | null;
  /** All words on that card. */
  wordsOfCardAt(place: Place): string;
  notices(place: Place, words: string): number;
}

interface Noted {
  by: Place;
  /** How many calls the connector had seen before. */
  after: number;
  seen: Seen;
}

export function createScreens({ connector }: WholeBot): Screens {
  const noted: Noted[] = [];
  let begunAt = 0;

  const messagesAt = (place: Place) =>
    connector.messages.filter(({ conversationId }) =>
      place === 'channel' ? conversationId.startsWith(channelId) : conversationId === chatOf(place),
    );
  const cardAt = (place: Place) => messagesAt(place).findLast(({ content }) => readSeen(content).kind === 'card');

  function seenBy(place: Place): Seen[] {
    const own = noted.filter(({ by }) => by === place);
    const notedAt = (index: number) => own.filter(({ after }) => after === index).map(({ seen }) => seen);
    const all = connector.calls.flatMap((call, index) => {
      if (index < begunAt) return [];
      const content = isAt(call, place) ? contentOf(call) : null;
      return [...notedAt(index), ...(content ? [readSeen(content)] : [])];
    });
    return [...all, ...notedAt(connector.calls.length)];
  }

  return {
    begin() {
      begunAt = connector.calls.length;
    },
    note(by, seen) {
      noted.push({ by, after: connector.calls.length, seen });
      return seen;
    },
    messagesAt,
    newestWith: (place, words) => messagesAt(place).findLast(({ content }) => words.test(JSON.stringify(content))),
    seenBy,
    stateAt(place) {
      const card = cardAt(place);
      return card ? readSeen(card.content).words : null;
    },
    wordsOfCardAt: (place) => wordsOn(cardAt(place)),
    notices: (place, words) =>
      messagesAt(place).filter(({ content }) => {
        const seen = readSeen(content);
        return seen.kind === 'notice' && seen.words === words;
      }).length,
  };
}

/** Where a call of the connector goes. */
export function isAt(call: ConnectorCall, place: Place): boolean {
  if (call.verb === 'create' && place === 'channel') return call.body?.channelData?.channel?.id === channelId;
  if (place === 'channel') return call.conversationId?.startsWith(channelId) ?? false;
  return call.conversationId === chatOf(place);
}
