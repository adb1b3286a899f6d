// What must hold after a round, whatever was killed when. The only excuses are the two that nothing can cure: a kill between the
// intent and the answer to the POST, and a kill between a send and its record.
import { isDeepStrictEqual } from 'node:util';
import type { AuditRow } from '../../../src/domain/ports.ts';
import { endedRequestStates } from '../../../src/domain/request.ts';
import { wordsOn } from '../../fakes/looking.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { chatOf } from '../../fakes/teams.ts';
import { judgeApprovalCards, judgeNotices, judgeRequesterCards, readNotice, recordedWithinMs } from './doubles.ts';
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
  /** A kill fell between an intent and the answer to its POST. */
  isStartCut: boolean;
}

/** Ends to which a wipe belongs; to every other belongs none. */
const wipedEnds: readonly string[] = ['ready', 'readyWithWarnings', 'buildFailed'];

/** From the mark that a mail is being sent to its request: a transaction and a connection. */
const mailPreparedMs = 1500;

export function judge(evidence: Evidence, microsoft: Microsoft, killer: Killer): Judgement {
  const faults: string[] = [];
  const fail = (isFault: boolean, fault: string) => void (isFault && faults.push(fault));
  const posts = microsoft.simulator.tenant.reprovisionPosts();
  const [only] = evidence.requests;
  fail(evidence.requests.length !== 1, `${evidence.requests.length} requests were submitted`);
  if (!only)
    return { faults, approvals: 0, posts, end: 'none', excusedDoubles: [], isMailUnclear: false, isStartCut: false };
  const { request, items, audit, cards, counts } = only;
  const again = audit.filter(({ action }) => action === 'item.startAgain').length;
  const approvals = audit.filter(({ action }) => action === 'request.approved').length + again;
  const [item] = items;
  const end = item?.outcome?.code ?? item?.state ?? 'none';

  fail(approvals !== 1 + again, `${approvals - again} approvals`);
  fail(request.decisions.length !== 1, `${request.decisions.length} decisions`);
  fail(items.length !== 1, `${items.length} items`);
  fail(!endedRequestStates.includes(request.state), `the request is ${request.state}`);
  fail(!isDeepStrictEqual(counts.kept, counts.counted), `the counts are ${JSON.stringify(counts)}`);
  for (const left of evidence.leftOver) faults.push(`left over: ${left}`);
  fail(posts.applied !== (wipedEnds.includes(end) ? 1 : 0), `${posts.applied} wipes, and it ended as ${end}`);
  const isStartCut = isCutAtStart(evidence, killer.kills);
  faults.push(...judgePosts(evidence, microsoft, approvals, audit, isStartCut));
  for (const expected of cards) for (const fault of judgeCard(expected, microsoft)) faults.push(fault);
  const doubles = [
    judgeApprovalCards(cards, microsoft, killer.kills),
    judgeRequesterCards(cards, microsoft, killer.kills),
    ...judgeNotices(1 + again, microsoft, killer.kills),
  ];
  for (const double of doubles) faults.push(...double.faults);
  faults.push(...judgeReady(item?.state ?? 'none', microsoft));
  faults.push(...judgeMails(item?.state ?? 'none', evidence, audit, microsoft, killer.kills));
  return {
    faults,
    approvals,
    posts,
    end,
    excusedDoubles: doubles.flatMap(({ excused }) => excused),
    isMailUnclear: audit.some(({ action }) => action === 'mail.unclear'),
    isStartCut,
  };
}

function isCutAtStart({ intents }: Evidence, kills: readonly Killed[]): boolean {
  return intents.some(({ committedAt, answeredAt }) =>
    kills.some(({ at, goneAt }) => goneAt >= committedAt && at <= (answeredAt ?? Number.POSITIVE_INFINITY)),
  );
}

function judgePosts(
  { intents }: Evidence,
  { simulator, front }: Microsoft,
  approvals: number,
  audit: readonly AuditRow[],
  isCut: boolean,
): string[] {
  const faults: string[] = [];
  const posts = simulator.tenant.reprovisionPosts();
  // Also those that were cut off before they had an effect.
  const sendings = front.passages.filter(({ path }) => path.endsWith('/reprovision'));
  const asked = audit.find(({ action }) => action === 'item.needsOperator');
  if (sendings.length > approvals) faults.push(`${sendings.length} POSTs for ${approvals} approvals`);
  if (sendings.some(({ at }, index) => index >= licencesBefore(audit, at)))
    faults.push('a POST came before anybody had approved it');
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

/** How many POSTs had been allowed by then: one by the approval, one by each new start that an admin ordered. */
function licencesBefore(audit: readonly AuditRow[], time: number): number {
  return audit.filter(({ action, at }) => /^(request\.approved|item\.startAgain)$/.test(action) && at <= time).length;
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

function judgeReady(state: string, microsoft: Microsoft): string[] {
  const told = microsoft.connector
    .messagesIn(chatOf('ada'))
    .filter((one) => wordsOn(one).startsWith('Ihr Cloud-PC ist bereit'));
  // Doubles are looked for among what is recognised as a notice.
  if (told.some((one) => readNotice(one) === null)) return ['a notice is not recognised as one'];
  if (state === 'ready' && told.length === 0) return ['nobody was told that it is ready'];
  return state !== 'ready' && told.length > 0 ? [`told that it is ready, and it is ${state}`] : [];
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
    kills.some((kill) => kill.goneAt >= at - mailPreparedMs && kill.at <= at + recordedWithinMs),
  );
  const isCutBefore =
    sendings.length === 0 && kills.some(({ at, goneAt }) => goneAt >= orderedAt && at <= (unclear?.at ?? 0));
  const faults: string[] = [];
  if (mails.length > 1) faults.push(`${mails.length} mails`);
  if (sendings.length > 1) faults.push(`${sendings.length} tries to send the mail`);
  if (state === 'ready' && mails.length === 0 && !unclear) faults.push('no mail, and the history does not say so');
  if (unclear && !isCut && !isCutBefore) faults.push('the mail is unclear, and nothing was cut while it was sent');
  return faults;
}
