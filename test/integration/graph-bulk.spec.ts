// Many Cloud PCs in one destructive call, over real HTTP: one request, a word for each Cloud PC, and what is certain after
// every fault. The fault table is that of the single start.
import assert from 'node:assert/strict';
import { TemporaryError } from '../../src/domain/errors.ts';
import type { BulkStartAnswer, BulkStarter, BulkStartOrder, BulkWord } from '../../src/domain/ports.ts';
import { graphBulkStarter } from '../../src/graph/bulk-starter.ts';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { buildGraph, listen, type SimulatedGraph, sendJson, serve, startGraph } from '../fakes/graph.ts';
import { faultRows } from '../fakes/graph-faults.ts';

type Way = BulkStarter['way'];
const ways: readonly Way[] = ['bulkActions', 'managedDevices'];
const pathOf: Readonly<Record<Way, string>> = {
  bulkActions: '/deviceManagement/virtualEndpoint/bulkActions',
  managedDevices: '/deviceManagement/managedDevices/bulkReprovisionCloudPc',
};
const ids = [demoCloudPcs.ada, demoCloudPcs.benOffice];
const limits = { withinMs: 2000 };
const emptyLists = { successfulDeviceIds: [], failedDeviceIds: [], notFoundDeviceIds: [], notSupportedDeviceIds: [] };

function orderOf(cloudPcs: BulkStartOrder['cloudPcs'], more: Partial<BulkStartOrder> = {}): BulkStartOrder {
  return { cloudPcs, displayName: 'R-1042, wave 2', duringMaintenance: false, mayStillSend: () => true, ...more };
}

const twoDevices = orderOf([
  { cloudPcId: 'pc-1', deviceId: 'DEVICE-1' },
  { cloudPcId: 'pc-2', deviceId: 'device-2' },
]);

async function sendTo(url: string, way: Way, order = twoDevices): Promise<BulkStartAnswer> {
  const permit = await graphBulkStarter(buildGraph(url).client, { way, timeoutMs: 2000 }).prepare();
  return permit.send(order);
}

/** What a Graph that answers so makes of two devices. */
async function answeredWith(way: Way, status: number, body: unknown): Promise<BulkStartAnswer> {
  const server = await serve((_request, response) => {
    if (body !== undefined) return sendJson(response, status, body);
    response.writeHead(status, { 'request-id': 'graph-request-1' }).end();
  });
  try {
    const answer = await sendTo(server.url, way);
    assert.equal(server.seen.length, 1);
    return answer;
  } finally {
    await server.close();
  }
}

const wordsOf = (answer: BulkStartAnswer): Record<string, BulkWord> | undefined =>
  answer.kind === 'accepted' ? Object.fromEntries(answer.words) : undefined;

