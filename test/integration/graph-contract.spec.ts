// Everything that is sent to Graph exists in Graph's OpenAPI description: path, query options, selected properties,
// members of bodies.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { MailView } from '../../src/domain/views.ts';
import { graphActivityFeed } from '../../src/graph/activity-feed.ts';
import { graphGroupMembership } from '../../src/graph/group-members.ts';
import { graphMailer } from '../../src/graph/mailer.ts';
import { graphStarter } from '../../src/graph/starter.ts';
import { graphTeamsApps } from '../../src/graph/teams-apps.ts';
import {
  demoCloudPcs,
  demoGroups,
  demoMailboxes,
  demoPeople,
  demoTeamsApp,
  type RecordedRequest,
} from '../../src/simulator/index.ts';
import { realClock, recordLog, type SimulatedGraph, startGraph } from '../fakes/graph.ts';

interface Operation {
  version: string;
  method: string;
  path: string;
  queryOptions: string[];
  body?: string[];
  properties?: string[];
}

interface Sent {
  version: string;
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
}

const { operations } = JSON.parse(readFileSync(new URL('../contract/graph-paths.json', import.meta.url), 'utf8')) as {
  operations: Operation[];
};

function patternOf(path: string): RegExp {
  const segments = path.split('/').map((segment) => (segment.startsWith('{') ? '[^/]+' : segment.replace('$', '\\$')));
  return new RegExp(`^${segments.join('/')}$`);
}

function findOperation(sent: Sent): Operation | undefined {
  const fitting = operations.filter(
    ({ version, method, path }) =>
      version === sent.version && method === sent.method && patternOf(path).test(sent.path),
  );
  return fitting.find(({ path }) => path === sent.path) ?? fitting[0];
}

/** The request, and what is inside when it is a batch. */
function unpack(request: RecordedRequest): Sent[] {
  const { method, path, query, body } = request;
  const version = request.version ?? 'none';
  const inner = (body as { requests?: { method: string; url: string; body?: unknown }[] } | undefined)?.requests ?? [];
  const parts = inner.map((part) => {
    const url = new URL(`http://graph${part.url}`);
    const pathname = decodeURIComponent(url.pathname);
    return {
      version,
      method: part.method,
      path: pathname,
      query: Object.fromEntries(url.searchParams),
      body: part.body,
    };
  });
  return [{ version, method, path, query, body }, ...parts];
}

async function useEverything(graph: SimulatedGraph): Promise<void> {
  const { client, tenant, simulator } = graph;
  const ada = demoPeople.ada;
  const person = { ask: 'person', personId: ada } as const;
  await tenant.read({ person }, { withinMs: 2000 });
  await tenant.read(
    {
      person,
      roles: { ask: 'memberOf', personId: ada, groupIds: Object.values(demoGroups) },
      pcs: { ask: 'cloudPcsOf', upn: "o'neil@contoso.com" },
      pc: { ask: 'cloudPc', cloudPcId: demoCloudPcs.ada },
      actions: { ask: 'remoteActions', cloudPcId: demoCloudPcs.ada },
      people: { ask: 'peopleNamed', text: 'Ada' },
      reset: { ask: 'resetEnabled', personId: ada },
      group: { ask: 'group', groupId: demoGroups.vip },
      named: { ask: 'groupsNamed', name: 'Cloud PC VIP' },
      members: { ask: 'groupMembers', groupId: demoGroups.approvers },
      states: { ask: 'licenceStates', personId: ada },
      skus: { ask: 'skus' },
      frontline: { ask: 'frontlinePlans' },
      policies: { ask: 'provisioningPolicies' },
    },
    { withinMs: 2000 },
  );
  const teamsApps = graphTeamsApps(client, { manifestId: demoTeamsApp.externalId, clock: realClock });
  await teamsApps.install(ada);
  await teamsApps.chatIdOf(ada);
  const membership = graphGroupMembership(client);
  await membership.add(demoGroups.vip, ada);
  await membership.remove(demoGroups.vip, ada);
  await graphActivityFeed(client).notify({
    personId: ada,
    topic: 'Your Cloud PC',
    webUrl: 'https://teams.microsoft.com/l/chat/0/0',
    text: 'Your Cloud PC is ready',
  });
  const render = () => ({ subject: 'Hello', html: '<p>Hello</p>' });
  const mail = { to: { address: 'ada@contoso.com', name: 'Ada Arendt' } } as MailView;
  await graphMailer(client, { from: demoMailboxes.sender, render, log: recordLog().log }).send(mail);
  for (const version of ['v1.0', 'beta'] as const) {
    const permit = await graphStarter(client, { version }).prepare();
    const cloudPcId = version === 'beta' ? demoCloudPcs.benOffice : demoCloudPcs.ada;
    const options = { osVersion: 'windows11', accountType: 'standardUser' } as const;
    await permit.send({ cloudPcId, options, mayStillSend: () => true });
  }
  assert.ok(simulator.requests.every(({ status }) => status !== null && status < 300));
}

describe('graph: the contract', () => {
  let graph: SimulatedGraph;
  let sent: Sent[];
  before(async () => {
    graph = await startGraph();
    await useEverything(graph);
    sent = graph.simulator.requests.flatMap(unpack);
  });
  after(() => graph.simulator.close());

  it('When anything is sent, then the path is an operation of Graph, and no listed one is unused', () => {
    const unknown = sent.filter((one) => findOperation(one) === undefined);
    const used = new Set(sent.map(findOperation));

    assert.deepEqual(unknown, []);
    assert.deepEqual(
      operations.filter((operation) => !used.has(operation)),
      [],
    );
  });

  it('When a query is sent, then its options are documented and its properties exist', () => {
    for (const one of sent) {
      const operation = findOperation(one);
      const options = Object.keys(one.query);
      const selected = one.query.$select?.split(',') ?? [];

      assert.deepEqual(
        options.filter((option) => !operation?.queryOptions.includes(option)),
        [],
        one.path,
      );
      assert.deepEqual(
        selected.filter((property) => !operation?.properties?.includes(property)),
        [],
        one.path,
      );
    }
  });

  it('When a body is sent, then Graph knows its members', () => {
    const bodies = sent.filter(({ body }) => body !== undefined);

    assert.ok(bodies.length >= 5);
    for (const { path, body, ...rest } of bodies) {
      const members = Object.keys(body as object).map((name) => name.replace('@odata.bind', ''));
      const known = findOperation({ path, body, ...rest })?.body ?? [];
      assert.deepEqual(
        members.filter((name) => !known.includes(name)),
        [],
        path,
      );
    }
  });
});
