// What is known of a refusal: the permission that is missing, another reason, and Graph's request-id; over real HTTP.
import assert from 'node:assert/strict';
import { ConciergeError, type ErrorTrace } from '../../src/domain/errors.ts';
import { rolesIn } from '../../src/graph/token-roles.ts';
import { demoGroups, demoPeople, usualPermissions } from '../../src/simulator/index.ts';
import {
  buildGraph,
  credentialWith,
  type GraphParts,
  type SimulatedGraph,
  startGraph,
  tokenWith,
} from '../fakes/graph.ts';

const limits = { withinMs: 3_000 };
const without = (permission: string) => usualPermissions.filter((one) => one !== permission);

describe('graph: refusals', () => {
  let graph: SimulatedGraph;

  beforeEach(async () => {
    graph = await startGraph({ simulator: { token: undefined } });
  });
  afterEach(() => graph.simulator.close());

  function partsWith(roles: readonly string[]): GraphParts {
    return buildGraph(graph.simulator.url, { credential: credentialWith(tokenWith(roles)) });
  }

  async function traceOf(parts: GraphParts, personIds: readonly string[] = []): Promise<ErrorTrace> {
    const people = personIds.map((personId, index) => [`p${index}`, { ask: 'person', personId }] as const);
    try {
      await parts.tenant.read(
        { pcs: { ask: 'cloudPcsOf', upn: 'ada@contoso.com' }, ...Object.fromEntries(people) },
        limits,
      );
    } catch (error) {
      assert.ok(error instanceof ConciergeError && error.trace, String(error));
      assert.equal(error.code, 'graph.forbidden');
      return error.trace;
    }
    throw new Error('nothing was refused');
  }

  for (const [how, others] of [
    ['alone', []],
    ['in a batch', [demoPeople.ada, demoPeople.ben]],
  ] as const) {
    it(`When a permission is missing and the call is sent ${how}, then the error names it, with Graph's request-id`, async () => {
      graph.simulator.tenant.permissions.take('CloudPC.ReadWrite.All');
      const parts = partsWith(without('CloudPC.ReadWrite.All'));

      const trace = await traceOf(parts, others);

      assert.deepEqual(trace.refusal, { because: 'missing', permissions: ['CloudPC.ReadWrite.All'] });
      assert.match(trace.requestId ?? '', /^[0-9a-f-]{36}$/);
      const line = parts.lines.find(({ level }) => level === 'warn');
      assert.equal(line?.fields.graphRequestId, trace.requestId);
      assert.deepEqual(line?.fields.refusal, trace.refusal);
    });
  }

  it('When the token carries the permission, then another reason is looked for', async () => {
    graph.simulator.faults.add({ match: { path: /cloudPCs/ }, fault: { status: 403 } });

    const trace = await traceOf(partsWith(usualPermissions));

    assert.deepEqual(trace.refusal, { because: 'granted', permissions: ['CloudPC.ReadWrite.All'] });
  });

  it('When the token cannot be read, then the permission is named without saying that it is missing', async () => {
    graph.simulator.tenant.permissions.take('CloudPC.ReadWrite.All');

    const trace = await traceOf(graph);

    assert.deepEqual(trace.refusal, { because: 'unclear', permissions: ['CloudPC.ReadWrite.All'] });
  });

  it('When a call needs two permissions, then only the one that is missing is named', async () => {
    graph.simulator.tenant.permissions.take('GroupMember.Read.All');
    const { tenant } = partsWith(without('GroupMember.Read.All'));
    const memberOf = { ask: 'memberOf', personId: demoPeople.ada, groupIds: [demoGroups.admins] } as const;

    const [look] = await tenant.look([memberOf], limits);

    assert.ok(look && 'fault' in look);
    assert.deepEqual(look.fault.trace?.refusal, { because: 'missing', permissions: ['GroupMember.Read.All'] });
  });

  it('When the sign-in is not taken, then no permission is blamed', async () => {
    graph.simulator.faults.add({ match: {}, fault: { status: 401 } });

    const trace = await traceOf(partsWith([]));

    assert.deepEqual(trace.refusal, { because: 'signIn', permissions: [] });
  });

  it('When there is no answer, then our own id leads to the log line', async () => {
    graph.simulator.faults.add({ match: {}, fault: 'reset' });
    const person = { ask: 'person', personId: demoPeople.ada } as const;

    const [look] = await graph.tenant.look([person], { withinMs: 300 });

    assert.ok(look && 'fault' in look);
    const { requestId, clientRequestId } = look.fault.trace ?? {};
    assert.equal(requestId, null);
    assert.ok(graph.lines.some(({ fields }) => fields.clientRequestId === clientRequestId));
  });

  it('When a token is read, then only what looks like an application’s token tells anything', () => {
    assert.deepEqual(rolesIn(tokenWith(['User.Read.All'])), ['User.Read.All']);
    assert.deepEqual(rolesIn(tokenWith(null)), []);
    for (const token of ['', 'opaque', 'a.b.c', 'a.e30.c', 'a.bnVsbA.c', `${tokenWith([])}.more`])
      assert.equal(rolesIn(token), null, token);
  });
});
