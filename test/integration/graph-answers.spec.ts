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
      isGuest: false,
      usageLocation: null,
    });
  });

  it('When the filter is ignored by Graph, then only groups of that very name are left, however alike the others look', async () => {
    const names = [
      'Café Users',
      'CAFÉ USERS',
      'Cafe\u0301 Users',
      'Cafe Users',
      'Café  Users',
      '\u0421afé Users',
      'Café Users 2',
    ];
    const server = await serving((_request, response) =>
      sendJson(response, 200, {
        value: [...names.map((displayName, at) => ({ id: `G-${at}`, displayName })), { id: 'x' }],
      }),
    );
    const { tenant } = buildGraph(server.url);

    const { it } = await tenant.read({ it: { ask: 'groupsNamed', name: 'Café Users' } }, limits);

    // The same letters written in two ways are one name: better an error that names both than the wrong group.
    assert.deepEqual(
      it.map(({ id }) => id),
      ['g-0', 'g-1', 'g-2'],
    );
  });

  it('When the filter for an address is ignored by Graph, then nobody else counts as that address', async () => {
    const of = (id: string, userPrincipalName: string, mail: string | null = null) => ({ id, userPrincipalName, mail });
    const value = [of('u-1', 'ben@contoso.com'), of('u-2', 'x@contoso.com', upn.toUpperCase()), of('u-3', upn)];
    const server = await serving(({ url }, response) => {
      if (url.includes('$batch')) sendJson(response, 405, {});
      else sendJson(response, 200, { value: url.includes('$search') ? [] : value });
    });
    const { tenant } = buildGraph(server.url);

    const { it } = await tenant.read({ it: { ask: 'peopleNamed', text: upn } }, limits);

    assert.deepEqual(
      it.map(({ id }) => id),
      ['u-3', 'u-2'],
    );
  });

  it('When members are told without a name or a kind, then they are counted and nobody is made up', async () => {
    const user = {
      '@odata.type': '#microsoft.graph.user',
      id: 'U-1',
      userPrincipalName: upn,
      displayName: 'Ada Arendt',
    };
    const server = await serving((_request, response) =>
      sendJson(response, 200, {
        value: [
          user,
          { ...user, id: 'U-2', userPrincipalName: null },
          { '@odata.type': '#microsoft.graph.group', id: 'G-1', displayName: null },
          { '@odata.type': '#microsoft.graph.servicePrincipal', id: 'S-1', displayName: 'An app' },
          { id: 'U-3', userPrincipalName: 'ben@contoso.com', displayName: 'Ben Bauer' },
          null,
        ],
      }),
    );
    const { tenant } = buildGraph(server.url);

    const { it } = await tenant.read({ it: { ask: 'groupMembers', groupId: 'g-1' } }, limits);

    assert.deepEqual(
      [it?.people.map(({ id }) => id), it?.groups, it?.others],
      [['u-1'], [{ id: 'g-1', name: 'g-1' }], 4],
    );
  });

  it('When a group vanishes between two pages of its members, then it is gone; when a page is forbidden, then that is said', async () => {
    for (const [status, expected] of [
      [404, null],
      [403, 'graph.forbidden'],
    ] as const) {
      const server: TinyServer = await serving((_request, response, count) =>
        count === 1
          ? sendJson(response, 200, {
              value: [],
              '@odata.nextLink': `${server.url}/beta/groups/g-1/members?$skiptoken=2`,
            })
          : sendJson(response, status, { error: { code: 'x', message: '' } }),
      );
      const { tenant } = buildGraph(server.url);

      const [look] = await tenant.look([{ ask: 'groupMembers', groupId: 'g-1' }], limits);

      assert.deepEqual(look && 'value' in look ? look.value : look?.fault.code, expected);
    }
  });

  it('When licences, plans and settings are told with gaps, then the rest is read', async () => {
    const answers: Record<string, unknown> = {
      users: {
        id: 'u-1',
        licenseAssignmentStates: [
          { skuId: 'S-1', assignedByGroup: 'G-1', state: 'ActiveWithError', error: 'None', disabledPlans: ['P-1', 7] },
          { skuId: 'S-2', assignedByGroup: '', state: null, error: 'Other' },
          { state: 'Active' },
          'odd',
        ],
      },
      subscribedSkus: {
        value: [
          { skuId: 'S-1', consumedUnits: '3', prepaidUnits: null, servicePlans: [{ servicePlanId: 'P-1' }, {}] },
          {},
        ],
      },
      frontLineServicePlans: { value: [{ id: 'F-1' }, { displayName: 'no id' }] },
      provisioningPolicies: {
        value: [
          {
            id: 'P-1',
            assignments: [
              { target: null },
              { target: { groupId: 'G-1', servicePlanId: '' } },
              { target: { groupId: '' } },
              'odd',
            ],
          },
          { id: 'P-2', displayName: 'Two', assignments: null },
        ],
      },
      userSettings: { value: [{ id: 'U-1', resetEnabled: 'yes', assignments: [{ target: { groupId: 'G-1' } }] }] },
    };
    const server = await serving(({ url }, response) => {
      const part = Object.keys(answers).find((name) => url.includes(`/${name}`)) ?? '';
      // A batch is refused, so that each is asked for alone.
      if (part === '') sendJson(response, 405, {});
      else sendJson(response, 200, answers[part]);
    });
    const { tenant } = buildGraph(server.url);

    const read = await tenant.read(
      {
        states: { ask: 'licenceStates', personId: 'u-1' },
        skus: { ask: 'skus' },
        frontline: { ask: 'frontlinePlans' },
        policies: { ask: 'provisioningPolicies' },
        settings: { ask: 'userSettings' },
      },
      limits,
    );

    assert.deepEqual(read.states, [
      { skuId: 's-1', assignedByGroup: 'g-1', state: 'ActiveWithError', error: null, disabledPlans: ['p-1'] },
      { skuId: 's-2', assignedByGroup: null, state: 'unknownFutureValue', error: 'Other', disabledPlans: [] },
    ]);
    assert.deepEqual(
      read.skus.map(({ skuId, freeSeats, servicePlans }) => [skuId, freeSeats, servicePlans]),
      [['s-1', 0, [{ id: 'p-1', name: 'P-1' }]]],
    );
    assert.deepEqual(read.frontline, [{ id: 'f-1', name: 'F-1', totalCount: 0, usedCount: 0 }]);
    assert.deepEqual(
      read.policies.map(({ id, name, assignments }) => [id, name, assignments]),
      [
        ['p-1', 'P-1', [{ groupId: 'g-1', servicePlanId: null }]],
        ['p-2', 'Two', []],
      ],
    );
    assert.deepEqual(
      read.settings.map(({ id, resetEnabled, assignments }) => [id, resetEnabled, assignments.length]),
      [['u-1', false, 1]],
    );
  });
});
