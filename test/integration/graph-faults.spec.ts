// The fault table: what Graph, the network or a proxy may do to a read, to a part of a batch, to the one destructive call, and
// to a request that is being started. Each row over real HTTP; its listing is the table.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AccessToken } from '@azure/identity';
import type { Item } from '../../src/domain/item.ts';
import type { Intent, Look, Query } from '../../src/domain/ports.ts';
import { day, hour } from '../../src/domain/time.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';
import { checkStep } from '../../src/operations/reprovision/check.ts';
import { demoCloudPcs, demoGroups, demoPeople } from '../../src/simulator/index.ts';
import type { Store } from '../../src/store/open-store.ts';
import { buildGraph, realClock, type SimulatedGraph, sendJson, serve, startGraph, testToken } from '../fakes/graph.ts';
import { faultRows, type ReadOutcome } from '../fakes/graph-faults.ts';
import { inStore, openTestStore, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { aCloudPc, anItem, aRequest } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';
import { aPolicy } from '../fakes/things.ts';

const limits = { withinMs: 4000 };
const cloudPc = { ask: 'cloudPc', cloudPcId: demoCloudPcs.ada } as const;
const ofAda = new RegExp(`/cloudPCs/${demoCloudPcs.ada}$`);
const reprovisionPath = /\/reprovision$/;
const noOptions = { osVersion: null, accountType: null };
const order = { cloudPcId: demoCloudPcs.ada, options: noOptions, mayStillSend: () => true };

/** What came of a look, in the words of the table. */
function wordOf(look: Look<Query> | undefined): string {
  if (look && 'fault' in look) return look.fault.code;
  return look?.value === null ? 'gone' : 'answered';
}

function sentence({ comes, requests }: ReadOutcome): string {
  return `${comes} after ${requests} ${requests === 1 ? 'request' : 'requests'}`;
}

describe('faults of Graph', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph({ startTimeoutMs: 400 });
  });
  afterEach(() => graph.simulator.close());

  /** @param queries the first one is struck */
  async function look(outcome: ReadOutcome, queries: readonly Query[]): Promise<Look<Query>[]> {
    const startedAt = performance.now();
    const isSlow = outcome.comes === 'graph.slow';
    const looks = await graph.tenant.look(queries, isSlow ? { withinMs: 400 } : limits);
    const ms = performance.now() - startedAt;
    assert.equal(wordOf(looks[0]), outcome.comes);
    assert.equal(graph.simulator.requests.length, outcome.requests);
    assert.ok(ms >= (outcome.waitsMs ?? 0) - 20 && ms < limits.withinMs, `took ${ms} ms`);
    return looks;
  }

  describe('a read', () => {
    for (const { name, fault, lasts, read } of faultRows) {
      it(`When it meets ${name}, then it is ${sentence(read)}`, async () => {
        graph.simulator.faults.add({ match: { path: ofAda }, fault: fault(), ...(lasts ? {} : { times: 1 }) });

        await look(read, [cloudPc]);
      });
    }

    it('When its token has expired or was revoked, then it is answered after 2 requests, the second with another token', async () => {
      const asked: (string | undefined)[] = [];
      const { tenant } = withTokens(graph.simulator.url, asked);

      const [found] = await tenant.look([cloudPc], limits);
      const [again] = await tenant.look([cloudPc], limits);

      assert.deepEqual([wordOf(found), wordOf(again)], ['answered', 'answered']);
      assert.deepEqual(
        graph.simulator.requests.map(({ status }) => status),
        [401, 200, 200],
      );
      // The cache is asked each time; around it once, since the new one is kept.
      assert.deepEqual(
        asked.filter((claims) => claims !== undefined),
        ['{"access_token":{}}'],
      );
    });

    it('When a list has a nextLink to another host, then it is graph.unreadable after 1 request, and nothing goes there', async () => {
      const foreign = await serve((_request, response) => sendJson(response, 200, { value: [] }));
      const body = {
        value: [],
        '@odata.nextLink': `${foreign.url}/beta/deviceManagement/virtualEndpoint/cloudPCs?$skiptoken=x`,
      };
      graph.simulator.faults.add({ match: { path: /\/cloudPCs$/ }, fault: { status: 200, body } });

      await look({ comes: 'graph.unreadable', requests: 1 }, [{ ask: 'cloudPcsOf', upn: 'ada@contoso.com' }]);
      await foreign.close();

      assert.deepEqual(foreign.seen, []);
    });

    it('When a page of a list repeats, then it is graph.unreadable after 2 requests', async () => {
      const link = `${graph.simulator.url}/beta/deviceManagement/virtualEndpoint/cloudPCs?$skiptoken=x`;
      graph.simulator.faults.add({
        match: { path: /\/cloudPCs$/ },
        fault: { status: 200, body: { value: [], '@odata.nextLink': link } },
      });

      await look({ comes: 'graph.unreadable', requests: 2 }, [{ ask: 'cloudPcsOf', upn: 'ada@contoso.com' }]);
    });
  });

  describe('a part of a batch', () => {
    for (const { name, fault, lasts, part } of faultRows) {
      if (!part) continue;
      it(`When it meets ${name}, then it is ${sentence(part)}, and the other part is answered`, async () => {
        graph.simulator.faults.add({ match: { path: ofAda }, fault: fault(), ...(lasts ? {} : { times: 1 }) });

        const [, other] = await look(part, [cloudPc, { ask: 'person', personId: demoPeople.ada }]);

        assert.equal(wordOf(other), 'answered');
      });
    }

    it('When the token has expired, then the whole batch is answered after 2 requests', async () => {
      const { tenant } = withTokens(graph.simulator.url, []);

      const looks = await tenant.look([cloudPc, { ask: 'person', personId: demoPeople.ada }], limits);

      assert.deepEqual(looks.map(wordOf), ['answered', 'answered']);
      assert.deepEqual(
        graph.simulator.requests.map(({ status }) => status),
        [401, 200],
      );
    });
  });

  describe('the start', () => {
    for (const { name, fault, start } of faultRows) {
      it(`When it meets ${name}, then it is ${start.answer.kind} after exactly 1 POST, ${start.applied} applied`, async () => {
        graph.simulator.faults.add({ match: { method: 'POST', path: reprovisionPath }, fault: fault() });
        const permit = await graph.starter.prepare();

        const answer = await permit.send(order);

        assert.deepEqual({ ...answer, ...start.answer }, answer);
        if (start.code) assert.equal('detail' in answer && answer.detail?.code, start.code);
        assert.equal(graph.simulator.requests.length, 1);
        assert.deepEqual(graph.simulator.tenant.reprovisionPosts(), { received: 1, applied: start.applied });
        assert.equal(graph.sent.length, 1);
      });
    }

    it('When its token has expired, then it is notApplied after exactly 1 POST, and the next one has another token', async () => {
      const { starter } = withTokens(graph.simulator.url, []);

      const first = await (await starter.prepare()).send(order);
      const posts = graph.simulator.tenant.reprovisionPosts();
      const second = await (await starter.prepare()).send(order);

      assert.deepEqual([first.kind, second.kind], ['notApplied', 'accepted']);
      assert.deepEqual(posts, { received: 1, applied: 0 });
      assert.deepEqual(graph.simulator.tenant.reprovisionPosts(), { received: 2, applied: 1 });
    });
  });

  describe(`a request that is being started (${testStoreKind} store)`, function () {
    this.timeout(60_000);
    let store: Store;
    before(async () => {
      store = await openTestStore();
    });
    after(() => store.close());

    /** Everything of the check and the start, as a worker runs it. */
    async function run(
      item: Item,
      parts: Pick<SimulatedGraph, 'tenant' | 'starter'> = graph,
      now = Date.now(),
    ): Promise<Item> {
      const deps = operationDeps(store, parts, now);
      const [request, current] = await inStore(store, async (tx) => [
        await tx.requests.get(item.requestId),
        await tx.items.get(item.id),
      ]);
      assert.ok(request && current);
      await checkStep.run(deps, request, current);
      const after = await inStore(store, (tx) => tx.items.get(item.id));
      assert.ok(after);
      return after;
    }

    for (const { name, fault, start } of faultRows) {
      const isTriedLater = start.item === 'checking';
      const then = isTriedLater ? 'and it is tried again later' : 'also when the step is run again';
      it(`When its POST meets ${name}, then the item is ${start.item} after exactly 1 POST, ${then}`, async () => {
        graph.simulator.faults.add({ match: { method: 'POST', path: reprovisionPath }, fault: fault(), times: 1 });
        const item = await anApprovedItem(store);

        const after = await run(item);
        const intents = await intentsOf(store, item);
        const again = isTriedLater ? after.state : (await run(item)).state;

        assert.deepEqual([after.state, again], [start.item, start.item]);
        if (isTriedLater) assert.ok(after.intentId === null && Number(after.dueAt) > Date.now());
        assert.deepEqual(graph.simulator.tenant.reprovisionPosts(), { received: 1, applied: start.applied });
        assert.deepEqual(
          intents.map(({ state }) => state),
          [start.answer.kind],
        );
        assert.equal(after.unknownSince !== null, start.answer.kind === 'unknown');
        assert.equal(after.dueAt === null, ['failed', 'skipped'].includes(after.state));
        await end(store, item);
      });
    }

    for (const { name, fault, lasts, read } of faultRows) {
      if (lasts && read.comes === 'graph.slow') continue;
      const isStarted = read.comes === 'answered';
      const outcome = isStarted ? 'is started once' : 'is not started, and nothing was sent';
      it(`When a read before it meets ${name}, then it ${outcome}`, async () => {
        graph.simulator.faults.add({ match: { path: ofAda }, fault: fault(), ...(lasts ? {} : { times: 1 }) });
        const item = await anApprovedItem(store);

        const after = await run(item);

        assert.deepEqual(
          graph.simulator.tenant.reprovisionPosts(),
          isStarted ? { received: 1, applied: 1 } : { received: 0, applied: 0 },
        );
        assert.equal(after.state === 'building', isStarted, after.state);
        await end(store, item);
      });
    }

    it('When the token of its POST has expired, then it is tried again under another intent, and the wipe begins once', async () => {
      const item = await anApprovedItem(store);
      // The reads' token is good until the POST.
      let isExpired = false;
      const parts = buildGraph(graph.simulator.url, {
        credential: credentialOf(() => (isExpired ? 'expired' : testToken), []),
      });
      const starter = {
        prepare() {
          isExpired = true;
          return parts.starter.prepare();
        },
      };

      const first = await run(item, { ...parts, starter });
      const second = await run(item, parts, (first.dueAt ?? 0) + 1);

      assert.deepEqual([first.state, second.state], ['checking', 'building']);
      assert.deepEqual(graph.simulator.tenant.reprovisionPosts(), { received: 2, applied: 1 });
      const intents = await intentsOf(store, item);
      assert.deepEqual(intents.map(({ state }) => state).sort(), ['accepted', 'notApplied']);
      await end(store, item);
    });
  });
});

