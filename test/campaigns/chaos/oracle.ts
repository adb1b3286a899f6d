// What must hold after a storm. The only excuse is that something was wrong between a send and its record: then Teams may have got
// a message twice, since it knows no idempotency key.
import { isDeepStrictEqual } from 'node:util';
import { endedRequestStates } from '../../../src/domain/request.ts';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { wordsOn } from '../../fakes/looking.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import type { FleetMember } from '../bulk/tenant.ts';
import { readNotice, recordedWithinMs } from '../crash/doubles.ts';
import type { Evidence, ExpectedCard } from '../crash/evidence.ts';
import type { Disturbance } from './faults.ts';
import type { Played } from './stories.ts';

export const rules = [
  'every story came to its decision',
  'every approved request reached an end',
  'one start at most per approval',
  'never two starts at once for a Cloud PC',
  'no start without an approval',
  'a Cloud PC was rebuilt where it is said, and nowhere else',
  'every card shows what the store holds',
  'no notice and no card lost',
  'nothing told twice without a cause',
  'no mail sent twice',
  'no request made twice',
  'nothing is left to do',
  'the counts are right',
  'old buttons are harmless',
  'the audit’s chain verifies',
  'a process ends in order',
] as const;
export type Rule = (typeof rules)[number];

export interface Violation {
  rule: Rule;
  what: string;
}

export interface Judgement {
  violations: Violation[];
  ends: Record<string, number>;
  approvals: number;
  starts: number;
  excusedDoubles: number;
}

export interface Seen {
  evidence: Evidence;
  microsoft: Microsoft;
  played: readonly Played[];
  fleet: readonly FleetMember[];
  disturbances: readonly Disturbance[];
}

const rebuiltEnds: readonly string[] = ['ready', 'readyWithWarnings', 'buildFailed'];

export function judge(seen: Seen): Judgement {
  const { evidence, played } = seen;
  const violations: Violation[] = [];
  const fail = (rule: Rule, isBroken: boolean, what: string) => void (isBroken && violations.push({ rule, what }));
  for (const { plan, stuck } of played)
    fail('every story came to its decision', stuck !== null, `${plan.kind}: ${stuck}`);
  for (const left of evidence.leftOver) fail('nothing is left to do', true, left);
  const ends: Record<string, number> = {};
  for (const { request, counts } of evidence.requests) {
    ends[`${request.operation} ${request.state}`] = (ends[`${request.operation} ${request.state}`] ?? 0) + 1;
    fail(
      'every approved request reached an end',
      !endedRequestStates.includes(request.state),
      `${request.code} is ${request.state}`,
    );
    fail(
      'the counts are right',
      !isDeepStrictEqual(counts.kept, counts.counted),
      `${request.code}: ${JSON.stringify(counts)}`,
    );
  }
  fail(
    'no request made twice',
    evidence.requests.length > played.length,
    `${evidence.requests.length} requests of ${played.length} stories`,
  );
  const started = judgeStarts(seen);
  const doubles = judgeDoubles(seen);
  violations.push(
    ...started.violations,
    ...judgeCards(seen),
    ...judgeLost(seen),
    ...doubles.violations,
    ...judgeMails(seen),
  );
  return { violations, ends, approvals: started.approvals, starts: started.starts, excusedDoubles: doubles.excused };
}

/** Each Cloud PC by itself: what was allowed, what was sent, what came of it. */
function judgeStarts({ evidence, microsoft, played, fleet }: Seen): {
  violations: Violation[];
  approvals: number;
  starts: number;
} {
  const violations: Violation[] = [];
  const { tenant } = microsoft.simulator;
  const throttled = countThrottled(microsoft, fleet);
  const rows = evidence.requests.flatMap(({ request, items, audit }) => {
    const isApproved = audit.some(({ action }) => action === 'request.approved');
    const again = audit.filter(({ action }) => action === 'item.startAgain');
    return items.map((item) => ({
      request,
      item,
      allowed: (isApproved ? 1 : 0) + again.filter(({ itemId }) => itemId === item.id).length,
    }));
  });
  let [approvals, starts] = [0, 0];
  for (const [cloudPcId, own] of Map.groupBy(rows, ({ item }) => item.cloudPc.id)) {
    const allowed = own.reduce((sum, row) => sum + row.allowed, 0);
    const { received, applied } = tenant.reprovisionPosts(cloudPcId);
    const sent = received - (throttled.get(cloudPcId) ?? 0);
    const name = own[0]?.item.cloudPc.name;
    approvals += allowed;
    starts += applied;
    if (sent > allowed || applied > allowed)
      violations.push({
        rule: 'one start at most per approval',
        what: `${name}: ${sent} sent, ${applied} begun, ${allowed} allowed`,
      });
    const said = own.filter(({ item }) => rebuiltEnds.includes(item.outcome?.code ?? '')).length;
    const isDenied = own.every(({ item }) => ['notStarted', 'cancelled', 'skipped'].includes(item.outcome?.code ?? ''));
    if ((said > 0 && applied === 0) || (isDenied && applied > 0))
      violations.push({
        rule: 'a Cloud PC was rebuilt where it is said, and nowhere else',
        what: `${name}: ${applied} rebuilds, said of ${said}`,
      });
  }
  for (const { path, status, at } of startsIn(microsoft)) {
    if (status === 409 || status === 400)
      violations.push({ rule: 'never two starts at once for a Cloud PC', what: `${path} was answered ${status}` });
    const about = rows.find(({ item }) => path.includes(item.cloudPc.id));
    const story = about && played.find((one) => concerns(one, about.item.cloudPc.name));
    if (!about || !story?.approvedAt || at < story.approvedAt)
      violations.push({ rule: 'no start without an approval', what: path });
  }
  const bulk = played.find(({ plan }) => plan.kind === 'bulk');
  for (const { path, at } of bulkStartsIn(microsoft))
    if (!bulk?.approvedAt || at < bulk.approvedAt)
      violations.push({ rule: 'no start without an approval', what: path });
  return { violations, approvals, starts };
}

