// Requests that assign Windows 365 or take it back, on a real store, with a tenant of plain values that does what Entra and
// Windows 365 do by themselves, a clock that moves on from job to job, and jobs that run one after the other. The process can
// be killed at any transaction or while a call is being sent: then every wake-up of its memory is lost, and only the columns
// and the sweep are left.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import type { Group } from '../../src/domain/directory.ts';
import {
  isFinishedPerson,
  type PersonItem,
  type PersonOperation,
  type PersonOrder,
} from '../../src/domain/person-item.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type {
  AnswerTo,
  GraceEnder,
  GroupMembership,
  MembershipAnswer,
  Query,
  StartAnswer,
  Tenant,
  UnitOfWork,
  WakeUp,
} from '../../src/domain/ports.ts';
import type { Request } from '../../src/domain/request.ts';
import { day, hour, minute, second } from '../../src/domain/time.ts';
import { sweep } from '../../src/jobs/sweep.ts';
import { advancePerson } from '../../src/operations/person/advance-person.ts';
import type { PersonDeps } from '../../src/operations/person/step.ts';
import { newPersonItem } from '../../src/requests/new-request.ts';
import { beginPerson } from '../../src/requests/person/begin-person.ts';
import type { Store } from '../../src/store/open-store.ts';
import { aLicence, aPersonOrder, licenceGroup, provisioningGroup, settingsGroup } from './person-things.ts';
import { recordingOutbox, silentLog } from './store.ts';
import { adam, aRequest, ivan } from './store-rows.ts';
import { aCloudPc, aPolicy } from './things.ts';

/** More jobs than any of these requests needs. */
const mostJobs = 5000;
const visibleMs = 2 * second;
const licensingMs = 2 * second;
const appearMs = 4 * second;
const buildMs = 8 * second;
const usualGraceMs = 10 * second;

export class Killed extends Error {}

/** Each world has days of its own: what another one left in the same store is long ago. */
let nextStart = Date.now();

export const otherProvisioning = {
  ...provisioningGroup,
  id: '1c000000-0000-4000-8000-00000000000a',
  name: 'cfg - Windows 365 - Provisioning - Win10',
};
const groupRefs = [provisioningGroup, settingsGroup, licenceGroup, otherProvisioning];

export const personPolicy: Policy = {
  ...aPolicy,
  windows365: {
    licenceGroups: [licenceGroup.name],
    provisioningGroupPrefix: 'cfg - Windows 365 - Provisioning - ',
    provisioningGroup: provisioningGroup.name,
    userSettingsGroupPrefix: 'cfg - Windows 365 - User Settings - ',
    userSettingsGroup: settingsGroup.name,
    frontlinePolicies: [],
    endGracePeriod: true,
  },
};

/** A call that changes something, as it reached the tenant. */
export interface Reached {
  what: 'join' | 'leave' | 'endGrace';
  /** A group, or a Cloud PC. */
  id: string;
  personId: string;
  /** Whether anything was changed by it. */
  isEffective: boolean;
}

export interface PersonPlan {
  operation?: PersonOperation;
  order?: Partial<PersonOrder>;
  /** Groups that the person is in before; for unassign those of the order when left out. */
  memberOf?: readonly string[];
}

export interface PersonWorldOptions {
  /** One request for each, all approved. */
  people?: readonly PersonPlan[];
  seats?: number;
  builds?: 'ready' | 'failed' | 'never';
  /** From losing the licence until the Cloud PC is in its grace period; null: it never is. */
  graceMs?: number | null;
  /** From leaving the licence group until Entra has taken the licence away. */
  licenceLingersMs?: number;
  policy?: Partial<Policy>;
  /** Comes before each read, and may throw what is to become of it. */
  onRead?: (queries: readonly Query[]) => void;
  /** What comes before a call reaches the tenant; an answer here takes its place. */
  onCall?: (call: Omit<Reached, 'isEffective'>, count: number) => Promise<Outcome | undefined> | Outcome | undefined;
  /** What comes after it took effect, before its answer is heard. */
  afterCall?: (call: Reached, count: number) => Promise<void> | void;
}

/** What becomes of a call in place of the usual. */
export interface Outcome {
  answer: MembershipAnswer | StartAnswer;
  isApplied: boolean;
}

