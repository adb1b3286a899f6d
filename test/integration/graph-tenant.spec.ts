// The Tenant port against the simulator: what is read, in how few requests, and what happens when parts fail.
import assert from 'node:assert/strict';
import type { FleetPart } from '../../src/domain/ports.ts';
import { demoCloudPcs, demoGroups, demoPeople, demoPolicies } from '../../src/simulator/index.ts';
import { type SimulatedGraph, startGraph } from '../fakes/graph.ts';
import { quickest } from '../fakes/quickest.ts';

const limits = { withinMs: 3000 };
const allGroups = Object.values(demoGroups);

describe('graph: reading the tenant', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph();
  });
  afterEach(() => graph.simulator.close());

  const paths = () => graph.simulator.requests.map(({ method, version, path }) => `${method} ${version} ${path}`);

  it('When person, roles and Cloud PCs are asked for, then it is one HTTP request', async () => {
    const answers = await graph.tenant.read(
      {
        person: { ask: 'person', personId: demoPeople.ada },
        roles: { ask: 'memberOf', personId: demoPeople.adam, groupIds: allGroups },
        cloudPcs: { ask: 'cloudPcsOf', upn: 'ADA@contoso.com' },
      },
      limits,
    );

    assert.deepEqual(paths(), ['POST beta /$batch']);
    assert.equal(graph.simulator.requests[0]?.parts?.length, 3);
    assert.deepEqual(answers.person, {
      id: demoPeople.ada,
      name: 'Ada Arendt',
      userPrincipalName: 'ada@contoso.com',
      mail: 'ada@contoso.com',
      accountEnabled: true,
      isGuest: false,
      usageLocation: 'DE',
    });
    assert.deepEqual(answers.roles, [demoGroups.admins]);
    assert.deepEqual(
      answers.cloudPcs.map(({ id }) => id),
      [demoCloudPcs.ada],
    );
  });

  it('When a Cloud PC is read, then everything that the design needs is there', async () => {
    const { pc } = await graph.tenant.read({ pc: { ask: 'cloudPc', cloudPcId: demoCloudPcs.ada } }, limits);

    assert.deepEqual(paths(), [`GET beta /deviceManagement/virtualEndpoint/cloudPCs/${demoCloudPcs.ada}`]);
    assert.equal(graph.simulator.requests[0]?.headers.prefer, 'include-unknown-enum-members');
    assert.ok(pc);
    assert.equal(pc.name, 'CPC-ada-7F3KQ');
    assert.equal(pc.status, 'provisioned');
    assert.equal(pc.ownerUpn, 'ada@contoso.com');
    assert.equal(pc.provisionedAt, Date.parse('2026-03-12T09:22:00Z'));
    assert.equal(pc.lastSignInAt, Date.parse('2026-11-20T07:41:00Z'));
    assert.equal(pc.policyName, 'Office West Europe');
    assert.equal(pc.servicePlanName, 'Cloud PC Enterprise 4vCPU/16GB/256GB');
    assert.equal(pc.kind, 'dedicated');
  });

  it('When a reprovision runs, then its action and a status word of today are seen', async () => {
    graph.simulator.tenant.reprovisionInIntune(demoCloudPcs.ada, { outcome: 'provisioned', lagMs: 0 });

    const { pc, actions } = await graph.tenant.read(
      {
        pc: { ask: 'cloudPc', cloudPcId: demoCloudPcs.ada },
        actions: { ask: 'remoteActions', cloudPcId: demoCloudPcs.ada },
      },
      limits,
    );

    assert.match(pc?.lastAction?.name ?? '', /reprovision/i);
    assert.equal(pc?.status, 'provisioning');
    assert.notEqual(pc?.lastAction?.startedAt ?? null, null);
    assert.deepEqual(
      actions?.find(({ name }) => name === 'reprovision'),
      { name: 'reprovision', enabled: false },
    );
  });

  it('When Graph has newer status words, then they come as they are', async () => {
    graph.simulator.tenant.changeCloudPc(demoCloudPcs.ada, { status: 'movingRegion' });

    const alone = await graph.tenant.read({ pc: { ask: 'cloudPc', cloudPcId: demoCloudPcs.ada } }, limits);
    const [inBatch] = await graph.tenant.look(
      [
        { ask: 'cloudPc', cloudPcId: demoCloudPcs.ada },
        { ask: 'cloudPc', cloudPcId: demoCloudPcs.benOffice },
      ],
      limits,
    );

    assert.equal(alone.pc?.status, 'movingRegion');
    assert.equal(inBatch && 'value' in inBatch && inBatch.value?.status, 'movingRegion');
  });

  it('When things are not there, then the answers are null and empty', async () => {
    const nobody = 'aaaaaaaa-9999-4000-8000-000000000999';

    const answers = await graph.tenant.read(
      {
        person: { ask: 'person', personId: nobody },
        roles: { ask: 'memberOf', personId: nobody, groupIds: allGroups },
        noGroups: { ask: 'memberOf', personId: demoPeople.ada, groupIds: [] },
        pc: { ask: 'cloudPc', cloudPcId: nobody },
        actions: { ask: 'remoteActions', cloudPcId: nobody },
        cloudPcs: { ask: 'cloudPcsOf', upn: 'nobody@contoso.com' },
        people: { ask: 'peopleNamed', text: '  ' },
      },
      limits,
    );

    assert.deepEqual(answers, {
      person: null,
      roles: [],
      noGroups: [],
      pc: null,
      actions: null,
      cloudPcs: [],
      people: [],
    });
  });

  it('When the same is asked twice, then it is sent once', async () => {
    const query = { ask: 'person', personId: demoPeople.ada } as const;

    const { a, b } = await graph.tenant.read({ a: query, b: { ...query } }, limits);

    assert.deepEqual(a, b);
    assert.deepEqual(paths(), [`GET beta /users/${demoPeople.ada}`]);
  });

  it('When more than twenty groups are asked for, then they go in chunks of twenty', async () => {
    const others = Array.from(
      { length: 39 },
      (_, index) => `99999999-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    const groupIds = [...others, demoGroups.admins.toUpperCase(), demoGroups.admins];

    const { roles } = await graph.tenant.read(
      { roles: { ask: 'memberOf', personId: demoPeople.adam, groupIds } },
      limits,
    );

    assert.deepEqual(roles, [demoGroups.admins]);
    assert.equal(graph.simulator.requests[0]?.parts?.length, 2);
  });

  it("When a UPN has a quote and an ampersand, then its Cloud PCs are found and nobody else's", async () => {
    const upn = "o'neil&co+x#1%@contoso.com";
    graph.simulator.tenant.changeCloudPc(demoCloudPcs.ada, { userPrincipalName: upn });

    const alone = await graph.tenant.read({ pcs: { ask: 'cloudPcsOf', upn } }, limits);
    const batched = await graph.tenant.read(
      { pcs: { ask: 'cloudPcsOf', upn }, ben: { ask: 'cloudPcsOf', upn: 'ben@contoso.com' } },
      limits,
    );

    assert.deepEqual(
      alone.pcs.map(({ ownerUpn }) => ownerUpn),
      [upn],
    );
    assert.deepEqual(alone.pcs, batched.pcs);
    assert.equal(batched.ben.length, 2);
    assert.doesNotMatch(JSON.stringify([graph.lines, graph.sent]), /neil|contoso/i);
  });

  it('When a list comes in pages and the first one is empty, then all of it is read', async () => {
    graph.simulator.tenant.paging.pageSize = 1;
    graph.simulator.tenant.paging.emptyFirstPage = true;

    const { pcs } = await graph.tenant.read({ pcs: { ask: 'cloudPcsOf', upn: 'ben@contoso.com' } }, limits);

    assert.equal(pcs.length, 2);
    assert.equal(graph.simulator.requests.length, 3);
  });

  it('When somebody is looked for by the alias, then it is found, though the name is written otherwise', async () => {
    const { byAlias } = await graph.tenant.read({ byAlias: { ask: 'peopleNamed', text: 'cleo' } }, limits);

    assert.deepEqual(
      byAlias.map(({ name }) => name),
      ['Cléo Costa'],
    );
  });

  it('When user settings reach a person, then reset is allowed only if all of them allow it', async () => {
    const ask = async (personId: string) =>
      (await graph.tenant.read({ it: { ask: 'resetEnabled', personId } }, limits)).it;
    const [allowing] = graph.simulator.tenant.userSettings;
    assert.ok(allowing);

    const before = [await ask(demoPeople.ada), await ask(demoPeople.cleo)];
    graph.simulator.tenant.userSettings.push({
      ...allowing,
      id: 'eeeeeeee-0002-4000-8000-000000000002',
      resetEnabled: false,
      assignedGroupIds: [demoGroups.designUsers],
    });
    const after = [await ask(demoPeople.ada), await ask(demoPeople.ben)];

    assert.deepEqual(before, [true, false]);
    assert.deepEqual(after, [true, false]);
  });

  it('When most of forty-five Cloud PCs are not in the list, then they are asked for in three batches, and they hide nothing', async () => {
    const ids = Array.from({ length: 44 }, (_, index) => `b0000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
    const queries = [...ids, demoCloudPcs.ada].map((cloudPcId) => ({ ask: 'cloudPc', cloudPcId }) as const);

    const looks = await graph.tenant.look(queries, limits);

    const paths = graph.simulator.requests.map(({ path }) => path.split('/').at(-1));
    assert.deepEqual(paths, ['cloudPCs', '$batch', '$batch', '$batch']);
    assert.deepEqual(looks[0], { value: null });
    const last = looks.at(-1);
    assert.equal(last && 'value' in last && last.value?.id, demoCloudPcs.ada);
  });

  describe('a part of the fleet', () => {
    const fleet = async (part: FleetPart) =>
      (await graph.tenant.read({ it: { ask: 'fleet', part } }, limits)).it.map(({ id }) => id);
    const { ada, benOffice, benDesign } = demoCloudPcs;
    const ofDesign = { policyId: demoPolicies.designNorthEurope };

    it('When all are asked for, in pages, then every Cloud PC is there', async () => {
      graph.simulator.tenant.paging.pageSize = 2;
      graph.simulator.tenant.paging.emptyFirstPage = true;

      assert.deepEqual(await fleet('all'), [ada, benOffice, benDesign]);
      assert.equal(graph.simulator.requests.length, 3);
    });

    it('When the failed ones or those of a policy are asked for, then Graph chooses them', async () => {
      graph.simulator.tenant.changeCloudPc(benOffice, { status: 'failed' });
      graph.simulator.tenant.changeCloudPc(benDesign, { status: 'provisionedWithWarnings' });

      const { failed, office, none } = await graph.tenant.read(
        {
          failed: { ask: 'fleet', part: 'failed' },
          office: { ask: 'fleet', part: { policyId: demoPolicies.officeWestEurope.toUpperCase() } },
          none: { ask: 'fleet', part: { policyId: "x' or status ne '" } },
        },
        limits,
      );

      assert.deepEqual(
        [failed, office, none].map((found) => found.map(({ id }) => id)),
        [[benOffice], [ada, benOffice], []],
      );
      assert.equal(failed[0]?.deviceId, graph.simulator.tenant.findCloudPc(benOffice)?.managedDeviceId);
      assert.deepEqual(paths(), ['POST beta /$batch']);
      assert.ok(graph.simulator.requests[0]?.parts?.every(({ url }) => url.includes('filter=')));
    });

    it('When Graph refuses the filter, then they are looked for among all', async () => {
      graph.simulator.tenant.changeCloudPc(ada, { status: 'failed' });
      graph.simulator.faults.add({ match: { where: ({ query }) => query.has('$filter') }, fault: { status: 400 } });

      assert.deepEqual(await fleet('failed'), [ada]);
      assert.deepEqual(await fleet(ofDesign), [benDesign]);
      assert.equal(graph.simulator.requests.length, 4);
    });

    it('When Graph does not mind the filter, then only what was asked for is given, once each', async () => {
      graph.simulator.tenant.changeCloudPc(ada, { status: 'failed' });
      const all = graph.simulator.tenant.cloudPcs();
      const value = [...all, ...all.map((pc) => ({ ...pc, id: pc.id.toUpperCase() }))];
      graph.simulator.faults.add({ match: { path: /cloudPCs$/ }, fault: { status: 200, body: { value } } });

      assert.equal((await fleet('all')).length, 3);
      assert.deepEqual(
        (await fleet('failed')).map((id) => id.toLowerCase()),
        [ada],
      );
      assert.deepEqual(
        (await fleet(ofDesign)).map((id) => id.toLowerCase()),
        [benDesign],
      );
    });

    for (const [status, code] of [
      [403, 'graph.forbidden'],
      [500, 'graph.unreachable'],
    ] as const) {
      it(`When the list is answered ${status}, then that is ${code}, and no fewer Cloud PCs`, async () => {
        graph.simulator.faults.add({ match: { path: /cloudPCs$/ }, fault: { status } });

        for (const part of ['all', 'failed', ofDesign] as const) await assert.rejects(fleet(part), { code });
        assert.equal(graph.simulator.requests.length, 3);
      });
    }
  });

  it('When one part is throttled, then it alone is asked again', async () => {
    const path = new RegExp(`/users/${demoPeople.ada}$`);
    graph.simulator.faults.add({ match: { path }, times: 1, fault: { status: 429, retryAfter: 0 } });

    const { person } = await graph.tenant.read(
      { person: { ask: 'person', personId: demoPeople.ada }, pcs: { ask: 'cloudPcsOf', upn: 'ada@contoso.com' } },
      limits,
    );

    assert.equal(person?.id, demoPeople.ada);
    assert.deepEqual(paths(), ['POST beta /$batch', `GET beta /users/${demoPeople.ada}`]);
  });

  it('When two of three parts fail for a moment, then these two are batched again', async () => {
    const path = /\/cloudPCs\//;
    graph.simulator.faults.add({ match: { path }, times: 2, fault: { status: 503, retryAfter: 0 } });

    const looks = await graph.tenant.look(
      [
        { ask: 'cloudPc', cloudPcId: demoCloudPcs.ada },
        { ask: 'cloudPc', cloudPcId: demoCloudPcs.benOffice },
        { ask: 'person', personId: demoPeople.ada },
      ],
      limits,
    );

    assert.ok(looks.every((look) => 'value' in look && look.value !== null));
    assert.deepEqual(
      graph.simulator.requests.map(({ parts }) => parts?.length),
      [3, 2],
    );
  });

  it('When a throttled part may not be asked again in time, then it is busy, the others are answered, and reads wait', async () => {
    const path = new RegExp(demoCloudPcs.ada);
    graph.simulator.faults.add({ match: { path }, fault: { status: 429, retryAfter: 30 } });

    const looks = await graph.tenant.look(
      [
        { ask: 'cloudPc', cloudPcId: demoCloudPcs.ada },
        { ask: 'cloudPc', cloudPcId: demoCloudPcs.benOffice },
      ],
      limits,
    );

    const [first, second] = looks;
    assert.ok(first && 'fault' in first && second && 'value' in second);
    assert.equal(first.fault.code, 'graph.busy');
    assert.equal((first.fault as { retryAfterMs?: number }).retryAfterMs, 30_000);
    assert.equal(graph.simulator.requests.length, 1);
    await assert.rejects(graph.tenant.read({ p: { ask: 'person', personId: demoPeople.ada } }, limits), {
      code: 'graph.busy',
    });
    assert.equal(graph.simulator.requests.length, 1);
  });

  it('When a right is missing for one part, then read refuses and look says it of this one only', async () => {
    const path = /checkMemberGroups/;
    graph.simulator.faults.add({ match: { path }, fault: { status: 403, code: 'Authorization_RequestDenied' } });
    const person = { ask: 'person', personId: demoPeople.ada } as const;
    const roles = { ask: 'memberOf', personId: demoPeople.ada, groupIds: allGroups } as const;

    const looks = await graph.tenant.look([person, roles], limits);

    assert.ok(looks[0] && 'value' in looks[0]);
    assert.ok(looks[1] && 'fault' in looks[1] && looks[1].fault.code === 'graph.forbidden');
    await assert.rejects(graph.tenant.read({ person, roles }, limits), {
      name: 'NotAllowedError',
      code: 'graph.forbidden',
      values: { graphCode: 'Authorization_RequestDenied' },
    });
  });

  it('When batches are refused, then single requests are sent, and no batch is tried again for a while', async () => {
    graph.simulator.faults.add({ match: { path: /^\/\$batch$/ }, fault: { status: 405 } });
    const queries = {
      person: { ask: 'person', personId: demoPeople.ada },
      pcs: { ask: 'cloudPcsOf', upn: 'ada@contoso.com' },
    } as const;

    const first = await graph.tenant.read(queries, limits);
    const second = await graph.tenant.read(queries, limits);

    assert.deepEqual(first, second);
    assert.equal(first.pcs.length, 1);
    assert.equal(paths().filter((path) => path.endsWith('$batch')).length, 1);
    assert.equal(paths().length, 5);
  });

  for (const status of [401, 403]) {
    it(`When a batch is answered ${status}, then that is the answer and no single request follows`, async () => {
      graph.simulator.faults.add({ match: { path: /^\/\$batch$/ }, fault: { status } });

      await assert.rejects(
        graph.tenant.read(
          { a: { ask: 'person', personId: demoPeople.ada }, b: { ask: 'person', personId: demoPeople.ben } },
          limits,
        ),
        { code: 'graph.forbidden' },
      );

      assert.equal(graph.simulator.requests.length, 1);
    });
  }

  it('When a batch is throttled as a whole, then it is sent again', async () => {
    graph.simulator.faults.add({ match: { path: /^\/\$batch$/ }, times: 1, fault: { status: 429, retryAfter: 0 } });

    const { a } = await graph.tenant.read(
      { a: { ask: 'person', personId: demoPeople.ada }, b: { ask: 'person', personId: demoPeople.ben } },
      limits,
    );

    assert.equal(a?.id, demoPeople.ada);
    assert.deepEqual(paths(), ['POST beta /$batch', 'POST beta /$batch']);
  });

  it('When Graph hangs, then reading ends in time and every look has its fault', async () => {
    graph.simulator.faults.add({ match: {}, fault: 'hang' });
    const both = [demoCloudPcs.ada, demoCloudPcs.benOffice].map((cloudPcId) => ({
      ask: 'cloudPc' as const,
      cloudPcId,
    }));
    let looks: Awaited<ReturnType<typeof graph.tenant.look>> = [];

    const ms = await quickest(1000, async () => {
      looks = await graph.tenant.look(both, { withinMs: 300 });
    });

    assert.ok(ms < 1000, `took ${ms} ms`);
    assert.deepEqual(
      looks.map((look) => 'fault' in look && look.fault.code),
      ['graph.slow', 'graph.slow'],
    );
  });

  it('When an id is empty or dots, then nothing is sent', async () => {
    for (const personId of ['', '.', '..']) {
      await assert.rejects(graph.tenant.read({ it: { ask: 'person', personId } }, limits), {
        code: 'graph.badRequest',
      });
    }

    assert.equal(graph.simulator.requests.length, 0);
  });
});
