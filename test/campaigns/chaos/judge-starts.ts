// What was begun in the tenant, against what was approved: starts of each Cloud PC by itself, and members of groups.
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { personOf } from '../../fakes/teams.ts';
import type { FleetMember } from '../bulk/tenant.ts';
import type { Seen, Violation } from './rules.ts';
import type { Played } from './stories.ts';

const rebuiltEnds: readonly string[] = ['ready', 'readyWithWarnings', 'buildFailed'];

export interface StartJudgement {
  violations: Violation[];
  approvals: number;
  starts: number;
}

/** Each Cloud PC by itself: what was allowed, what was sent, what came of it. */
export function judgeStarts({ evidence, microsoft, played, fleet }: Seen): StartJudgement {
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

/** Nobody becomes a member of a group, or is taken out of one, before their request was approved; what is undone comes after that. */
export function judgeMembers({ evidence, microsoft, played }: Seen): Violation[] {
  return changesSent(microsoft)
    .filter(({ path }) => path.endsWith('/$ref'))
    .filter(({ at, personId }) => {
      const story = played.find(({ plan }) => plan.kind === 'assign' && personOf(plan.person).id === personId);
      const isApproved = evidence.requests.some(
        ({ request, audit }) =>
          request.operation !== 'reprovision' &&
          request.owner.id === personId &&
          audit.some(({ action }) => action === 'request.approved'),
      );
      return !isApproved || !story?.approvedAt || at < story.approvedAt;
    })
    .map(({ method, path }) => ({ rule: 'no start without an approval', what: `${method} ${path}` }));
}

interface Change {
  method: string;
  path: string;
  at: number;
  /** Whom a change of a group names. */
  personId: string | null;
}

/** Everything that Graph was asked to change, also in a batch. */
export function changesSent({ simulator }: Microsoft): Change[] {
  return simulator.requests
    .flatMap(({ method, path, at, body, parts = [] }): Change[] => [
      { method, path, at, personId: memberIn(path, body) },
      ...parts.map((part) => ({ method: part.method, path: part.url, at, personId: memberIn(part.url, null) })),
    ])
    .filter(({ method, path }) => method !== 'GET' && !/\/(\$batch|checkMemberGroups)$/.test(path));
}

function memberIn(path: string, body: unknown): string | null {
  const named = /\/members\/([^/]+)\/\$ref$/.exec(path)?.[1];
  const reference = (body as { '@odata.id'?: unknown } | null | undefined)?.['@odata.id'];
  return named ?? /\/directoryObjects\/([^/]+)$/.exec(String(reference))?.[1] ?? null;
}
