// Many Cloud PCs in one destructive call (beta). As a single start it is never repeated by any layer, and it takes no options.
// https://learn.microsoft.com/graph/api/virtualendpoint-post-bulkactions, with counts alone as its later answer, and
// https://learn.microsoft.com/graph/api/manageddevice-bulkreprovisioncloudpc, deprecated, for tenants that still have it.
import type { BulkStartAnswer, BulkStarter, BulkStartOrder, BulkWord } from '../domain/ports.ts';
import { bulkActionsPath, readBulkActionId } from './bulk-actions.ts';
import type { GraphOutcome, ReadCall } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { classifyBulkStart } from './graph-error.ts';
import { prepareStart, type StartLimits, tokenWithinMs } from './prepared-start.ts';
import { bulkResultSchema } from './schema.ts';

/** Undocumented for both. So many devices can be chosen for a bulk action in Intune's admin center. */
const mostAtOnce = 100;

/** What is different. */
interface Form {
  canStart: BulkStarter['canStart'];
  path: string;
  /** @throws TypeError for what this way cannot do */
  bodyOf(order: BulkStartOrder): Record<string, unknown>;
  /** Of an answer that Graph took the order with; null: it does not say what became of it. */
  readTaken(order: BulkStartOrder, body: unknown): Taken | null;
}

interface Taken {
  words: ReadonlyMap<string, BulkWord>;
  bulkActionId: string | null;
}

export interface BulkStarterSettings extends StartLimits {
  way: BulkStarter['way'];
}

/** An order for a maintenance window is rejected unsent by `managedDevices`, which would start it at once. */
export function graphBulkStarter(client: GraphClient, { way, ...limits }: BulkStarterSettings): BulkStarter {
  const form = forms[way];
  const ofForm = {
    fetchToken: () => client.fetchToken(tokenWithinMs),
    callOf: (order: BulkStartOrder): ReadCall => ({
      method: 'POST',
      version: 'beta',
      path: form.path,
      body: form.bodyOf(order),
    }),
    classify: (outcome: GraphOutcome, order: BulkStartOrder) => toAnswer(form, outcome, order),
  };
  return { way, mostAtOnce, canStart: form.canStart, prepare: () => prepareStart(client, limits, ofForm) };
}

const forms: Readonly<Record<BulkStarter['way'], Form>> = {
  bulkActions: {
    canStart: () => true,
    path: bulkActionsPath,
    bodyOf: ({ cloudPcs, displayName, duringMaintenance }) => ({
      // The page's own sample names the abstract type.
      '@odata.type': '#microsoft.graph.cloudPcBulkReprovision',
      displayName,
      cloudPcIds: cloudPcs.map(({ cloudPcId }) => cloudPcId),
      scheduledDuringMaintenanceWindow: duringMaintenance,
    }),
    readTaken: ({ cloudPcs }, body) => ({
      words: new Map(cloudPcs.map(({ cloudPcId }) => [cloudPcId, 'accepted'])),
      bulkActionId: readBulkActionId(body),
    }),
  },
  managedDevices: {
    canStart: ({ deviceId }) => deviceId !== null,
    path: '/deviceManagement/managedDevices/bulkReprovisionCloudPc',
    bodyOf: ({ cloudPcs, duringMaintenance }) => {
      if (duringMaintenance) throw new TypeError('maintenance windows need another way');
      return { managedDeviceIds: cloudPcs.flatMap(({ deviceId }) => deviceId ?? []) };
    },
    readTaken: readLists,
  },
};

function toAnswer(form: Form, outcome: GraphOutcome, order: BulkStartOrder): BulkStartAnswer {
  const answer = classifyBulkStart(outcome);
  if (answer.kind !== 'accepted') return answer;
  const taken = form.readTaken(order, outcome.kind === 'reply' ? outcome.body : undefined);
  if (taken) return { ...answer, ...taken };
  return { kind: 'unknown', detail: { code: 'noLists', message: null }, graphRequestId: answer.graphRequestId };
}

/** Who is in no list, or in two, is where nobody knows. Older pages promise no lists at all. */
function readLists({ cloudPcs }: BulkStartOrder, body: unknown): Taken | null {
  const lists = bulkResultSchema.safeParse(body).data;
  if (!lists) return null;
  const said = new Map<string, BulkWord>();
  const note = (word: BulkWord, deviceIds: readonly string[]) => {
    for (const deviceId of new Set(deviceIds.map((id) => id.toLowerCase())))
      said.set(deviceId, said.has(deviceId) ? 'unknown' : word);
  };
  note('accepted', lists.successfulDeviceIds ?? []);
  note('failed', lists.failedDeviceIds ?? []);
  note('notFound', lists.notFoundDeviceIds ?? []);
  note('notSupported', lists.notSupportedDeviceIds ?? []);
  const wordOf = (deviceId: string | null): BulkWord =>
    // Without a device nothing was named to Intune.
    deviceId === null ? 'notFound' : (said.get(deviceId.toLowerCase()) ?? 'unknown');
  const words = new Map(cloudPcs.map(({ cloudPcId, deviceId }) => [cloudPcId, wordOf(deviceId)]));
  return { words, bulkActionId: null };
}
