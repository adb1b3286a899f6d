// The simulator's bulk actions against what is documented of Graph, and how it counts what tests must be able to demand:
// one start for each Cloud PC.
import assert from 'node:assert/strict';
import { demoCloudPcs, demoPolicies, type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { quickest } from '../fakes/quickest.ts';
import { assertFits } from './assert-fits.ts';
import { sentByTest } from './recorder.ts';

// biome-ignore lint/suspicious/noExplicitAny: an answer is read as the test expects it, and fails where it is not so
type Json = Record<string, any>;

const bulkActions = '/beta/deviceManagement/virtualEndpoint/bulkActions';
const ofDevices = '/beta/deviceManagement/managedDevices/bulkReprovisionCloudPc';
const { ada, benOffice, benDesign } = demoCloudPcs;
const nobody = 'bbbbbbbb-9999-4000-8000-000000000999';
const buildMs = 10_000;

describe('simulator: bulk actions', () => {
  let simulator: Simulator;
  let nowMs: number;
  beforeEach(async () => {
    nowMs = Date.parse('2026-11-23T13:00:00Z');
    simulator = await startSimulator({ now: () => nowMs, buildMs });
  });
  afterEach(() => simulator.close());

  async function ask(method: string, path: string, body?: unknown) {
    const response = await fetch(simulator.url + path, {
      method,
      headers: { ...sentByTest, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : undefined) as Json };
  }

  const orderOf = (cloudPcIds: readonly string[], more: Json = {}): Json => ({
    '@odata.type': '#microsoft.graph.cloudPcBulkReprovision',
    displayName: 'R-1042, wave 1',
    cloudPcIds,
    ...more,
  });
  const create = async (cloudPcIds: readonly string[], more?: Json): Promise<Json> => {
    const { status, body } = await ask('POST', bulkActions, orderOf(cloudPcIds, more));
    assert.equal(status, 201);
    return body;
  };
  const countsOf = async (id: string): Promise<[string, number[]]> => {
    const { body } = await ask('GET', `${bulkActions}/${id}`);
    assertFits('beta', 'cloudPcBulkAction', body);
    const { pendingCount, inProgressCount, successfulCount, failedCount, notSupportedCount } = body.actionSummary;
    return [body.status, [pendingCount, inProgressCount, successfulCount, failedCount, notSupportedCount]];
  };
  const posts = (id?: string) => simulator.tenant.reprovisionPosts(id);

  it('When it is made, then 201 with the whole entity, and it is found by its id and in the list', async () => {
    const made = await create([ada, benOffice]);
    const list = await ask('GET', bulkActions);

    assertFits('beta', 'cloudPcBulkAction', made);
    const { '@odata.context': context, id, ...rest } = made;
    assert.match(context, /\/beta\/\$metadata#deviceManagement\/virtualEndpoint\/bulkActions\/\$entity$/);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(rest, {
      ...orderOf([ada, benOffice]),
      scheduledDuringMaintenanceWindow: false,
      createdDateTime: '2026-11-23T13:00:00.000Z',
      initiatedByUserPrincipalName: null,
      status: 'pending',
      actionSummary: {
        successfulCount: 0,
        failedCount: 0,
        inProgressCount: 2,
        pendingCount: 0,
        notSupportedCount: 0,
      },
    });
    assertFits('beta', 'cloudPcBulkActionCollectionResponse', list.body);
    assert.deepEqual(
      list.body.value.map((one: Json) => one.id),
      [id],
    );
  });

  it('When its builds end, then its counts follow, and a failure makes the whole failed', async () => {
    simulator.tenant.nextBuild(benOffice, { outcome: 'failed', buildMs: 2 * buildMs });
    const { id } = await create([ada, benOffice]);

    const seen = [];
    for (let step = 0; step < 3; step += 1) {
      seen.push(await countsOf(id));
      nowMs += buildMs;
    }

    assert.deepEqual(seen, [
      ['pending', [0, 2, 0, 0, 0]],
      ['pending', [0, 1, 1, 0, 0]],
      ['failed', [0, 0, 1, 1, 0]],
    ]);
    assert.equal(simulator.tenant.findCloudPc(ada)?.provisionedDateTime, '2026-11-23T13:00:10.000Z');
  });

  for (const outcome of ['provisionedWithWarnings', 'newId', 'vanish'] as const) {
    it(`When a build ends with ${outcome}, then it counts as successful, also when the Cloud PC is built again`, async () => {
      simulator.tenant.nextBuild(ada, { outcome });
      const { id } = await create([ada]);
      nowMs += buildMs;
      if (outcome === 'provisionedWithWarnings') simulator.tenant.reprovisionInIntune(ada);

      assert.deepEqual(await countsOf(id), ['succeeded', [0, 0, 1, 0, 0]]);
    });
  }

  it('When a status is changed while it builds, then that counts', async () => {
    const { id } = await create([ada, benOffice, benDesign]);
    simulator.tenant.changeCloudPc(ada, { status: 'failed' });
    simulator.tenant.changeCloudPc(benOffice, { status: 'provisioned' });

    assert.deepEqual(await countsOf(id), ['pending', [0, 1, 1, 1, 0]]);
  });

  it('When some cannot be started, are unknown or stand there twice, then the others are started, each once', async () => {
    simulator.tenant.changeCloudPc(benOffice, { status: 'inGracePeriod' });
    simulator.tenant.reprovisionInIntune(benDesign, { outcome: 'never' });

    const { id } = await create([ada, ada.toUpperCase(), benOffice, benDesign, nobody]);

    assert.deepEqual(await countsOf(id), ['pending', [0, 1, 0, 2, 1]]);
    assert.deepEqual(posts(ada), { received: 2, applied: 1 });
    assert.deepEqual(posts(benOffice), { received: 1, applied: 0 });
    assert.deepEqual(posts(), { received: 5, applied: 1 });
    assert.equal(simulator.tenant.findCloudPc(ada)?.status, 'provisioned');
    nowMs += buildMs / 2;
    assert.equal(simulator.tenant.findCloudPc(ada)?.status, 'provisioning');
  });

  it('When it waits for the maintenance window, then nothing is seen of the builds before, and nobody else can start them', async () => {
    simulator.tenant.maintenanceWaitMs = 60_000;
    const before = simulator.tenant.findCloudPc(ada);
    const { id, scheduledDuringMaintenanceWindow } = await create([ada], { scheduledDuringMaintenanceWindow: true });

    nowMs += 59_999;
    const waiting = [await countsOf(id), simulator.tenant.findCloudPc(ada)];
    const second = await ask('POST', `/v1.0/deviceManagement/virtualEndpoint/cloudPCs/${ada}/reprovision`);
    nowMs += 1;
    const begun = await countsOf(id);
    nowMs += buildMs;

    assert.equal(scheduledDuringMaintenanceWindow, true);
    assert.deepEqual(waiting, [['pending', [1, 0, 0, 0, 0]], before]);
    assert.equal(second.status, 409);
    assert.deepEqual(begun, ['pending', [0, 1, 0, 0, 0]]);
    assert.deepEqual(await countsOf(id), ['succeeded', [0, 0, 1, 0, 0]]);
    assert.equal(simulator.tenant.findCloudPc(ada)?.provisionedDateTime, '2026-11-23T13:01:10.000Z');
    assert.deepEqual(posts(ada), { received: 2, applied: 1 });
  });

  const badOrders: [string, Json][] = [
    ['the abstract type', orderOf([ada], { '@odata.type': '#microsoft.graph.cloudPcBulkAction' })],
    ['no type', orderOf([ada], { '@odata.type': undefined })],
    ['no name', orderOf([ada], { displayName: undefined })],
    ['no ids', orderOf([])],
    ['ids that are none', orderOf([ada], { cloudPcIds: [7] })],
    ['a text for a Boolean', orderOf([ada], { scheduledDuringMaintenanceWindow: 'true' })],
    ['an option that it does not take', orderOf([ada], { osVersion: 'windows11' })],
  ];
  for (const [name, order] of badOrders) {
    it(`When it is made with ${name}, then 400, and nothing starts`, async () => {
      const { status, body } = await ask('POST', bulkActions, order);

      assert.equal(status, 400);
      assertFits('beta', 'ODataErrors.ODataError', body);
      assert.equal(posts().applied, 0);
    });
  }

  it('When it is unknown, or v1.0 is asked, then 404; what no page documents is refused', async () => {
    const statusOf = async (method: string, path: string, body?: unknown) => (await ask(method, path, body)).status;

    assert.equal(await statusOf('GET', `${bulkActions}/${nobody}`), 404);
    assert.equal(await statusOf('GET', bulkActions.replace('beta', 'v1.0')), 404);
    assert.equal(await statusOf('POST', bulkActions.replace('beta', 'v1.0'), orderOf([ada])), 404);
    assert.equal(await statusOf('POST', ofDevices.replace('beta', 'v1.0'), { managedDeviceIds: ['d'] }), 404);
    assert.equal(await statusOf('GET', `${bulkActions}?$skip=1`), 400);
  });

  it('When the permission is taken away, then 403, and nothing starts', async () => {
    simulator.tenant.permissions.take('CloudPC.ReadWrite.All');
    simulator.tenant.permissions.grant('CloudPC.Read.All');

    assert.equal((await ask('POST', bulkActions, orderOf([ada]))).status, 403);
    assert.equal((await ask('POST', ofDevices, { managedDeviceIds: ['d'] })).status, 403);
    assert.equal((await ask('GET', bulkActions)).status, 200);
    assert.equal(posts().applied, 0);
  });

  describe('of managed devices', () => {
    const deviceOf = (id: string) => simulator.tenant.findCloudPc(id)?.managedDeviceId ?? '';

    it('When devices are named, then each is in one list, and the Cloud PCs of the first are started', async () => {
      simulator.tenant.changeCloudPc(benOffice, { status: 'inGracePeriod' });
      simulator.tenant.reprovisionInIntune(benDesign, { outcome: 'never', lagMs: buildMs });
      const [first, second, third] = [deviceOf(ada), deviceOf(benOffice), deviceOf(benDesign)];

      const { status, body } = await ask('POST', ofDevices, {
        managedDeviceIds: [first.toUpperCase(), second, third, nobody],
      });

      assert.equal(status, 200);
      assertFits('beta', 'removed.bulkReprovisionCloudPcResponse', body);
      assert.deepEqual(body.value, {
        '@odata.type': 'microsoft.graph.cloudPcBulkRemoteActionResult',
        successfulDeviceIds: [first.toUpperCase()],
        failedDeviceIds: [third],
        notFoundDeviceIds: [nobody],
        notSupportedDeviceIds: [second],
      });
      assert.deepEqual(posts(ada), { received: 1, applied: 1 });
      assert.deepEqual(posts(), { received: 4, applied: 1 });
    });

    it('When the list is missing or wrong, then 400', async () => {
      for (const body of [{}, { managedDeviceIds: [] }, { managedDeviceIds: 'd' }, []])
        assert.equal((await ask('POST', ofDevices, body)).status, 400);
    });

    it('When the tenant has lost it, then it answers as Graph does for what is no more in its model', async () => {
      simulator.tenant.hasManagedDeviceBulk = false;

      const { status, body } = await ask('POST', ofDevices, { managedDeviceIds: [deviceOf(ada)] });

      assert.equal(status, 400);
      assertFits('beta', 'ODataErrors.ODataError', body);
      assert.deepEqual(
        [body.error.code, body.error.message],
        ['BadRequest', "Resource not found for the segment 'bulkReprovisionCloudPc'."],
      );
      assert.deepEqual(posts(ada), { received: 1, applied: 0 });
    });
  });

  it('When the answer is lost, then each was started all the same, and the counts say so', async () => {
    simulator.faults.add({ match: { method: 'POST', path: /bulkActions$/ }, fault: 'resetAfter' });

    await assert.rejects(ask('POST', bulkActions, orderOf([ada, benOffice])));

    for (const id of [ada, benOffice]) assert.deepEqual(posts(id), { received: 1, applied: 1 });
  });

  it('When the tenant has five thousand Cloud PCs, then a bulk of a hundred, a page and a look at one stay quick', async () => {
    const idOf = (number: number) => `bbbbbbbb-5000-4000-8000-${String(number).padStart(12, '0')}`;
    for (let number = 0; number < 5000; number += 1)
      simulator.tenant.addCloudPc({
        id: idOf(number),
        name: `CPC-p${number}`,
        userPrincipalName: `p${number}@contoso.com`,
        ownerName: `P ${number}`,
        servicePlan: { id: 'plan', name: 'Plan' },
        provisioningPolicyId: demoPolicies.officeWestEurope,
        provisionedDateTime: '2026-03-12T09:22:00Z',
      });
    for (let number = 0; number < 5000; number += 2) simulator.tenant.reprovision(idOf(number), {});
    const hundred = (from: number) => Array.from({ length: 100 }, (_, index) => idOf(from + 2 * index + 1));
    const filter = encodeURIComponent("status eq 'failed'");
    let from = 0;

    const ms = await quickest(1000, async () => {
      await create(hundred(from));
      from += 200;
      await ask('GET', `/beta/deviceManagement/virtualEndpoint/cloudPCs?$filter=${filter}`);
      for (let number = 0; number < 50; number += 1) simulator.tenant.findCloudPc(idOf(number));
    });

    assert.ok(ms < 1000, `took ${ms} ms`);
  });
});