interface Person {
  id: string;
  name: string;
  upn: string;
  /** Since when each group has them as a member. */
  memberOf: Map<string, number>;
  cloudPcs: Built[];
  hasSeat: boolean;
  /** When the licence group was left. */
  leftAt: number | null;
}

interface Built {
  pc: CloudPc;
  begunAt: number;
  builtAt: number | null;
  graceSince: number | null;
  goneAt: number | null;
}

interface Planned {
  wakeUp: WakeUp;
  at: number;
}

export async function startPersonWorld(store: Store, given: PersonWorldOptions = {}) {
  nextStart += 30 * day;
  const world = {
    now: nextStart,
    /** Counted over all transactions; none when below 0. */
    killAt: -1,
    killAfterCommit: false,
    /** Counted over all calls that would be sent. */
    killAtCall: -1,
    killAfterEffect: false,
    transactions: 0,
    calls: 0,
    kills: 0,
    builds: given.builds ?? ('ready' as 'ready' | 'failed' | 'never'),
    graceMs: given.graceMs === undefined ? usualGraceMs : given.graceMs,
  };
  const clock = { now: () => world.now, monotonic: () => world.now };
  const policy: Policy = { ...personPolicy, ...given.policy };
  const plans = given.people ?? [{}];
  const people = plans.map((plan, at) => newPerson(plan, at, world.now));
  const sku = { total: given.seats ?? 5, usedElsewhere: 0 };
  const reached: Reached[] = [];
  let queue: Planned[] = [];

  // ---- what the tenant does by itself
  function settle(): void {
    for (const person of people) {
      const since = person.memberOf.get(licenceGroup.id);
      if (since === undefined) person.leftAt ??= world.now;
      if (since === undefined) person.hasSeat &&= world.now < (person.leftAt ?? 0) + (given.licenceLingersMs ?? 0);
      else if (!person.hasSeat && world.now >= since + licensingMs) person.hasSeat = usedSeats() < sku.total;
      const isAssigned = person.hasSeat && person.memberOf.has(provisioningGroup.id);
      const live = person.cloudPcs.filter(({ goneAt }) => goneAt === null || goneAt > world.now);
      person.cloudPcs = live;
      if (!isAssigned) for (const built of live) built.graceSince ??= world.now;
      const isWanted = isAssigned && since !== undefined && live.length === 0 && world.builds !== 'never';
      if (isWanted && world.now >= since + licensingMs + appearMs) live.push(newBuild(person));
    }
  }
  function newBuild(person: Person): Built {
    const id = randomUUID();
    const pc = aCloudPc({ id, name: `CPC-${id.slice(0, 5)}`, ownerUpn: person.upn, provisionedAt: null });
    return { pc, begunAt: world.now, builtAt: world.now + buildMs, graceSince: null, goneAt: null };
  }
  const usedSeats = () => sku.usedElsewhere + people.filter(({ hasSeat }) => hasSeat).length;
  function present({ pc, builtAt, graceSince, goneAt }: Built): CloudPc {
    if (goneAt !== null) return { ...pc, status: 'deprovisioning' };
    const { graceMs } = world;
    if (graceSince !== null && graceMs !== null && world.now >= graceSince + graceMs)
      return { ...pc, status: 'inGracePeriod' };
    if (builtAt !== null && world.now < builtAt) return { ...pc, status: 'provisioning' };
    return world.builds === 'failed'
      ? { ...pc, status: 'failed' }
      : { ...pc, status: 'provisioned', provisionedAt: builtAt };
  }

  // ---- what it is asked
  const groups: Group[] = groupRefs.map((ref) =>
    aGroup(ref.id, ref.name, ref === licenceGroup ? [aLicence.skuId] : []),
  );
  const byId = (personId: string) => people.find(({ id }) => id === personId);
  function answer(query: Query): AnswerTo<Query> {
    switch (query.ask) {
      case 'person': {
        const staff = [adam, ivan].find(({ id }) => id === query.personId);
        const person = staff ? { ...staff, upn: `${staff.id}@contoso.com` } : byId(query.personId);
        if (!person) return null;
        const { id, name, upn } = person;
        return { ...somebody, id, name, userPrincipalName: upn, mail: upn };
      }
      case 'memberOf': {
        if (query.personId === adam.id) return ['group-admins'];
        if (query.personId === ivan.id) return ['group-approvers'];
        const memberOf = byId(query.personId)?.memberOf ?? new Map<string, number>();
        return query.groupIds.filter((id) => world.now >= (memberOf.get(id) ?? Number.POSITIVE_INFINITY) + visibleMs);
      }
      case 'licenceStates': {
        const person = byId(query.personId);
        const since = person?.memberOf.get(licenceGroup.id);
        if (!person || (since === undefined && !person.hasSeat)) return [];
        if (since !== undefined && world.now < since + licensingMs) return [];
        const base = { skuId: aLicence.skuId, assignedByGroup: licenceGroup.id, disabledPlans: [] };
        return [
          person.hasSeat
            ? { ...base, state: 'Active', error: null }
            : { ...base, state: 'Error', error: 'CountViolation' },
        ];
      }
      case 'skus':
        return [
          {
            skuId: aLicence.skuId,
            partNumber: aLicence.partNumber,
            capabilityStatus: 'Enabled',
            appliesTo: 'User',
            enabledSeats: sku.total,
            consumedSeats: usedSeats(),
            freeSeats: sku.total - usedSeats(),
            servicePlans: aLicence.planIds.map((id) => ({ id, name: aLicence.partNumber })),
          },
        ];
      case 'cloudPcsOf':
        return people.filter(({ upn }) => upn === query.upn).flatMap(({ cloudPcs }) => cloudPcs.map(present));
      case 'cloudPc':
        return people.flatMap(({ cloudPcs }) => cloudPcs.map(present)).find(({ id }) => id === query.cloudPcId) ?? null;
      case 'groupsNamed':
        return groups.filter(({ name }) => name === query.name);
      case 'groupsPrefixed':
        return groups.filter(({ name }) => name.startsWith(query.prefix));
      case 'groupMembers': {
        const members = people.filter(({ memberOf }) => memberOf.has(query.groupId));
        const found = members.map(({ id, name, upn }) => ({
          ...somebody,
          id,
          name,
          userPrincipalName: upn,
          mail: upn,
        }));
        return { people: found, groups: [], others: 0 };
      }
      default:
        throw new Error(`not asked for a person: ${query.ask}`);
    }
  }
  const tenant: Tenant = {
    async read(queries) {
      given.onRead?.(Object.values(queries));
      settle();
      return Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, answer(query)])) as never;
    },
    async look(queries) {
      given.onRead?.(queries);
      settle();
      return queries.map((query) => ({ value: answer(query) })) as never;
    },
  };

  // ---- what changes it
  /** @throws Killed when the process dies of it */
  async function send(
    call: Omit<Reached, 'isEffective'>,
    mayStillSend: () => boolean,
    apply: () => boolean,
  ): Promise<{ answer: MembershipAnswer | StartAnswer | null; isEffective: boolean }> {
    const count = world.calls + 1;
    const instead = await given.onCall?.(call, count);
    if (!mayStillSend()) return { answer: tooLate, isEffective: false };
    world.calls = count;
    if (count === world.killAtCall && !world.killAfterEffect) throw died();
    settle();
    const isEffective = instead && !instead.isApplied ? false : apply();
    settle();
    const made = { ...call, isEffective };
    reached.push(made);
    await given.afterCall?.(made, count);
    if (count === world.killAtCall) throw died();
    return { answer: instead?.answer ?? null, isEffective };
  }
  function died(): Killed {
    world.kills += 1;
    return new Killed();
  }
  async function change(what: 'join' | 'leave', groupId: string, personId: string, mayStillSend: () => boolean) {
    const sent = await send({ what, id: groupId, personId }, mayStillSend, () => {
      const memberOf = byId(personId)?.memberOf;
      if (!memberOf || memberOf.has(groupId) === (what === 'join')) return false;
      if (what === 'join') memberOf.set(groupId, world.now);
      else memberOf.delete(groupId);
      return true;
    });
    const usual = { kind: 'done' as const, wasSo: !sent.isEffective, graphRequestId: null };
    return (sent.answer ?? usual) as MembershipAnswer;
  }
  const always = () => true;
  const membership: GroupMembership = {
    add: (groupId, personId, order) => change('join', groupId, personId, order?.mayStillSend ?? always),
    remove: (groupId, personId, order) => change('leave', groupId, personId, order?.mayStillSend ?? always),
  };
  const graceEnder: GraceEnder = {
    prepare: async () => ({
      async send({ cloudPcId, mayStillSend }) {
        const owner = people.find(({ cloudPcs }) => cloudPcs.some(({ pc }) => pc.id === cloudPcId));
        const sent = await send({ what: 'endGrace', id: cloudPcId, personId: owner?.id ?? '' }, mayStillSend, () => {
          const built = owner?.cloudPcs.find(({ pc }) => pc.id === cloudPcId);
          if (!built || present(built).status !== 'inGracePeriod') return false;
          built.goneAt = world.now + minute;
          return true;
        });
        return (sent.answer ?? { kind: 'accepted', graphRequestId: null }) as StartAnswer;
      },
      discard() {},
    }),
  };

  // ---- the store and the jobs
  const outbox = recordingOutbox();
  const real = store.unitOfWork(outbox);
  const unitOfWork: UnitOfWork = {
    async run(work) {
      world.transactions += 1;
      const isLast = world.transactions === world.killAt;
      if (isLast && !world.killAfterCommit) throw died();
      const result = await real.run(work);
      if (isLast) throw died();
      return result;
    },
  };
  const deps: PersonDeps = {
    policy,
    clock,
    ids: { next: randomUUID },
    log: silentLog,
    unitOfWork,
    tenant,
    signIns: null,
    bulkWay: 'each',
    membership,
    graceEnder,
  };
  const requests: Request[] = [];
  const itemIds = new Set<string>();
  for (const [at, plan] of plans.entries()) {
    const { request, itemId } = await insertApproved(real, deps, person(at), plan);
    requests.push(request);
    itemIds.add(itemId);
  }
  function person(at: number): Person {
    const found = people[at];
    assert.ok(found);
    return found;
  }

  function collect(): void {
    queue.push(...outbox.sent.splice(0).map(({ wakeUp, at }) => ({ wakeUp, at: at ?? world.now })));
    // A sweep wakes what other worlds in the same store have left, too.
    queue = queue.filter(({ wakeUp }) => wakeUp.queue === 'person' && itemIds.has(wakeUp.personItemId));
  }

  async function runNext(): Promise<void> {
    queue.sort((a, b) => a.at - b.at);
    const next = queue.shift();
    if (next?.wakeUp.queue !== 'person') return;
    const { personItemId } = next.wakeUp;
    queue = queue.filter(({ wakeUp, at }) => at > next.at || JSON.stringify(wakeUp) !== JSON.stringify(next.wakeUp));
    world.now = Math.max(world.now, next.at);
    try {
      await advancePerson(deps, personItemId);
      collect();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      outbox.sent.splice(0);
      queue = [];
    }
  }

  const self = {
    deps,
    world,
    people,
    sku,
    /** Every call that reached the tenant, in order. */
    reached,
    async items(): Promise<PersonItem[]> {
      const found = await Promise.all(requests.map(({ id }) => real.run((tx) => tx.personItems.ofRequest(id))));
      return found.map((item) => {
        assert.ok(item);
        return item;
      });
    },
    async item(at = 0): Promise<PersonItem> {
      const item = (await self.items())[at];
      assert.ok(item);
      return item;
    },
    async request(at = 0): Promise<Request> {
      const id = requests[at]?.id ?? '';
      const found = await real.run((tx) => tx.requests.get(id));
      assert.ok(found);
      return found;
    },
    async audit(at = 0): Promise<string[]> {
      const { rows } = await real.run((tx) => tx.audit.of(requests[at]?.id ?? '', 0, 1000));
      return rows.map(({ action }) => action);
    },
    /** Names of the parts whose groups the person is in now, as the tenant has it. */
    groupsOf(at = 0): string[] {
      return groupRefs.filter(({ id }) => person(at).memberOf.has(id)).map(({ name }) => name);
    },
    cloudPcsOf(at = 0): CloudPc[] {
      settle();
      return person(at).cloudPcs.map(present);
    },
    /** How often a call about this has changed something. */
    effective: (what: Reached['what'], id?: string) =>
      reached.filter((one) => one.what === what && one.isEffective && (id === undefined || one.id === id)).length,
    /** Nothing runs for so long: the process is away. */
    sleep(ms: number): void {
      world.now += ms;
      queue = [];
    },
    /** Jobs, and the sweep every minute, until `is` holds, or until every item has ended or waits for a person. */
    async run(is: () => Promise<boolean> = async () => false, withinMs = 12 * hour): Promise<void> {
      const end = world.now + withinMs;
      let nextSweep = world.now;
      for (let job = 0; job < mostJobs; job += 1) {
        if ((await is()) || (await self.items()).every(isAtRest)) return;
        collect();
        const due = Math.min(...queue.map(({ at }) => at));
        if (due > nextSweep) {
          if (nextSweep > end) return;
          world.now = Math.max(world.now, nextSweep);
          nextSweep = world.now + minute;
          await sweep({ ...deps, unitOfWork: real });
          collect();
        } else await runNext();
      }
      throw new Error(`no end after ${mostJobs} jobs`);
    },
  };
  return self;

  function newPerson({ operation = 'assign', memberOf }: PersonPlan, at: number, now: number): Person {
    const id = randomUUID();
    const usual = operation === 'assign' ? [] : [provisioningGroup.id, settingsGroup.id, licenceGroup.id];
    const person: Person = {
      id,
      name: `Person ${at}`,
      upn: `person-${id}@contoso.com`,
      memberOf: new Map((memberOf ?? usual).map((groupId) => [groupId, now - day])),
      cloudPcs: [],
      hasSeat: operation === 'unassign',
      leftAt: null,
    };
    if (operation === 'unassign')
      person.cloudPcs.push({
        pc: aCloudPc({ id: randomUUID(), ownerUpn: person.upn }),
        begunAt: now - day,
        builtAt: now - day,
        graceSince: null,
        goneAt: null,
      });
    return person;
  }
}