/** A credential with a cache: it gives what is in it, and something new only to whoever asks with claims. */
function credentialOf(cached: () => string, asked: (string | undefined)[]) {
  return {
    async getToken(_scope: string | string[], { claims }: { claims?: string } = {}): Promise<AccessToken> {
      asked.push(claims);
      const lifeMs = claims === undefined ? hour : 2 * hour;
      return { token: claims === undefined ? cached() : testToken, expiresOnTimestamp: Date.now() + lifeMs };
    },
  };
}

/** What lies in the cache has expired. */
function withTokens(url: string, asked: (string | undefined)[]) {
  return buildGraph(url, { credential: credentialOf(() => 'expired', asked) });
}

function operationDeps(
  store: Store,
  { tenant, starter }: Pick<SimulatedGraph, 'tenant' | 'starter'>,
  now: number,
): OperationDeps {
  const roles = { admins: [demoGroups.admins], approvers: [demoGroups.approvers], vip: [demoGroups.vip] };
  return {
    policy: { ...aPolicy, roles },
    clock: { now: () => now, monotonic: realClock.monotonic },
    ids: { next: randomUUID },
    log: silentLog,
    unitOfWork: store.unitOfWork(recordingOutbox()),
    tenant,
    signIns: null,
    bulkWay: 'each',
    starter,
    bulkStarter: null,
  };
}

