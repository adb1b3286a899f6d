// A bulk request on a real store, with Cloud PCs that are plain values, a clock that a test moves on and jobs that run one after
// the other in the order of their time. The process can be killed at any transaction or while a start is being sent: then every
// wake-up of its memory is lost, and only the sweep is left.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Bulk } from '../../src/domain/bulk.ts';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import type { Item } from '../../src/domain/item.ts';
import type { Limits, Policy } from '../../src/domain/policy.ts';
import type {
  BulkStartAnswer,
  BulkStarter,
  BulkStartOrder,
  StartAnswer,
  Starter,
  Tenant,
  UnitOfWork,
  WakeUp,
} from '../../src/domain/ports.ts';
import { isEnded, type Options, type Request } from '../../src/domain/request.ts';
import { day, hour, minute, second } from '../../src/domain/time.ts';
import { planWaves } from '../../src/domain/waves.ts';
import { advance } from '../../src/jobs/advance.ts';
import { sweep } from '../../src/jobs/sweep.ts';
import { advanceBulk } from '../../src/operations/bulk/advance-bulk.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';
import { beginWave } from '../../src/requests/begin-wave.ts';
import { watchItems } from '../../src/requests/watch-items.ts';
import type { Store } from '../../src/store/open-store.ts';
import { recordingOutbox, silentLog } from './store.ts';
import { adam, anItem, aRequest, ivan } from './store-rows.ts';
import { aCloudPc, aPolicy } from './things.ts';
import { type FakePerson, plainTenant } from './use-cases.ts';

const watchEveryMs = 30 * second;
const buildMs = 10 * minute;
/** More jobs than any of these requests needs. */
const mostJobs = 10_000;

export class Killed extends Error {}

/** Each request has days of its own: what another one left in the same store is long ago. */
let nextStart = Date.now();

/** What becomes of a call that starts; `applied`: those that begin to be built. */
export interface Sent {
  answer: BulkStartAnswer | StartAnswer;
  applied: readonly string[];
  /** The process dies before it hears the answer. */
  killed?: boolean;
}

export interface WorldOptions {
  count: number;
  limits?: Partial<Limits>;
  /** null: one by one. */
  way?: BulkStarter['way'] | null;
  options?: Options;
  duringMaintenance?: boolean;
  /** What becomes of the call for these Cloud PCs; taken and begun when left out or undefined. */
  send?: (cloudPcIds: readonly string[], calls: number) => Sent | undefined;
  /** These builds fail. */
  failing?: (index: number) => boolean;
  /** What Graph says of every bulk action. */
  hasEnded?: boolean | 'gone';
}

interface Planned {
  wakeUp: WakeUp;
  at: number;
}