export type PersonWorld = Awaited<ReturnType<typeof startPersonWorld>>;

const tooLate: MembershipAnswer = {
  kind: 'notApplied',
  retryAfterMs: null,
  detail: { code: 'tooLate', message: null },
  graphRequestId: null,
};

const somebody = { accountEnabled: true, isGuest: false, usageLocation: 'DE' };

const isAtRest = (item: PersonItem): boolean => isFinishedPerson(item) || item.state === 'needsOperator';

function aGroup(id: string, name: string, skuIds: readonly string[]): Group {
  const assignedLicences = skuIds.map((skuId) => ({ skuId, disabledPlans: [] }));
  return {
    id,
    name,
    isDynamic: false,
    isSynced: false,
    isMailOnly: false,
    isAssignableToRole: false,
    assignedLicences,
  };
}

/** As an approval leaves it: nothing of it has begun. */
async function insertApproved(
  unitOfWork: UnitOfWork,
  deps: PersonDeps,
  { id, name, upn, cloudPcs }: Person,
  { operation = 'assign', order = {} }: PersonPlan,
): Promise<{ request: Request; itemId: string }> {
  const now = deps.clock.now();
  const approval = {
    by: ivan,
    verdict: 'approve' as const,
    comment: null,
    asApprover: true,
    asAdmin: false,
    revision: 1,
    at: now,
  };
  const request = aRequest({
    code: `R-${randomUUID().slice(0, 8)}`,
    operation,
    requester: adam,
    owner: { id, name },
    ownerUpn: upn,
    mail: { wanted: false, text: null },
    options: { osVersion: null, accountType: null },
    tally: { queued: 1 },
    approval: { needed: 1, byAdmin: false, rule: 'admin.assign: approval' },
    decisions: [approval],
    state: 'approved',
    approvedAt: now,
    expiresAt: null,
  });
  const going = cloudPcs.map(({ pc }) => ({ id: pc.id, name: pc.name }));
  const nothing = operation === 'unassign' ? { provisioning: null, settings: null, cloudPcs: going } : {};
  const item = newPersonItem(deps, {
    requestId: request.id,
    operation,
    person: { id, name },
    upn,
    order: aPersonOrder({ ...nothing, ...order }),
  });
  await unitOfWork.run(async (tx) => {
    await tx.requests.insert(request);
    assert.ok(await tx.personItems.insert(item));
    const locked = await tx.requests.lock(request.id);
    assert.ok(locked);
    await beginPerson(tx, deps, locked);
  });
  return { request, itemId: item.id };
}
