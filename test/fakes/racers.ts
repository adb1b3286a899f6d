// Two replicas of the use-cases on one database, each with connections of its own, and what a round has left in the store.
import type { Policy } from '../../src/domain/policy.ts';
import type { Starter } from '../../src/domain/ports.ts';
import { day } from '../../src/domain/time.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { createStartingLine, type Place } from './race.ts';
import { createTestDatabase, inStore, openTestStore, silentLog, testStoreKind } from './store.ts';
import { cardsOf, itemsOf } from './stored.ts';
import { aCloudPc, aPolicy } from './things.ts';
import { cast, startUseCases } from './use-cases.ts';

/** Two pools on one PostgreSQL database; embedded there is one process, so both are the same store. */
export async function openTwoStores(): Promise<{ stores: readonly [Store, Store]; close(): Promise<void> }> {
  if (testStoreKind === 'embedded') {
    const store = await openTestStore();
    return { stores: [store, store], close: () => store.close() };
  }
  const database = await createTestDatabase();
  const open = () => openStore({ databaseUrl: database.databaseUrl, log: silentLog });
  const stores = [await open(), await open()] as const;
  return {
    stores,
    async close() {
      for (const store of stores) await store.close();
      await database.drop();
    },
  };
}

/** No cool-down, and nothing but the end of the approval is due before it. */
export const racePolicy: Policy = {
  ...aPolicy,
  approval: { ...aPolicy.approval, remindEveryMs: 30 * day, escalateAfterMs: 30 * day },
  limits: { ...aPolicy.limits, perCloudPcCooldownMs: 0, startsPerHour: 1_000_000 },
};

export async function startRacers(options: { place: Place; policy?: Policy }) {
  const { stores, close } = await openTwoStores();
  const line = createStartingLine(options.place);
  const people = cast();
  const sent: string[] = [];
  const start = 1_800_000_000_000;
  const clocks: [{ now: number }, { now: number }] = [{ now: start }, { now: start }];
  const policy = options.policy ?? racePolicy;
  const join = async (replica: 0 | 1) => {
    const now = () => clocks[replica].now;
    const world = await startUseCases({ people, policy, now, store: stores[replica], around: line.around });
    return {
      ...world,
      deps: { ...world.deps, starter: acceptingStarter(sent), bulkStarter: null } satisfies OperationDeps,
    };
  };
  const replicas = [await join(0), await join(1)] as const;
  let machines = 0;
  /** Gives Ada a Cloud PC that nobody has asked for yet. */
  const newCloudPc = (): string => {
    machines += 1;
    const id = `pc-${machines}`;
    people.ada = { name: 'Ada Arendt', groups: [], cloudPcs: [aCloudPc({ id, ownerUpn: 'ada@contoso.com' })] };
    return id;
  };
  return {
    replicas,
    line,
    newCloudPc,
    /** Each replica's own. */
    clocks,
    /** Cloud PCs that were told to start, each time. */
    sent,
    /** Wake-ups of committed transactions for this item. */
    wakeUpsFor: (itemId: string) =>
      replicas
        .flatMap(({ outbox }) => outbox.sent)
        .filter(({ wakeUp }) => wakeUp.queue === 'advance' && wakeUp.itemId === itemId).length,
    /** A request of Ada's for a new Cloud PC that waits for approval. */
    async submitted(): Promise<string> {
      line.draw(0);
      const cloudPcId = newCloudPc();
      const requestId = await replicas[0].ask('ada');
      await replicas[1].submit('ada', requestId, cloudPcId);
      return requestId;
    },
    read: (requestId: string) => readLeft(stores[0], requestId),
    stop: close,
  };
}

export type Racers = Awaited<ReturnType<typeof startRacers>>;

/** Takes every start and notes it. */
export function acceptingStarter(sent: string[]): Starter {
  return {
    prepare: async () => ({
      async send({ cloudPcId, mayStillSend }) {
        if (!mayStillSend()) return { kind: 'notApplied', retryAfterMs: null, detail: null, graphRequestId: null };
        sent.push(cloudPcId);
        return { kind: 'accepted', graphRequestId: null };
      },
      discard() {},
    }),
  };
}

/** What stands in the store about one request. */
export async function readLeft(store: Store, requestId: string) {
  const rows = await inStore(store, async (tx) => ({
    request: await tx.requests.get(requestId),
    items: await itemsOf(tx, requestId),
  }));
  const { request } = rows;
  if (!request) throw new Error('no such request');
  const { db } = store;
  const cards = await cardsOf(store, requestId);
  const notices = await db.selectFrom('notices').select('notice').where('request_id', '=', requestId).execute();
  const audit = await db.selectFrom('audit').select('action').where('request_id', '=', requestId).execute();
  const decisions = await db.selectFrom('decisions').select('id').where('request_id', '=', requestId).execute();
  const intents = await db.selectFrom('intents').select('id').where('request_id', '=', requestId).execute();
  const timers = await db.selectFrom('timers').select('kind').where('request_id', '=', requestId).execute();
  return {
    ...rows,
    request,
    cards,
    notices: notices.map((row) => row.notice),
    /** Of the audit, in no order. */
    actions: audit.map((row) => row.action),
    decisions: decisions.length,
    intents: intents.length,
    timers: timers.length,
  };
}
