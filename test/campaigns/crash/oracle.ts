// What must hold after a round, whatever was killed when. The only excuses are the two that nothing can cure: a kill between the
// intent and the answer to the POST, and a kill between a send and its record.
import { isDeepStrictEqual } from 'node:util';
import type { AuditRow } from '../../../src/domain/ports.ts';
import { endedRequestStates } from '../../../src/domain/request.ts';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { wordsOn } from '../../fakes/looking.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { channelId, chatOf } from '../../fakes/teams.ts';
import type { Evidence, ExpectedCard } from './evidence.ts';
import type { Killed, Killer } from './killer.ts';

export interface Judgement {
  /** What does not hold; empty: all is well. */
  faults: string[];
  approvals: number;
  posts: { received: number; applied: number };
  end: string;
  /** Cards and notices that Teams got twice, each with a kill between send and record. */
  excusedDoubles: string[];
  /** The history says that nobody knows whether the mail was sent. */
  isMailUnclear: boolean;
}

/** Recording what was sent takes one transaction; a kill later than this after a send is no excuse for a second one. */
const recordedWithinMs = 1500;
/** From the mark that a mail is being sent to its request: a transaction and a connection. */
const mailPreparedMs = 1500;

export function judge(evidence: Evidence, microsoft: Microsoft, killer: Killer): Judgement {
  const faults: string[] = [];
  const fail = (isFault: boolean, fault: string) => void (isFault && faults.push(fault));
  const posts = microsoft.simulator.tenant.reprovisionPosts();
  const [only] = evidence.requests;
  fail(evidence.requests.length !== 1, `${evidence.requests.length} requests were submitted`);
  if (!only) return { faults, approvals: 0, posts, end: 'none', excusedDoubles: [], isMailUnclear: false };
  const { request, items, audit, cards } = only;
  const again = audit.filter(({ action }) => action === 'item.startAgain').length;
  const approvals = audit.filter(({ action }) => action === 'request.approved').length + again;
  const [item] = items;

  fail(approvals !== 1 + again, `${approvals - again} approvals`);
  fail(request.decisions.length !== 1, `${request.decisions.length} decisions`);
  fail(items.length !== 1, `${items.length} items`);
  fail(!endedRequestStates.includes(request.state), `the request is ${request.state}`);
  for (const left of evidence.leftOver) faults.push(`left over: ${left}`);
  for (const fault of judgePosts(evidence, microsoft, approvals, audit, killer.kills)) faults.push(fault);
  for (const expected of cards) for (const fault of judgeCard(expected, microsoft)) faults.push(fault);
  const doubles = [
    judgeApprovalCards(cards, microsoft, killer.kills),
    ...judgeNotices(1 + again, microsoft, killer.kills),
  ];
  for (const double of doubles) faults.push(...double.faults);
  faults.push(...judgeReady(item?.state ?? 'none', microsoft));
  faults.push(...judgeMails(item?.state ?? 'none', evidence, audit, microsoft, killer.kills));
  return {
    faults,
    approvals,
    posts,
    end: item?.outcome?.code ?? item?.state ?? 'none',
    excusedDoubles: doubles.flatMap(({ excused }) => excused),
    isMailUnclear: audit.some(({ action }) => action === 'mail.unclear'),
  };
}

function judgePosts(
  { intents }: Evidence,
  { simulator, front }: Microsoft,
  approvals: number,
  audit: readonly AuditRow[],
  kills: readonly Killed[],
): string[] {
  const faults: string[] = [];
  const posts = simulator.tenant.reprovisionPosts();
  // Also those that were cut off before they had an effect.
  const sendings = front.passages.filter(({ path }) => path.endsWith('/reprovision'));
  const asked = audit.find(({ action }) => action === 'item.needsOperator');
  const isCut = intents.some(({ committedAt, answeredAt }) =>
    kills.some(({ at }) => at >= committedAt && at <= (answeredAt ?? Number.POSITIVE_INFINITY)),
  );
  if (sendings.length > approvals) faults.push(`${sendings.length} POSTs for ${approvals} approvals`);
  if (posts.applied > 1) faults.push(`${posts.applied} wipes`);
  if (intents.length > approvals) faults.push(`${intents.length} intents for ${approvals} approvals`);
  if (intents.some(({ state }) => state === 'open')) faults.push('an intent is still open');
  if (!isCut && posts.received !== 1)
    faults.push(`${posts.received} POSTs, and nothing was cut between intent and answer`);
  if (!isCut && asked) faults.push('a person had to decide, and nothing was cut between intent and answer');
  if (asked && sendings.some(({ at, status }) => status === 204 && at < asked.at))
    faults.push('a person had to decide about a reprovision that Graph had begun');
  return faults;
}