describe('graph: many in one call', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph();
  });
  afterEach(() => graph.simulator.close());

  const starterOf = (way: Way) => graphBulkStarter(graph.client, { way, timeoutMs: 400, connectMs: 400 });
  const deviceOf = (cloudPcId: string) => graph.simulator.tenant.findCloudPc(cloudPcId)?.managedDeviceId ?? null;
  const demoOrder = (more: Partial<BulkStartOrder> = {}) =>
    orderOf(
      ids.map((cloudPcId) => ({ cloudPcId, deviceId: deviceOf(cloudPcId) })),
      more,
    );
  const postsOf = (cloudPcId: string) => graph.simulator.tenant.reprovisionPosts(cloudPcId);

  async function start(way: Way, order = demoOrder()): Promise<BulkStartAnswer> {
    return (await starterOf(way).prepare()).send(order);
  }

  it('When a bulk action is taken, then every Cloud PC is accepted, and the action is found by its id', async () => {
    const answer = await start('bulkActions');

    assert.deepEqual(wordsOf(answer), { [ids[0] ?? '']: 'accepted', [ids[1] ?? '']: 'accepted' });
    assert.match(answer.graphRequestId ?? '', /^[0-9a-f-]{36}$/);
    const [request, ...others] = graph.simulator.requests;
    assert.equal(others.length, 0);
    assert.deepEqual([request?.method, request?.version, request?.path], ['POST', 'beta', pathOf.bulkActions]);
    assert.deepEqual(request?.body, {
      '@odata.type': '#microsoft.graph.cloudPcBulkReprovision',
      displayName: 'R-1042, wave 2',
      cloudPcIds: ids,
      scheduledDuringMaintenanceWindow: false,
    });
    for (const id of ids) assert.deepEqual(postsOf(id), { received: 1, applied: 1 });
    const bulkActionId = answer.kind === 'accepted' ? answer.bulkActionId : null;
    const { action } = await graph.tenant.read(
      { action: { ask: 'bulkAction', bulkActionId: bulkActionId ?? '' } },
      limits,
    );
    const counts = { successful: 0, failed: 0, notSupported: 0, open: 2 };
    assert.deepEqual(action, { id: bulkActionId, hasEnded: false, ...counts });
  });

  it('When devices are taken, then each Cloud PC has the word of the list that its device is in, whatever the case', async () => {
    const { tenant } = graph.simulator;
    tenant.changeCloudPc(demoCloudPcs.benOffice, { status: 'inGracePeriod' });
    tenant.reprovisionInIntune(demoCloudPcs.benDesign, { outcome: 'provisioned', buildMs: 60_000, lagMs: 60_000 });
    const order = orderOf([
      { cloudPcId: demoCloudPcs.ada, deviceId: deviceOf(demoCloudPcs.ada)?.toUpperCase() ?? null },
      { cloudPcId: demoCloudPcs.benOffice, deviceId: deviceOf(demoCloudPcs.benOffice) },
      { cloudPcId: demoCloudPcs.benDesign, deviceId: deviceOf(demoCloudPcs.benDesign) },
      { cloudPcId: 'pc-gone', deviceId: 'ffffffff-0001-4000-8000-000000000001' },
    ]);

    const answer = await start('managedDevices', order);

    assert.deepEqual(wordsOf(answer), {
      [demoCloudPcs.ada]: 'accepted',
      [demoCloudPcs.benOffice]: 'notSupported',
      [demoCloudPcs.benDesign]: 'failed',
      'pc-gone': 'notFound',
    });
    assert.equal(answer.kind === 'accepted' && answer.bulkActionId, null);
    const [request, ...others] = graph.simulator.requests;
    assert.equal(others.length, 0);
    assert.deepEqual([request?.method, request?.version, request?.path], ['POST', 'beta', pathOf.managedDevices]);
    assert.deepEqual(request?.body, { managedDeviceIds: order.cloudPcs.map(({ deviceId }) => deviceId) });
    assert.deepEqual(postsOf(demoCloudPcs.ada), { received: 1, applied: 1 });
    assert.deepEqual(tenant.reprovisionPosts(), { received: 4, applied: 1 });
  });

  it('When it is to wait for maintenance windows, then a bulk action says so, and devices are not sent at all', async () => {
    graph.simulator.tenant.maintenanceWaitMs = 60_000;

    const devices = await start('managedDevices', demoOrder({ duringMaintenance: true }));
    assert.equal(graph.simulator.requests.length, 0);
    const action = await start('bulkActions', demoOrder({ duringMaintenance: true }));

    assert.equal(devices.kind, 'rejected');
    assert.equal(action.kind, 'accepted');
    const body = graph.simulator.requests[0]?.body as Record<string, unknown>;
    assert.equal(body.scheduledDuringMaintenanceWindow, true);
  });

  it('When a Cloud PC has no device, then a bulk action can start it, and devices cannot name it', async () => {
    const without = { deviceId: null };

    assert.deepEqual(
      ways.map((way) => [starterOf(way).canStart(without), starterOf(way).canStart({ deviceId: 'd' })]),
      [
        [true, true],
        [false, true],
      ],
    );
    const devices = ids.map(deviceOf);
    const answer = await start(
      'managedDevices',
      orderOf([...demoOrder().cloudPcs, { cloudPcId: 'pc-failed', deviceId: null }]),
    );

    assert.equal(wordsOf(answer)?.['pc-failed'], 'notFound');
    assert.deepEqual(graph.simulator.requests[0]?.body, { managedDeviceIds: devices });
  });

  it('When the tenant has lost the action of devices, then that way is gone, and nothing was applied', async () => {
    graph.simulator.tenant.hasManagedDeviceBulk = false;

    const answer = await start('managedDevices');

    assert.equal(answer.kind, 'wayGone');
    assert.equal('detail' in answer && answer.detail?.code, 'BadRequest');
    assert.deepEqual(graph.simulator.tenant.reprovisionPosts(), { received: 2, applied: 0 });
    assert.equal(graph.simulator.requests.length, 1);
  });

  for (const way of ways) {
    describe(way, () => {
      for (const { name, fault, start: single } of faultRows) {
        const expected = name.startsWith('404') ? { kind: 'wayGone' as const } : single.answer;
        const times = single.applied === 1 ? 'each is started once' : 'none is started';
        it(`When the call meets ${name}, then it is ${expected.kind} after exactly 1 request, and ${times}`, async () => {
          const order = demoOrder();
          graph.simulator.faults.add({ match: { method: 'POST', path: new RegExp(`${way}$|Pc$`) }, fault: fault() });

          const answer = await start(way, order);

          assert.deepEqual({ ...answer, ...expected }, answer);
          if (single.code) assert.equal('detail' in answer && answer.detail?.code, single.code);
          assert.equal(graph.simulator.requests.length, 1);
          assert.equal(graph.sent.length, 1);
          for (const id of ids) assert.deepEqual(postsOf(id), { received: 1, applied: single.applied });
        });
      }

      it('When it may not be sent any more, then nothing is sent and nothing was applied', async () => {
        const questions = [
          () => false,
          () => {
            throw new Error('broken clock');
          },
        ];
        for (const mayStillSend of questions) {
          const answer = await start(way, demoOrder({ mayStillSend }));

          assert.equal(answer.kind, 'notApplied');
          assert.equal('detail' in answer && answer.detail?.code, 'tooLate');
        }
        assert.equal(graph.simulator.requests.length, 0);
        assert.equal(graph.sent.length, 0);
      });

      it('When the question is asked, then nothing of the request is on its way yet, and it is asked once', async () => {
        const seen: number[] = [];
        const mayStillSend = () => {
          seen.push(graph.simulator.requests.length);
          return true;
        };

        await start(way, demoOrder({ mayStillSend }));

        assert.deepEqual(seen, [0]);
      });

      it('When a permit is used twice, or given up, then there is no further request', async () => {
        const permit = await starterOf(way).prepare();
        const unused = await starterOf(way).prepare();

        const first = await permit.send(demoOrder());
        const second = await permit.send(demoOrder());
        permit.discard();
        unused.discard();
        unused.discard();
        const afterwards = await unused.send(demoOrder());

        assert.deepEqual([first.kind, second.kind, afterwards.kind], ['accepted', 'unknown', 'notApplied']);
        for (const id of ids) assert.deepEqual(postsOf(id), { received: 1, applied: 1 });
      });

      it('When Graph tells it to wait, then nothing is prepared meanwhile, and reads wait too', async () => {
        graph.simulator.faults.add({ match: { method: 'POST' }, fault: { status: 429, retryAfter: 30 } });
        await start(way);

        await assert.rejects(starterOf(way).prepare(), { code: 'graph.busy' });
        await assert.rejects(graph.starter.prepare(), { code: 'graph.busy' });
        await assert.rejects(graph.tenant.read({ all: { ask: 'fleet', part: 'all' } }, { withinMs: 200 }), {
          code: 'graph.busy',
        });
      });

      it('When nobody listens, or no token can be had, then nothing is prepared, and that is certain', async () => {
        const server = await listen(() => {});
        server.close();
        const credential = { getToken: async () => Promise.reject(new Error('no')) };
        const clients = [
          buildGraph(`http://127.0.0.1:${server.port}`).client,
          buildGraph(graph.simulator.url, { credential }).client,
        ];

        for (const client of clients)
          await assert.rejects(
            graphBulkStarter(client, { way }).prepare(),
            (error) => error instanceof TemporaryError && error.code === 'graph.unreachable',
          );
        assert.equal(graph.simulator.requests.length, 0);
      });

      it('When the connection is gone by then, then nothing is sent', async () => {
        const server = await listen((socket) => socket.end());
        const permit = await graphBulkStarter(buildGraph(`http://127.0.0.1:${server.port}`).client, { way }).prepare();
        await server.until(({ closed }) => closed === 1);

        const answer = await permit.send(twoDevices);
        server.close();

        assert.equal(answer.kind, 'notApplied');
        assert.equal(server.received, '');
      });

      const gone: [string, number, unknown][] = [
        ['404', 404, { error: { code: 'ResourceNotFound', message: 'Resource not found.' } }],
        ['404 without a body', 404, undefined],
        ['410', 410, { error: { code: 'Gone', message: 'Gone.' } }],
        ['405', 405, { error: { code: 'Request_BadRequest', message: 'Specified HTTP method is not allowed.' } }],
        [
          '400 for the segment',
          400,
          { error: { code: 'BadRequest', message: "Resource not found for the segment 'bulkActions'." } },
        ],
        ['400 with the code of it', 400, { error: { code: 'ResourceNotFound', message: '' } }],
        [
          '400 in the words of Intune',
          400,
          {
            error: {
              code: 'BadRequest',
              message:
                '{"Message": "No OData route exists that match template ~/singleton/navigation with http verb POST"}',
            },
          },
        ],
        [
          '400 for the type',
          400,
          {
            error: {
              code: 'BadRequest',
              message: "A type named 'microsoft.graph.cloudPcBulkReprovision' could not be resolved by the model.",
            },
          },
        ],
      ];
      for (const [name, status, body] of gone) {
        it(`When Graph does not know the operation and says ${name}, then that way is gone`, async () => {
          const answer = await answeredWith(way, status, body);

          assert.equal(answer.kind, 'wayGone');
          assert.equal(answer.graphRequestId, 'graph-request-1');
        });
      }

      it('When Graph refuses what is in the order, then it is rejected, and the way is still there', async () => {
        const message = 'The Cloud PC cannot be reprovisioned while its status is inGracePeriod.';
        const answer = await answeredWith(way, 400, { error: { code: 'BadRequest', message } });

        const detail = { code: 'BadRequest', message };
        assert.deepEqual(answer, { kind: 'rejected', isBusy: false, detail, graphRequestId: 'graph-request-1' });
      });
    });
  }

  const action = { '@odata.type': '#microsoft.graph.cloudPcBulkReprovision', id: 'b-1', status: 'pending' };
  const created: [string, number, unknown, string | null][] = [
    ['the entity', 201, action, 'b-1'],
    ['the entity in a further value, as in the samples', 201, { value: action }, 'b-1'],
    ['200 instead of 201', 200, action, 'b-1'],
    ['an entity without an id', 201, { ...action, id: null }, null],
    ['a list', 201, { value: [action] }, null],
    ['nothing at all', 204, undefined, null],
  ];
  for (const [name, status, body, bulkActionId] of created) {
    it(`When the answer to a bulk action is ${name}, then it is accepted with the id ${bulkActionId}`, async () => {
      const answer = await answeredWith('bulkActions', status, body);

      assert.equal(answer.kind, 'accepted');
      assert.deepEqual(wordsOf(answer), { 'pc-1': 'accepted', 'pc-2': 'accepted' });
      assert.equal(answer.kind === 'accepted' && answer.bulkActionId, bulkActionId);
    });
  }

  const lists: [string, Record<string, unknown>, [BulkWord, BulkWord]][] = [
    [
      'one in each of two',
      { successfulDeviceIds: ['device-1'], failedDeviceIds: ['DEVICE-2'] },
      ['accepted', 'failed'],
    ],
    [
      'the others',
      { notFoundDeviceIds: ['device-1'], notSupportedDeviceIds: ['device-2'] },
      ['notFound', 'notSupported'],
    ],
    ['one in none', { successfulDeviceIds: ['device-1'] }, ['accepted', 'unknown']],
    [
      'one in two',
      { successfulDeviceIds: ['device-1', 'device-2'], failedDeviceIds: ['Device-2'] },
      ['accepted', 'unknown'],
    ],
    [
      'one in three',
      { successfulDeviceIds: ['device-2'], failedDeviceIds: ['device-2'], notFoundDeviceIds: ['device-2'] },
      ['unknown', 'unknown'],
    ],
    ['one twice in the same', { successfulDeviceIds: ['device-1', 'DEVICE-1', 'device-2'] }, ['accepted', 'accepted']],
    ['strangers and nonsense', { successfulDeviceIds: ['device-9', 7, null, 'device-2'] }, ['unknown', 'accepted']],
    [
      'one list that is none',
      { successfulDeviceIds: 'device-1', failedDeviceIds: ['device-2'] },
      ['unknown', 'failed'],
    ],
  ];
  for (const [name, changes, [first, second]] of lists) {
    for (const isWrapped of [true, false]) {
      it(`When the lists of devices hold ${name}, ${isWrapped ? 'in value' : 'at the top'}, then ${first} and ${second}`, async () => {
        const result = { ...emptyLists, ...changes };

        const answer = await answeredWith('managedDevices', 200, isWrapped ? { value: result } : result);

        assert.deepEqual(wordsOf(answer), { 'pc-1': first, 'pc-2': second });
      });
    }
  }

  for (const [name, status, body] of [
    ['nothing, as older pages promise', 204, undefined],
    ['no list', 200, { value: { '@odata.type': 'microsoft.graph.cloudPcBulkRemoteActionResult' } }],
    ['something else', 200, { value: null }],
  ] as const) {
    it(`When the answer to devices is ${name}, then it is unknown what became of them`, async () => {
      const answer = await answeredWith('managedDevices', status, body);

      const detail = { code: 'noLists', message: null };
      assert.deepEqual(answer, { kind: 'unknown', detail, graphRequestId: 'graph-request-1' });
    });
  }

  describe('the counts of a bulk action', () => {
    const read = async (body: unknown, status = 200) => {
      const server = await serve((_request, response) => sendJson(response, status, body));
      try {
        const query = { ask: 'bulkAction', bulkActionId: 'b-1' } as const;
        return (await buildGraph(server.url).tenant.read({ it: query }, limits)).it;
      } finally {
        await server.close();
      }
    };
    const summary = { successfulCount: 3, failedCount: 2, inProgressCount: 0, pendingCount: 0, notSupportedCount: 1 };

    const cases: [string, Record<string, unknown>, boolean, number][] = [
      ['nobody is left', { status: 'pending', actionSummary: summary }, true, 0],
      ['some are in progress', { status: 'failed', actionSummary: { ...summary, inProgressCount: 4 } }, false, 4],
      ['some are pending', { status: 'pending', actionSummary: { ...summary, pendingCount: 5 } }, false, 5],
      ['a count is missing', { status: 'pending', actionSummary: { failedCount: 1, pendingCount: null } }, true, 0],
    ];
    for (const [name, changes, hasEnded, open] of cases) {
      it(`When ${name}, then it has ${hasEnded ? '' : 'not '}ended, in either shape`, async () => {
        const entity = { ...action, ...changes };

        const found = await read(entity);

        assert.deepEqual([found?.hasEnded, found?.open], [hasEnded, open]);
        assert.deepEqual(await read({ value: entity }), found);
      });
    }

    for (const [status, hasEnded] of [
      ['pending', false],
      ['succeeded', true],
      ['failed', true],
      ['unknownFutureValue', true],
      [null, false],
    ] as const) {
      it(`When there is no summary, or an empty one, then the status ${status} says whether it has ended`, async () => {
        const none = { id: 'b-1', hasEnded, successful: 0, failed: 0, notSupported: 0, open: 0 };

        assert.deepEqual(await read({ ...action, status, actionSummary: null }), none);
        assert.deepEqual(await read({ id: 'b-1', status }), none);
        assert.deepEqual(await read({ ...action, status, actionSummary: {} }), none);
      });
    }

    it('When there is no such bulk action, then null; when it cannot be read, then that is said', async () => {
      const { gone } = await graph.tenant.read({ gone: { ask: 'bulkAction', bulkActionId: 'b-404' } }, limits);

      assert.equal(gone, null);
      await assert.rejects(read({ value: [action] }), { code: 'graph.unreadable' });
    });
  });
});