export async function startBulkWorld(store: Store, given: WorldOptions) {
  const { count, way = 'bulkActions', duringMaintenance = false, failing = () => false } = given;
  const policy: Policy = { ...aPolicy, limits: { ...aPolicy.limits, canary: 1, waveSize: 3, ...given.limits } };
  nextStart += 30 * day;
  const world = {
    now: nextStart,
    killAt: -1,
    killAfterCommit: false,
    transactions: 0,
    hasEnded: given.hasEnded ?? (false as boolean | 'gone'),
  };
  // It ticks whenever somebody looks: no two moments are the same.
  const tick = () => (world.now += 1);
  const clock = { now: tick, monotonic: tick };
  const pcs = new Map(Array.from({ length: count }, (_, at) => newCloudPc(at)).map((pc) => [pc.id, pc]));
  const builds = new Map<string, number>();
  const people = peopleFor([...pcs.values()]);
  const calls: string[][] = [];
  let lost: Planned[] = [];
  let queue: Planned[] = [];

  const begin = (cloudPcId: string): void => void builds.set(cloudPcId, world.now);
  const present = (pc: CloudPc): CloudPc => {
    const began = builds.get(pc.id);
    if (began === undefined) return pc;
    const action = { name: 'Reprovision', state: 'active', startedAt: began };
    if (world.now < began + buildMs) return { ...pc, status: 'provisioning', lastAction: action, modifiedAt: began };
    const ended = { ...pc, lastAction: { ...action, state: 'done' }, modifiedAt: began + buildMs };
    const at = [...pcs.keys()].indexOf(pc.id);
    return failing(at) ? { ...ended, status: 'failed' } : { ...ended, provisionedAt: began + buildMs };
  };
  const tenant: Tenant = {
    read: (queries, limits) => plainTenant(peopleNow()).read(queries, limits),
    look: async (queries, limits) => {
      const plain = plainTenant(peopleNow());
      const answers = [];
      for (const query of queries) {
        if (query.ask === 'bulkAction') answers.push({ value: aBulkAction(query.bulkActionId, world.hasEnded) });
        else answers.push(...(await plain.look([query], limits)));
      }
      return answers as never;
    },
  };
  const peopleNow = () =>
    Object.fromEntries(
      Object.entries(people).map(([id, person]) => [id, { ...person, cloudPcs: person.cloudPcs.map(present) }]),
    );

  /** @throws Killed when the process dies of it */
  function takeCall(cloudPcIds: readonly string[], mayStillSend: () => boolean): StartAnswer | BulkStartAnswer {
    if (!mayStillSend()) return { kind: 'notApplied', retryAfterMs: null, detail: null, graphRequestId: null };
    calls.push([...cloudPcIds]);
    const sent = given.send?.(cloudPcIds, calls.length) ?? { answer: accepted(cloudPcIds), applied: cloudPcIds };
    for (const id of sent.applied) begin(id);
    if (sent.killed) throw new Killed();
    return sent.answer;
  }

  const bulkStarter: BulkStarter | null = way && {
    way,
    mostAtOnce: 100,
    canStart: () => true,
    prepare: async () => ({
      send: async ({ cloudPcs, mayStillSend }: BulkStartOrder) =>
        takeCall(
          cloudPcs.map(({ cloudPcId }) => cloudPcId),
          mayStillSend,
        ) as BulkStartAnswer,
      discard() {},
    }),
  };
  const starter: Starter = {
    prepare: async () => ({
      send: async ({ cloudPcId, mayStillSend }) => takeCall([cloudPcId], mayStillSend) as StartAnswer,
      discard() {},
    }),
  };

  const outbox = recordingOutbox();
  const real = store.unitOfWork(outbox);
  const unitOfWork: UnitOfWork = {
    async run(work) {
      world.transactions += 1;
      const isLast = world.transactions === world.killAt;
      if (isLast && !world.killAfterCommit) throw new Killed();
      const result = await real.run(work);
      if (isLast) throw new Killed();
      return result;
    },
  };
  const deps: OperationDeps = {
    policy,
    clock,
    ids: { next: randomUUID },
    log: silentLog,
    unitOfWork,
    tenant,
    signIns: null,
    bulkWay: way ?? 'each',
    starter,
    bulkStarter,
  };

  const request = await insertApproved(real, deps, [...pcs.values()], given, duringMaintenance);
  await real.run(async (tx) => {
    const locked = await tx.requests.lock(request.id);
    assert.ok(locked);
    await beginWave(tx, deps, locked, 1);
  });

  function collect(): void {
    queue.push(...outbox.sent.splice(0).map(({ wakeUp, at }) => ({ wakeUp, at: at ?? world.now })));
  }

  async function runJob(wakeUp: WakeUp): Promise<void> {
    if (wakeUp.queue === 'advance') return advance(deps, wakeUp.itemId);
    if (wakeUp.queue === 'bulk') return advanceBulk(deps, wakeUp.requestId);
    if (wakeUp.queue === 'watch') return watchItems(deps, watchEveryMs);
  }

  async function runNext(): Promise<void> {
    queue.sort((a, b) => a.at - b.at);
    const next = queue.shift();
    if (!next) return;
    // The same, due by now, would only look again.
    queue = queue.filter(({ wakeUp, at }) => at > next.at || !isSame(wakeUp, next.wakeUp));
    world.now = Math.max(world.now, next.at);
    try {
      await runJob(next.wakeUp);
      collect();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      outbox.sent.splice(0);
      lost = queue;
      queue = [];
      world.killAt = -1;
    }
  }

  const self = {
    deps,
    world,
    requestId: request.id,
    /** Ids of the Cloud PCs, in the order of the list. */
    ids: [...pcs.keys()],
    /** What each call that starts has named. */
    calls,
    begin,
    people,
    /** How often each Cloud PC was named in a call. */
    starts: () => [...pcs.keys()].map((id) => calls.flat().filter((one) => one === id).length),
    /** Wake-ups that a kill has taken. */
    lost: () => lost.length,
    /** Jobs, and the sweep every minute, until `is` holds; without it until nothing but the sweep is left, or the end. */
    async run(is: () => Promise<boolean> = async () => false, withinMs = 4 * hour): Promise<void> {
      const end = world.now + withinMs;
      let nextSweep = world.now;
      for (let job = 0; job < mostJobs; job += 1) {
        if ((await is()) || isEnded((await self.request()).state)) return;
        collect();
        const due = Math.min(...queue.map(({ at }) => at));
        if (due > nextSweep) {
          if (nextSweep > end) return;
          world.now = Math.max(world.now, nextSweep);
          nextSweep = world.now + minute;
          await sweep({ ...deps, unitOfWork: real });
          collect();
          queue = queue.filter(({ wakeUp }) => ['advance', 'bulk', 'watch'].includes(wakeUp.queue));
        } else await runNext();
      }
      throw new Error(`no end after ${mostJobs} jobs`);
    },
    async request(): Promise<Request> {
      const found = await real.run((tx) => tx.requests.get(request.id));
      assert.ok(found);
      return found;
    },
    /** In the order of the list. */
    items: (): Promise<Item[]> => real.run((tx) => tx.items.inStates(request.id, everyState, 1000)),
    async states(): Promise<string[]> {
      return (await self.items()).map(({ state }) => state);
    },
    async audit(): Promise<string[]> {
      const { rows } = await real.run((tx) => tx.audit.of(request.id, 0, 1000));
      return rows.map(({ action }) => action);
    },
    async intents(): Promise<number> {
      const rows = await store.db.selectFrom('intents').select('id').where('request_id', '=', request.id).execute();
      return rows.length;
    },
  };
  collect();
  return self;
}

