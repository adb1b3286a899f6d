// What people and the channel were shown and told, against what the store holds: nothing else, nothing lost, nothing twice but for
// a cause.
import { isDeepStrictEqual } from 'node:util';
import { second } from '../../../src/domain/time.ts';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { wordsOn } from '../../fakes/looking.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { readNotice, recordedWithinMs } from '../crash/doubles.ts';
import type { ExpectedCard } from '../crash/evidence.ts';
import type { Disturbance, FaultKind } from './faults.ts';
import type { Seen, Violation } from './rules.ts';

/** After Teams has called a card too big, its summary is sent at once; but each chat has its pace. */
const shortenedWithinMs = 15 * second;

export function judgeCards({ evidence, microsoft, disturbances }: Seen): Violation[] {
  return evidence.requests.flatMap(({ request, cards }) =>
    cards.flatMap((expected): Violation[] => {
      const what = differenceOf(expected, microsoft, disturbances);
      if (what === null) return [];
      return [
        { rule: 'every card shows what the store holds', what: `${request.code}, ${expected.card.audience}: ${what}` },
      ];
    }),
  );
}

function differenceOf(
  { card, content }: ExpectedCard,
  { connector }: Microsoft,
  disturbances: readonly Disturbance[],
): string | null {
  if (card.state === 'unreachable') return 'could not be reached';
  if (card.activityId === null) return `was never sent (${card.state})`;
  const message = connector.messages.find(({ id }) => id === card.activityId);
  if (!message) return 'is not in Teams';
  if (card.wanted !== card.shown) return `shows ${card.shown} of ${card.wanted}`;
  const shown = message.content?.attachments?.[0]?.content;
  if (!shown && disturbances.some((one) => wasTooBig(one, message))) return null;
  if (isDeepStrictEqual(withoutTimes(shown), withoutTimes(content))) return null;
  return `shows other words than the store holds: ${wordsOn(message).slice(0, 400)}`;
}

function wasTooBig({ kind, name, from, conversationId }: Disturbance, message: ConnectorMessage): boolean {
  if (kind !== 'teams' || name !== '413' || !sameChat(conversationId, message)) return false;
  return from <= message.changedAt && message.changedAt <= from + shortenedWithinMs;
}

const chatIn = (conversationId: string) => conversationId.split(';')[0] ?? '';

const sameChat = (conversationId: string | null, message: ConnectorMessage) =>
  conversationId === null || chatIn(conversationId) === chatIn(message.conversationId);

/** "As of 10:42" may be a minute away. */
function withoutTimes(content: unknown): string {
  return JSON.stringify(content ?? null).replaceAll(/(Stand|Updated|Actualisé|État)[^"]*/g, '$1');
}

export function judgeLost({ evidence }: Seen): Violation[] {
  return evidence.notices
    .filter(({ state, via }) => state !== 'sent' && via === 'chat')
    .map(({ notice, state, via }) => ({ rule: 'no notice and no card lost', what: `${via} ${notice} is ${state}` }));
}

/** What is unclear, or halts, may do so once more then. */
const toldAgainAfter: readonly string[] = ['item.startAgain', 'request.bulkResumed'];

interface Told {
  message: ConnectorMessage;
  /** What is the same about two of which one is too many. */
  key: string;
  wanted: number;
}

/** Whatever came twice into one chat: notices by their first line and code, cards by their request. */
export function judgeDoubles({ evidence, microsoft, disturbances }: Seen): {
  violations: Violation[];
  excused: number;
} {
  const violations: Violation[] = [];
  let excused = 0;
  const { messages } = microsoft.connector;
  const told = messages.flatMap((message) => readTold(message, messages, evidence.requests));
  for (const [key, all] of Map.groupBy(told, (one) => one.key)) {
    const surplus = all.length - (all[0]?.wanted ?? 1);
    if (surplus <= 0) continue;
    const causes = all.filter(({ message }) => disturbances.some((one) => isCause(one, message))).length;
    if (causes < surplus)
      violations.push({ rule: 'nothing told twice without a cause', what: `${all.length} times ${key.slice(0, 200)}` });
    else excused += surplus;
  }
  return { violations, excused };
}

/** Forms, lists and answers name no code in their summary. */
function readTold(
  message: ConnectorMessage,
  messages: readonly ConnectorMessage[],
  requests: Seen['evidence']['requests'],
): Told[] {
  const code = /R-\d+/.exec(String(message.content?.summary ?? ''))?.[0];
  if (code === undefined) return [];
  const chat = chatIn(message.conversationId);
  const found = requests.find(({ request }) => request.code === code);
  const line = readNotice(message);
  if (line === null) {
    // Of a bulk request somebody may have several: as many as are known to stand there.
    const known = new Set(found?.cards.map(({ card }) => card.activityId));
    const there = messages.filter((one) => known.has(one.id) && chatIn(one.conversationId) === chat);
    return [{ message, key: `${chat} the card of ${code}`, wanted: there.length }];
  }
  const again = found?.audit.filter(({ action }) => toldAgainAfter.includes(action)).length ?? 0;
  return [{ message, key: `${chat} ${line} ${code} ${wordsOn(message)}`, wanted: 1 + again }];
}

/** Where one of these falls between a send and its record, the record is missing. A fault of Graph does not. */
const untilMended: readonly FaultKind[] = ['kill', 'stop', 'storeCut', 'storeGone', 'storeRestarted', 'diskFull'];
/** After these nobody knows whether a message has arrived, or what has arrived is thought to be gone. */
const unsure: readonly string[] = [
  '502 after the effect',
  'reset after the effect',
  'late',
  '404 message',
  '404 conversation',
];

function isCause({ kind, name, from, to, conversationId }: Disturbance, message: ConnectorMessage): boolean {
  const isOfTeams = (kind === 'teams' || kind === 'teamsRefuses') && unsure.includes(name);
  if (!isOfTeams && !untilMended.includes(kind)) return false;
  if (!sameChat(conversationId, message)) return false;
  return to >= message.sentAt - recordedWithinMs && from <= message.arrivedAt + recordedWithinMs;
}
