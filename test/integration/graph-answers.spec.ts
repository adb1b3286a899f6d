// Answers that the simulator does not give: foreign and circular links, faulty batches.
import assert from 'node:assert/strict';
import { buildGraph, sendJson, serve, type TinyServer } from '../fakes/graph.ts';

const limits = { withinMs: 2000 };
const upn = 'ada@contoso.com';
const listPath = '/deviceManagement/virtualEndpoint/cloudPCs';
const list = { it: { ask: 'cloudPcsOf', upn } } as const;
const adasCloudPc = { id: 'pc-1', status: 'provisioned', userPrincipalName: 'Ada@Contoso.com' };

describe('graph: odd answers', () => {
  const servers: TinyServer[] = [];
  async function serving(...args: Parameters<typeof serve>): Promise<TinyServer> {
    const server = await serve(...args);
    servers.push(server);
    return server;
  }
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  it('When a nextLink leads to another host, then it is refused and no request or token goes there', async () => {
    const foreign = await serving((_request, response) => sendJson(response, 200, { value: [adasCloudPc] }));
    const server = await serving((_request, response) =>
      sendJson(response, 200, { value: [adasCloudPc], '@odata.nextLink': `${foreign.url}/beta/next` }),
    );
    const { tenant } = buildGraph(server.url);

    await assert.rejects(tenant.read(list, limits), { name: 'TemporaryError', code: 'graph.unreadable' });

    assert.equal(foreign.seen.length, 0);
  });

  for (const [name, linkOf] of [
    ['a host that only begins like ours', (url: string) => `${url}.evil.example/beta/next`],
    ['credentials before another host', (url: string) => `http://${new URL(url).host}@evil.example/beta/next`],
    ['another version', (url: string) => `${url}/v1.0/next`],
    ['no URL', () => '/beta/next'],
  ] as const) {
    it(`When a nextLink is ${name}, then it is refused`, async () => {
      const server: TinyServer = await serving((_request, response) =>
        sendJson(response, 200, { value: [], '@odata.nextLink': linkOf(server.url) }),
      );
      const { tenant } = buildGraph(server.url);

      await assert.rejects(tenant.read(list, limits), { code: 'graph.unreadable' });

      assert.equal(server.seen.length, 1);
    });
  }

  it('When a nextLink leads in a circle, then reading ends', async () => {
    const server: TinyServer = await serving((_request, response) =>
      sendJson(response, 200, { value: [], '@odata.nextLink': `${server.url}/beta${listPath}?$skiptoken=x` }),
    );
    const { tenant } = buildGraph(server.url);

    await assert.rejects(tenant.read(list, limits), { code: 'graph.unreadable' });

    assert.equal(server.seen.length, 2);
  });

  it('When a page has a next one, then its link is followed to the letter', async () => {
    const token = '$skiptoken=a%2Bb%26c==&$filter=userPrincipalName%20eq%20%27ada%40contoso.com%27';
    const server: TinyServer = await serving((_request, response, count) =>
      sendJson(response, 200, {
        value: count === 1 ? [] : [adasCloudPc],
        ...(count === 1 ? { '@odata.nextLink': `${server.url}/beta${listPath}?${token}` } : {}),
      }),
    );
    const { tenant } = buildGraph(server.url);

    const { it: found } = await tenant.read(list, limits);

    assert.equal(server.seen[1]?.url, `/beta${listPath}?${token}`);
    assert.deepEqual(
      found.map(({ id }) => id),
      ['pc-1'],
    );
  });

  it("When the filter is ignored by Graph, then other people's Cloud PCs are left out all the same", async () => {
    const others = [
      { id: 'pc-2', userPrincipalName: 'ben@contoso.com' },
      { id: 'pc-3', userPrincipalName: null },
      { id: 'pc-4' },
      { userPrincipalName: upn },
      'nonsense',
    ];
    const server = await serving((_request, response) => sendJson(response, 200, { value: [adasCloudPc, ...others] }));
    const { tenant } = buildGraph(server.url);

    const { it: found } = await tenant.read(list, limits);

    assert.deepEqual(
      found.map(({ id }) => id),
      ['pc-1'],
    );
  });

  it('When a success is not JSON or has another shape, then it is unreadable', async () => {
    const bodies = ['<html>Log in</html>', '[]', '{"value":{}}', '', 'null'];
    for (const body of bodies) {
      const server = await serving((_request, response) => response.writeHead(200).end(body));
      const { tenant } = buildGraph(server.url);

      await assert.rejects(tenant.read(list, limits), { name: 'TemporaryError', code: 'graph.unreadable' }, body);
    }
  });

  it('When a single Cloud PC has no id, then it is unreadable and not "gone"', async () => {
    const server = await serving((_request, response) => sendJson(response, 200, { status: 'provisioned' }));
    const { tenant } = buildGraph(server.url);

    await assert.rejects(tenant.read({ pc: { ask: 'cloudPc', cloudPcId: 'pc-1' } }, limits), {
      code: 'graph.unreadable',
    });
  });

  it('When a batch leaves a part out, then this part is asked for alone', async () => {
    const server = await serving((request, response) => {
      if (!request.url.endsWith('$batch')) return sendJson(response, 200, { id: 'pc-2' });
      return sendJson(response, 200, { responses: [{ id: '0', status: 200, headers: {}, body: { id: 'pc-1' } }] });
    });
    const { tenant } = buildGraph(server.url);

    const looks = await tenant.look(
      [
        { ask: 'cloudPc', cloudPcId: 'pc-1' },
        { ask: 'cloudPc', cloudPcId: 'pc-2' },
      ],
      limits,
    );

    assert.deepEqual(
      looks.map((look) => 'value' in look && look.value?.id),
      ['pc-1', 'pc-2'],
    );
    assert.match(server.seen[1]?.url ?? '', /cloudPCs\/pc-2/);
  });

  it('When a part keeps failing, then it ends, and the others are answered', async () => {
    const server = await serving((request, response) => {
      if (!request.url.endsWith('$batch')) return sendJson(response, 503, {}, { 'retry-after': '0' });
      const { requests } = JSON.parse(request.body) as { requests: { id: string; url: string }[] };
      const responses = requests.map(({ id, url }) =>
        url.includes('pc-1') ? { id, status: 200, body: { id: 'pc-1' } } : { id, status: 502, body: 'PGh0bWw+' },
      );
      return sendJson(response, 200, { responses });
    });
    const { tenant } = buildGraph(server.url);

    const looks = await tenant.look(
      ['pc-1', 'pc-2', 'pc-3'].map((cloudPcId) => ({ ask: 'cloudPc', cloudPcId }) as const),
      limits,
    );

    assert.ok(looks[0] && 'value' in looks[0]);
    assert.ok(looks[1] && 'fault' in looks[1] && looks[1].fault.code === 'graph.unreachable');
    assert.ok(looks[2] && 'fault' in looks[2] && looks[2].fault.code === 'graph.unreachable');
    assert.ok(server.seen.length <= 4, `${server.seen.length} requests`);
  });

  it('When a batch itself is unreadable, then every look says so', async () => {
    const server = await serving((_request, response) => response.writeHead(200).end('<html>'));
    const { tenant } = buildGraph(server.url);

    const looks = await tenant.look(
      [
        { ask: 'cloudPc', cloudPcId: 'pc-1' },
        { ask: 'person', personId: 'p-1' },
      ],
      limits,
    );

    assert.deepEqual(
      looks.map((look) => 'fault' in look && look.fault.code),
      ['graph.unreadable', 'graph.unreadable'],
    );
  });

  it('When checkMemberGroups names a group that was not asked for, then it gives no right', async () => {
    const server = await serving((_request, response) => sendJson(response, 200, { value: ['A-1', 'b-2'] }));
    const { tenant } = buildGraph(server.url);

    const { roles } = await tenant.read({ roles: { ask: 'memberOf', personId: 'p-1', groupIds: ['a-1'] } }, limits);

    assert.deepEqual(roles, ['a-1']);
  });

  it('When Graph does not say whether an account is enabled, then it counts as disabled', async () => {
    const server = await serving((_request, response) =>
      sendJson(response, 200, { id: 'P-1', userPrincipalName: upn, displayName: '', mail: '' }),
    );
    const { tenant } = buildGraph(server.url);

    const { person } = await tenant.read({ person: { ask: 'person', personId: 'p-1' } }, limits);

    assert.deepEqual(person, {
      id: 'p-1',
      name: upn,
      userPrincipalName: upn,
      mail: null,
      accountEnabled: false,
      usageLocation: null,
    });
  });
});
