// What Teams got twice, and whether a kill between a send and its record excuses it.
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { wordsOn } from '../../fakes/looking.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { channelId, chatOf } from '../../fakes/teams.ts';
import type { ExpectedCard } from './evidence.ts';
import type { Killed } from './killer.ts';

/** Recording what was sent takes one transaction; a kill later than this after a send is no excuse for a second one. */
export const recordedWithinMs = 1500;

export interface Doubles {
  faults: string[];
  excused: string[];
}

/** One too many for each kill between the sending of one and its record; the others are faults. */
function judgeDoubles(
  what: string,
  messages: readonly ConnectorMessage[],
  kills: readonly Killed[],
  wanted = 1,
): Doubles {
  const surplus = Math.max(0, messages.length - wanted);
  if (surplus === 0) return { faults: [], excused: [] };
  const cut = kills.filter((kill) => messages.some((message) => isBetweenSendAndRecord(message, kill)));
  const times = messages.map(({ sentAt, arrivedAt }) => `${sentAt} to ${arrivedAt}`).join(' and ');
  const account = `${messages.length} times ${what}: on its way ${times}; killed at ${kills.map(({ at }) => at).join(', ')}`;
  return surplus > cut.length ? { faults: [account], excused: [] } : { faults: [], excused: [account] };
}

/** Also while it is on its way: it may arrive when the bot is dead. */
function isBetweenSendAndRecord({ sentAt, arrivedAt }: ConnectorMessage, kill: Killed): boolean {
  return kill.goneAt >= sentAt && kill.at <= arrivedAt + recordedWithinMs;
}

/** Whatever is told, by its first line. After each new start it may be unclear again. */
export function judgeNotices(starts: number, { connector }: Microsoft, kills: readonly Killed[]): Doubles[] {
  const notices = connector.messages.flatMap((message) => {
    const told = readNotice(message);
    return told === null ? [] : [{ told: `${message.conversationId}: ${told}`, message }];
  });
  return [...Map.groupBy(notices, ({ told }) => told)].map(([told, all]) =>
    judgeDoubles(
      told,
      all.map(({ message }) => message),
      kills,
      /unclear|unklar/.test(told) ? starts : 1,
    ),
  );
}

/** Its first line; null: it is none. */
export function readNotice({ content }: ConnectorMessage): string | null {
  return /^(.+) · R-\d+$/.exec(String(content?.summary ?? ''))?.[1] ?? null;
}

/** The form becomes the card of the request, so that there is one in her chat. */
export function judgeRequesterCards(
  cards: readonly ExpectedCard[],
  microsoft: Microsoft,
  kills: readonly Killed[],
): Doubles {
  const own = cards.filter(({ card }) => card.audience === 'requester').length;
  const shown = microsoft.connector
    .messagesIn(chatOf('ada'))
    .filter((one) => readNotice(one) === null && /\bR-\d+/.test(wordsOn(one)));
  const { faults, excused } = judgeDoubles('the card of the request in her chat', shown, kills);
  if (shown.length === 0) return { faults: ['no card of the request in her chat'], excused };
  return { faults: own === 1 ? faults : [...faults, `${own} cards for her in the store`], excused };
}

export function judgeApprovalCards(
  cards: readonly ExpectedCard[],
  microsoft: Microsoft,
  kills: readonly Killed[],
): Doubles {
  const own = cards.filter(({ card }) => card.audience === 'channel').length;
  const { faults, excused } = judgeDoubles(
    'the approval card',
    microsoft.connector.messages.filter(isApprovalCard),
    kills,
  );
  return { faults: own === 1 ? faults : [...faults, `${own} approval cards in the store`], excused };
}

function isApprovalCard(message: ConnectorMessage): boolean {
  const isThread = message.conversationId === `${channelId};messageid=${message.id}`;
  return isThread && wordsOn(message).includes('Ada Arendt');
}