function concerns({ plan, about }: Played, cloudPcName: string): boolean {
  if (plan.kind === 'bulk') return plan.workers.some((at) => cloudPcName === `CPC-worker-${at}`);
  return about.test(cloudPcName);
}

const startsIn = ({ simulator }: Microsoft) =>
  simulator.requests.filter(
    ({ method, path }) =>
      method === 'POST' && /^\/deviceManagement\/virtualEndpoint\/cloudPCs\/[^/]+\/reprovision$/.test(path),
  );

const bulkStartsIn = ({ simulator }: Microsoft) =>
  simulator.requests.filter(
    ({ method, path }) => method === 'POST' && /(bulkActions|bulkReprovisionCloudPc)$/.test(path),
  );

/** How often a start that was throttled named a Cloud PC: Graph says of those that they did nothing, they alone may come again. */
function countThrottled({ simulator }: Microsoft, fleet: readonly FleetMember[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const deviceOf = new Map(fleet.map(({ deviceId, cloudPcId }) => [deviceId, cloudPcId]));
  const refused = simulator.requests.filter(
    ({ method, path, status }) => method === 'POST' && status === 429 && path !== '/$batch',
  );
  for (const { path, body } of refused)
    for (const [found] of `${path} ${JSON.stringify(body)}`.matchAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi)) {
      const id = deviceOf.get(found) ?? found;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  return counts;
}

function judgeCards({ evidence, microsoft, disturbances }: Seen): Violation[] {
  const rule: Rule = 'every card shows what the store holds';
  return evidence.requests.flatMap(({ request, cards }) =>
    cards.flatMap((expected): Violation[] => {
      const what = differenceOf(expected, microsoft, disturbances);
      return what === null ? [] : [{ rule, what: `${request.code}, ${expected.card.audience}: ${what}` }];
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
  // What Teams called too big came as its summary.
  if (!shown && disturbances.some(({ kind, conversationId }) => kind === 'teams' && sameChat(conversationId, message)))
    return null;
  if (isDeepStrictEqual(withoutTimes(shown), withoutTimes(content))) return null;
  return `shows other words than the store holds: ${wordsOn(message).slice(0, 400)}`;
}

const sameChat = (conversationId: string | null, message: ConnectorMessage) =>
  conversationId === null || conversationId.split(';')[0] === message.conversationId.split(';')[0];

/** "As of 10:42" may be a minute away. */
function withoutTimes(content: unknown): string {
  return JSON.stringify(content ?? null).replaceAll(/(Stand|Updated|Actualisé|État)[^"]*/g, '$1');
}

function judgeLost({ evidence }: Seen): Violation[] {
  return evidence.notices
    .filter(({ state, via }) => state !== 'sent' && via !== 'mail' && via !== 'ticket')
    .map(({ notice, state, via }) => ({ rule: 'no notice and no card lost', what: `${via} ${notice} is ${state}` }));
}

/** Whatever came twice into one chat: notices by their first line and code, cards by their request. */
function judgeDoubles({ evidence, microsoft, disturbances }: Seen): { violations: Violation[]; excused: number } {
  const violations: Violation[] = [];
  let excused = 0;
  const wanted = new Map<string, number>();
  for (const { request, audit } of evidence.requests) {
    // After each new start the same may be told again.
    const again = audit.filter(({ action }) => /startAgain|resumed|halted|treatAsStarted/.test(action)).length;
    wanted.set(request.code ?? '', 1 + again);
  }
  const told = microsoft.connector.messages.flatMap((message) => {
    const line = readNotice(message);
    const code = /R-\d+/.exec(String(message.content?.summary ?? ''))?.[0] ?? '';
    return line === null
      ? []
      : [{ message, code, key: `${message.conversationId.split(';')[0]} ${line} ${code} ${wordsOn(message)}` }];
  });
  for (const [key, all] of Map.groupBy(told, (one) => one.key)) {
    const surplus = all.length - (wanted.get(all[0]?.code ?? '') ?? 1);
    if (surplus <= 0) continue;
    const causes = all.filter(({ message }) => disturbances.some((one) => isCause(one, message))).length;
    if (causes < surplus)
      violations.push({ rule: 'nothing told twice without a cause', what: `${all.length} times ${key.slice(0, 200)}` });
    else excused += surplus;
  }
  return { violations, excused };
}

function isCause({ from, to, conversationId }: Disturbance, message: ConnectorMessage): boolean {
  if (!sameChat(conversationId, message)) return false;
  return to >= message.sentAt - recordedWithinMs && from <= message.arrivedAt + recordedWithinMs;
}

function judgeMails({ evidence, microsoft }: Seen): Violation[] {
  const wanted = evidence.notices.filter(({ via }) => via === 'mail' || via === 'ticket').length;
  const { mails } = microsoft.simulator.tenant;
  const alike = [...Map.groupBy(mails, ({ from, message }) => JSON.stringify([from, message]))].filter(
    ([, all]) => all.length > 1,
  );
  const violations: Violation[] = alike.map(([mail, all]) => ({
    rule: 'no mail sent twice',
    what: `${all.length} times ${mail.slice(0, 200)}`,
  }));
  if (mails.length > wanted)
    violations.push({ rule: 'no mail sent twice', what: `${mails.length} mails, ${wanted} ordered` });
  return violations;
}
