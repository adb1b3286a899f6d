// Many Cloud PCs that are being built, the store with their items, and the watcher on a clock that a test moves on.
import { randomUUID } from 'node:crypto';
import type { Item } from '../../src/domain/item.ts';
import { minute, second } from '../../src/domain/time.ts';
import type { Deps } from '../../src/requests/deps.ts';
import { watchItems } from '../../src/requests/watch-items.ts';
import { type BuildScript, demoPolicies, type Simulator } from '../../src/simulator/index.ts';
import type { Store } from '../../src/store/open-store.ts';
import { type GraphParts, startGraph } from './graph.ts';
import { inStore, openTestStore, recordingOutbox, silentLog } from './store.ts';
import { aBaseline, aCloudPc, ada, anItem, aRequest } from './store-rows.ts';
import { insertRequest } from './stored.ts';
import { aPolicy } from './things.ts';

export const watchEveryMs = 30 * second;
const provisionedAt = Date.UTC(2026, 0, 5, 9);

export interface FleetInFlight {
  simulator: Simulator;
  graph: GraphParts;
  store: Store;
  items: readonly Item[];
  now(): number;
  /** Moves the clock on, for the bot and for Graph. */
  passes(ms: number): void;
  /** One tick of the watcher; the HTTP requests that Graph got meanwhile. */
  tick(): Promise<number>;
  close(): Promise<void>;
}

export interface FleetOptions {
  count: number;
  /** Cloud PCs that nobody rebuilds. */
  others?: number;
  /** When the builds began before now; half an hour when left out. */
  ageMs?: number;
  build?: BuildScript;
  pageSize?: number;
}

export async function startFleetInFlight(options: FleetOptions): Promise<FleetInFlight> {
  const { count, others = 0, ageMs = 30 * minute, build = { outcome: 'never' }, pageSize = 100 } = options;
  let movedMs = 0;
  const clock = { now: () => Date.now() + movedMs, monotonic: () => performance.now() + movedMs };
  const graph = await startGraph({ simulator: { now: clock.now }, clock });
  const { simulator, tenant } = graph;
  simulator.tenant.paging.pageSize = pageSize;
  const ids = Array.from({ length: count + others }, () => randomUUID());
  for (const id of ids) addCloudPc(simulator, id);
  for (const id of ids.slice(0, count)) simulator.tenant.reprovisionInIntune(id, { lagMs: 0, ...build });
  const store = await openTestStore();
  const startedAt = clock.now() - ageMs;
  const items: Item[] = [];
  await inStore(store, async (tx) => {
    for (const id of ids.slice(0, count)) {
      const request = aRequest({ state: 'running' });
      const item = aBuildingItem(request, id, startedAt);
      await insertRequest(tx, request, [item]);
      items.push(item);
    }
  });
  const deps: Deps = {
    policy: aPolicy,
    clock,
    ids: { next: randomUUID },
    log: silentLog,
    unitOfWork: store.unitOfWork(recordingOutbox()),
    tenant,
    signIns: null,
    bulkWay: 'each',
  };
  return {
    simulator,
    graph,
    store,
    items,
    now: clock.now,
    passes(ms) {
      movedMs += ms;
    },
    async tick() {
      const before = simulator.requests.length;
      await watchItems(deps, watchEveryMs);
      return simulator.requests.length - before;
    },
    async close() {
      await store.close();
      await simulator.close();
    },
  };
}

function addCloudPc(simulator: Simulator, id: string): void {
  simulator.tenant.addCloudPc({
    id,
    name: `CPC-ada-${id.slice(0, 5)}`,
    userPrincipalName: 'ada@contoso.com',
    ownerName: ada.name,
    servicePlan: { id: 'f1a3d5c7-0001-4000-8000-000000000001', name: 'Cloud PC Enterprise 2vCPU/8GB/128GB' },
    provisioningPolicyId: demoPolicies.officeWestEurope,
    provisionedDateTime: new Date(provisionedAt).toISOString(),
  });
}

/** As after its first look, so that only what Graph shows changes it. */
function aBuildingItem(request: Parameters<typeof anItem>[0], cloudPcId: string, startedAt: number): Item {
  return anItem(request, {
    state: 'building',
    cloudPc: aCloudPc({ id: cloudPcId, provisionedAt, policyId: demoPolicies.officeWestEurope }),
    baseline: aBaseline({ cloudPcId, provisionedAt, status: 'provisioned' }),
    intentId: randomUUID(),
    sawBusy: true,
    lastSeen: { status: 'provisioning', provisionedAt, isActionRunning: true },
    checkingAt: startedAt,
    startingAt: startedAt,
    buildingAt: startedAt,
    dueAt: startedAt + aPolicy.limits.slowAfterMs,
    lookAt: startedAt,
  });
}