function judgeCard({ card, content }: ExpectedCard, microsoft: Microsoft): string[] {
  const name = `the ${card.audience}'s card`;
  if (card.activityId === null) return [`${name} was never sent`];
  const message = microsoft.connector.messages.find(({ id }) => id === card.activityId);
  if (!message) return [`${name} is not in Teams`];
  if (card.wanted !== card.shown) return [`${name} shows ${card.shown} of ${card.wanted}`];
  const shown = JSON.parse(withoutTheTime(message.content?.attachments?.[0]?.content));
  const expected = JSON.parse(withoutTheTime(content));
  return isDeepStrictEqual(shown, expected)
    ? []
    : [`${name} shows other words than the store holds: ${wordsOn(message)}`];
}

/** "As of 10:42" may be a minute away. */
function withoutTheTime(content: unknown): string {
  return JSON.stringify(content ?? null).replaceAll(/(Stand|Updated) [^"]*/g, '$1');
}

interface Doubles {
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
  return kill.at >= sentAt && kill.at <= arrivedAt + recordedWithinMs;
}

function judgeReady(state: string, microsoft: Microsoft): string[] {
  const told = microsoft.connector
    .messagesIn(chatOf('ada'))
    .filter((one) => wordsOn(one).startsWith('Ihr Cloud-PC ist bereit'));
  if (state === 'ready' && told.length === 0) return ['nobody was told that it is ready'];
  return state !== 'ready' && told.length > 0 ? [`told that it is ready, and it is ${state}`] : [];
}

/** Whatever is told, by its first line. After each new start it may be unclear again. */
function judgeNotices(starts: number, { connector }: Microsoft, kills: readonly Killed[]): Doubles[] {
  const notices = connector.messages.flatMap((message) => {
    const [, told] = /^(.+) · R-\d+$/.exec(String(message.content?.summary ?? '')) ?? [];
    return told === undefined ? [] : [{ told: `${message.conversationId}: ${told}`, message }];
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

function judgeApprovalCards(cards: readonly ExpectedCard[], microsoft: Microsoft, kills: readonly Killed[]): Doubles {
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

/** Never two. None only where the history says that it is unclear, and that only after a kill while one was on its way. */
function judgeMails(
  state: string,
  evidence: Evidence,
  audit: readonly AuditRow[],
  { simulator, front }: Microsoft,
  kills: readonly Killed[],
): string[] {
  const { mails } = simulator.tenant;
  const sendings = front.passages.filter(({ path }) => path.endsWith('/sendMail'));
  const unclear = audit.find(({ action }) => action === 'mail.unclear');
  const orderedAt = evidence.mails[0]?.createdAt ?? Number.POSITIVE_INFINITY;
  const isCut = sendings.some(({ at }) =>
    kills.some((kill) => kill.at >= at - mailPreparedMs && kill.at <= at + recordedWithinMs),
  );
  const isCutBefore = sendings.length === 0 && kills.some(({ at }) => at >= orderedAt && at <= (unclear?.at ?? 0));
  const faults: string[] = [];
  if (mails.length > 1) faults.push(`${mails.length} mails`);
  if (sendings.length > 1) faults.push(`${sendings.length} tries to send the mail`);
  if (state === 'ready' && mails.length === 0 && !unclear) faults.push('no mail, and the history does not say so');
  if (unclear && !isCut && !isCutBefore) faults.push('the mail is unclear, and nothing was cut while it was sent');
  return faults;
}