export type BulkWorld = Awaited<ReturnType<typeof startBulkWorld>>;

const everyState = [
  'queued',
  'checking',
  'starting',
  'building',
  'ready',
  'readyWithWarnings',
  'failed',
  'timedOut',
  'skipped',
  'cancelled',
  'needsOperator',
  'needsSignIn',
] as const;

function isSame(a: WakeUp, b: WakeUp): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function accepted(cloudPcIds: readonly string[]): BulkStartAnswer {
  const words = new Map(cloudPcIds.map((id) => [id, 'accepted' as const]));
  return { kind: 'accepted', words, bulkActionId: 'bulk-action', graphRequestId: null };
}

function aBulkAction(id: string, hasEnded: boolean | 'gone') {
  if (hasEnded === 'gone') return null;
  return { id, hasEnded, successful: 0, failed: 0, notSupported: 0, open: hasEnded ? 0 : 1 };
}

function newCloudPc(at: number): CloudPc {
  const id = randomUUID();
  return aCloudPc({ id, name: `CPC-${at}`, deviceId: `device-${id}`, ownerUpn: `owner-${id}@contoso.com` });
}

function peopleFor(pcs: readonly CloudPc[]): Record<string, FakePerson> {
  const owners = pcs.map((pc): [string, FakePerson] => [
    `owner-${pc.id}`,
    { name: pc.name, groups: [], cloudPcs: [pc] },
  ]);
  return {
    ...Object.fromEntries(owners),
    [adam.id]: { name: adam.name, groups: ['group-admins'], cloudPcs: [] },
    [ivan.id]: { name: ivan.name, groups: ['group-approvers'], cloudPcs: [] },
  };
}

/** As an approval leaves it: nothing of it has begun. */
async function insertApproved(
  unitOfWork: UnitOfWork,
  { clock, policy }: OperationDeps,
  pcs: readonly CloudPc[],
  { options }: WorldOptions,
  duringMaintenance: boolean,
): Promise<Request> {
  const now = clock.now();
  const { length: n } = pcs;
  const bulk: Bulk = {
    source: { type: 'list' },
    counts: { found: n, notFound: 0, leftOut: 0, remaining: n, notSignedOut: 0 },
    duringMaintenance,
    pause: null,
    tolerated: null,
    stopped: null,
    retriedBy: null,
  };
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
    requester: adam,
    owner: adam,
    bulk,
    options: options ?? { osVersion: null, accountType: null },
    tally: { queued: n },
    approval: { needed: 1, byAdmin: false, rule: 'admin.bulk: approval' },
    decisions: [approval],
    state: 'approved',
    approvedAt: now,
    expiresAt: null,
  });
  const sizes = planWaves(n, policy.limits);
  const waveOf = sizes.flatMap((size, at) => Array.from({ length: size }, () => at + 1));
  const items = pcs.map((cloudPc, at) =>
    anItem(request, {
      cloudPc,
      wave: waveOf[at] ?? 1,
      owner: { id: `owner-${cloudPc.id}`, name: cloudPc.name },
      ownerUpn: cloudPc.ownerUpn ?? '',
      queuedAt: now,
      dueAt: null,
    }),
  );
  await unitOfWork.run(async (tx) => {
    await tx.requests.insert(request);
    await tx.items.insertMany(items);
    await tx.waves.insertMany(
      sizes.map((size, at) => ({
        requestId: request.id,
        number: at + 1,
        size,
        tally: { queued: size },
        beganAt: null,
        endedAt: null,
        dueAt: null,
      })),
    );
  });
  return request;
}