async function anApprovedItem(store: Store): Promise<Item> {
  const now = Date.now();
  const ada = { id: demoPeople.ada, name: 'Ada Arendt' };
  const by = { id: demoPeople.ivan, name: 'Ivan Ilić' };
  const decision = {
    by,
    verdict: 'approve',
    comment: null,
    asApprover: true,
    asAdmin: false,
    revision: 1,
    at: now,
  } as const;
  const request = aRequest({
    state: 'approved',
    requester: ada,
    owner: ada,
    options: noOptions,
    decisions: [decision],
    approvedAt: now,
    expiresAt: now + day,
  });
  const pc = aCloudPc({ id: demoCloudPcs.ada });
  const item = anItem(request, { state: 'checking', cloudPc: pc, checkingAt: now, dueAt: now });
  await inStore(store, (tx) => insertRequest(tx, request, [item]));
  return item;
}

/** A Cloud PC has one unfinished item: the next row needs it free. */
async function end(store: Store, { id }: Item): Promise<void> {
  await inStore(store, async (tx) => {
    const item = await tx.items.get(id);
    if (item && item.endedAt === null)
      await tx.items.save({ ...item, state: 'failed', endedAt: Date.now(), dueAt: null });
  });
}

async function intentsOf(store: Store, item: Item): Promise<Pick<Intent, 'id' | 'state'>[]> {
  return store.db.selectFrom('intents').select(['id', 'state']).where('item_id', '=', item.id).execute();
}
