// Adding and removing members of a group, against the simulator: what each answer comes to, that one request is sent, and
// that nobody's account is in danger.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { GroupMembership, MembershipAnswer } from '../../src/domain/ports.ts';
import type { DeleteCall, ReadCall } from '../../src/graph/graph-call.ts';
import { graphGroupMembership } from '../../src/graph/group-members.ts';
import { demoGroups, demoPeople, type Fault, type Group } from '../../src/simulator/index.ts';
import { buildGraph, listen, type SimulatedGraph, sendJson, serve, startGraph } from '../fakes/graph.ts';

const group = demoGroups.licence2Cpu;
const { ada, ben, cleo } = demoPeople;
const nobody = 'aaaaaaaa-9999-4000-8000-000000000999';

describe('graph: members of groups', () => {
  let graph: SimulatedGraph;
  let membership: GroupMembership;
  beforeEach(async () => {
    graph = await startGraph();
    membership = graphGroupMembership(graph.client, { timeoutMs: 300 });
  });
  afterEach(() => graph.simulator.close());

  const membersOf = (groupId: string) => graph.simulator.tenant.findGroup(groupId)?.memberIds;
  const what = (answer: MembershipAnswer) => [
    answer.kind,
    'why' in answer ? answer.why : 'wasSo' in answer ? answer.wasSo : null,
    'detail' in answer ? answer.detail?.code : null,
  ];

  it('When somebody is added, then by a reference on the same host, and they are a member', async () => {
    const answer = await membership.add(group, ada);

    assert.deepEqual(what(answer), ['done', false, null]);
    assert.ok('graphRequestId' in answer && answer.graphRequestId);
    assert.deepEqual(membersOf(group), [ben, ada]);
    assert.deepEqual(
      graph.simulator.requests.map(({ method, version, path, body }) => ({ method, version, path, body })),
      [
        {
          method: 'POST',
          version: 'v1.0',
          path: `/groups/${group}/members/$ref`,
          body: { '@odata.id': `${graph.simulator.url}/v1.0/directoryObjects/${ada}` },
        },
      ],
    );
  });

  it('When somebody is removed, then the reference goes and the account stays', async () => {
    const answer = await membership.remove(group, ben);

    assert.deepEqual(what(answer), ['done', false, null]);
    assert.deepEqual(membersOf(group), []);
    assert.ok(graph.simulator.tenant.findPerson(ben));
    assert.deepEqual(
      graph.simulator.requests.map(({ method, path, body }) => [method, path, body]),
      [['DELETE', `/groups/${group}/members/${ben}/$ref`, undefined]],
    );
  });

  it('When it is so already, then that is no failure, and nothing changes', async () => {
    assert.deepEqual(what(await membership.add(group, ben)), ['done', true, null]);
    assert.deepEqual(what(await membership.remove(group, cleo)), ['done', true, null]);
    // Graph tells a missing group in the same words.
    assert.deepEqual(what(await membership.remove(nobody, ben)), ['done', true, null]);

    assert.deepEqual(membersOf(group), [ben]);
  });

  it('When group or person does not exist, then adding is refused as gone', async () => {
    assert.deepEqual(what(await membership.add(nobody, ada)), ['rejected', 'gone', 'Request_ResourceNotFound']);
    assert.deepEqual(what(await membership.add(group, nobody)), ['rejected', 'gone', 'Request_ResourceNotFound']);
  });

  const fixed: [string, Partial<Group>, 'refused' | 'notAllowed', string][] = [
    ['follows a rule', { groupTypes: ['DynamicMembership'] }, 'refused', 'Request_BadRequest'],
    ['is kept on premises', { onPremisesSyncEnabled: true }, 'refused', 'Request_BadRequest'],
    ['is mail-enabled', { mailEnabled: true }, 'refused', 'Request_BadRequest'],
    ['can give roles', { isAssignableToRole: true }, 'notAllowed', 'Authorization_RequestDenied'],
  ];
  for (const [name, changes, why, code] of fixed) {
    it(`When the group ${name}, then neither works and neither counts as done`, async () => {
      graph.simulator.tenant.changeGroup(group, changes);

      assert.deepEqual(what(await membership.add(group, ada)), ['rejected', why, code]);
      assert.deepEqual(what(await membership.remove(group, ben)), ['rejected', why, code]);
      assert.deepEqual(membersOf(group), [ben]);
    });
  }

  const denied = { status: 403, code: 'Authorization_RequestDenied' };
  const faults: [string, Fault, unknown[]][] = [
    ['401', { status: 401 }, ['notApplied', null, 'InvalidAuthenticationToken']],
    ['429', { status: 429, retryAfter: 0 }, ['notApplied', null, 'TooManyRequests']],
    ['403', denied, ['rejected', 'notAllowed', 'Authorization_RequestDenied']],
    [
      '409',
      { status: 409, code: 'Directory_ConcurrencyViolation' },
      ['rejected', 'refused', 'Directory_ConcurrencyViolation'],
    ],
    ['503', { status: 503, retryAfter: 0 }, ['unknown', null, 'ServiceUnavailable']],
    ['504 though it was done', { applyThenStatus: 504 }, ['unknown', null, 'GatewayTimeout']],
    ['a reset', 'reset', ['unknown', null, 'ECONNRESET']],
    ['a reset though it was done', 'resetAfter', ['unknown', null, 'ECONNRESET']],
    ['silence', 'hang', ['unknown', null, 'timeout']],
    ["a proxy's 404", { status: 404, body: '<h1>Not here</h1>' }, ['rejected', 'gone', 'http404']],
  ];
  for (const [name, fault, expected] of faults) {
    it(`When the answer is ${name}, then it is ${expected[0]} after one request`, async () => {
      graph.simulator.faults.add({ match: { path: /members/ }, fault });

      const added = await membership.add(group, ada);
      const removed = await membership.remove(group, ben);

      assert.deepEqual([what(added), what(removed)], [expected, expected]);
      assert.equal(graph.simulator.requests.length, 2);
    });
  }

  it('When it is not known what became of it, then sending it again finds out and changes nothing more', async () => {
    graph.simulator.faults.add({ match: { path: /members/ }, times: 2, fault: { applyThenStatus: 504 } });
    await membership.add(group, ada);
    await membership.remove(group, ben);

    assert.deepEqual(what(await membership.add(group, ada)), ['done', true, null]);
    assert.deepEqual(what(await membership.remove(group, ben)), ['done', true, null]);

    assert.deepEqual(membersOf(group), [ada]);
  });

  it('When Graph told us to wait, then nothing is sent before that', async () => {
    graph.simulator.faults.add({ match: {}, times: 1, fault: { status: 429, retryAfter: 60 } });
    const first = await membership.add(group, ada);

    const second = await membership.remove(group, ben);

    assert.equal(first.kind === 'notApplied' && first.retryAfterMs, 60_000);
    assert.ok(second.kind === 'notApplied' && second.retryAfterMs !== null && second.retryAfterMs > 50_000);
    assert.equal(graph.simulator.requests.length, 1);
  });

  it('When it may not be sent any more, or that cannot be told, then nothing is sent and nothing was changed', async () => {
    const questions = [
      () => false,
      () => {
        throw new Error('broken clock');
      },
    ];
    for (const mayStillSend of questions) {
      assert.deepEqual(what(await membership.add(group, ada, { mayStillSend })), ['notApplied', null, 'tooLate']);
      assert.deepEqual(what(await membership.remove(group, ben, { mayStillSend })), ['notApplied', null, 'tooLate']);
    }

    assert.equal(graph.simulator.requests.length, 0);
    assert.deepEqual(membersOf(group), [ben]);
    assert.deepEqual(what(await membership.add(group, ada, { mayStillSend: () => true })), ['done', false, null]);
    assert.deepEqual(what(await membership.remove(group, ben, { mayStillSend: () => true })), ['done', false, null]);
    assert.deepEqual(membersOf(group), [ada]);
  });

  it('When it is asked whether to send, then once, with the connection open and nothing on it yet', async () => {
    const server = await listen((socket) => socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n')));
    const away = graphGroupMembership(buildGraph(`http://127.0.0.1:${server.port}`).client);
    const received: string[] = [];
    const mayStillSend = () => received.push(server.received) > 0;

    await away.add(group, ada, { mayStillSend });
    const between = server.received;
    await away.remove(group, ben, { mayStillSend });
    server.close();

    assert.deepEqual(received, ['', between]);
    assert.equal(server.opened, 2);
    assert.equal(server.received.match(/(?:POST|DELETE) /g)?.length, 2);
  });

  it('When no token can be had, then nothing is asked and nothing is sent', async () => {
    const credential = { getToken: async () => Promise.reject(new Error('no way in')) };
    const without = graphGroupMembership(buildGraph(graph.simulator.url, { credential }).client);
    let isAsked = false;
    const mayStillSend = () => {
      isAsked = true;
      return true;
    };

    assert.deepEqual(what(await without.add(group, ada, { mayStillSend })), ['notApplied', null, 'noToken']);
    assert.equal(isAsked, false);
    assert.equal(graph.simulator.requests.length, 0);
  });

  it('When there is nobody at the other end, then certainly nothing was done', async () => {
    const gone = await serve(() => {});
    await gone.close();
    const away = graphGroupMembership(buildGraph(gone.url).client);

    assert.deepEqual(what(await away.add(group, ada)), ['notApplied', null, 'ECONNREFUSED']);
    assert.deepEqual(what(await away.remove(group, ada)), ['notApplied', null, 'ECONNREFUSED']);
  });

  it('When the words of "already a member" are others, then it counts as refused', async () => {
    const other = await serve((_, response) =>
      sendJson(response, 400, { error: { code: 'Request_BadRequest', message: 'There already.' } }),
    );
    const answer = await graphGroupMembership(buildGraph(other.url).client).add(group, ben);
    await other.close();

    assert.deepEqual(what(answer), ['rejected', 'refused', 'Request_BadRequest']);
  });

  it('When a DELETE leads to anything but a reference, then it does not compile', () => {
    const calls: DeleteCall[] = [
      { method: 'DELETE', version: 'v1.0', path: `/groups/${group}/members/${ben}/$ref` },
      // @ts-expect-error the member itself
      { method: 'DELETE', version: 'v1.0', path: `/groups/${group}/members/${ben}` },
      // @ts-expect-error an account
      { method: 'DELETE', version: 'v1.0', path: `/users/${ben}` },
      // @ts-expect-error a path that only came as text
      { method: 'DELETE', version: 'v1.0', path: String(group) },
    ];
    // @ts-expect-error only what may be repeated goes through `read`, which repeats
    const repeated: ReadCall[] = calls;

    assert.equal(repeated.length, 4);
  });

  it('When an id is no object id, then nothing is sent', async () => {
    const odd = [
      '',
      '.',
      '..',
      'ben@contoso.com',
      '$ref',
      `${ben}/../${ada}`,
      `${ben}?`,
      `${ben}%2f`,
      ` ${ben}`,
      `${ben}\n`,
    ];

    for (const id of odd) {
      for (const answer of [
        await membership.add(group, id),
        await membership.add(id, ada),
        await membership.remove(group, id),
        await membership.remove(id, ben),
      ]) {
        assert.deepEqual(what(answer), ['rejected', 'refused', 'badId'], JSON.stringify(id));
      }
    }

    assert.equal(graph.simulator.requests.length, 0);
  });

  it('When members of a hundred groups are removed, then every path ends in /$ref and every account is left', async () => {
    const people = graph.simulator.tenant.people.length;
    for (let at = 0; at < 100; at += 1) {
      const id = randomUUID();
      graph.simulator.tenant.addGroup({ id, displayName: `Group ${at}`, description: null, memberIds: [ada, ben] });
      await membership.remove(id.toUpperCase(), ada.toUpperCase());
      assert.deepEqual(membersOf(id), [ben]);
    }

    assert.ok(graph.simulator.requests.every(({ path }) => path.endsWith('/$ref')));
    assert.equal(graph.simulator.tenant.people.length, people);
  });
});
