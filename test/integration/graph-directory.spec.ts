// Groups, licences, provisioning policies and user settings, read through the Tenant port from the simulator.
import assert from 'node:assert/strict';
import { onlyGroup } from '../../src/domain/directory.ts';
import type { Query } from '../../src/domain/ports.ts';
import {
  demoFrontlinePlans,
  demoGroups,
  demoPeople,
  demoPolicies,
  demoServicePlans,
  demoSkus,
  type Group,
} from '../../src/simulator/index.ts';
import { buildGraph, type SimulatedGraph, sendJson, serve, startGraph } from '../fakes/graph.ts';

const limits = { withinMs: 3000 };
const officeName = 'cfg - Windows 365 - Provisioning - Office';

describe('graph: groups, licences and settings', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph();
  });
  afterEach(() => graph.simulator.close());

  const ask = async <const Q extends Query>(query: Q) => (await graph.tenant.read({ it: query }, limits)).it;
  const urls = () => graph.simulator.requests.map(({ path, query }) => [path, query] as const);

  function addGroup(id: string, displayName: string, more: Partial<Group> = {}): string {
    graph.simulator.tenant.addGroup({ id, displayName, description: null, memberIds: [], ...more });
    return id;
  }

  describe('groups', () => {
    it('When a group is read by its id, then what later work needs is there', async () => {
      const id = addGroup('B000AAAA-0001-4000-8000-000000000001', 'Sales & Co', {
        groupTypes: ['DynamicMembership'],
        onPremisesSyncEnabled: true,
        isAssignableToRole: true,
        mailEnabled: true,
        assignedLicenses: [
          { skuId: demoSkus.cpu2.toUpperCase(), disabledPlans: [demoServicePlans.cpu2.toUpperCase()] },
        ],
      });

      const [group, plain] = [
        await ask({ ask: 'group', groupId: id }),
        await ask({ ask: 'group', groupId: demoGroups.vip }),
      ];

      assert.deepEqual(group, {
        id: id.toLowerCase(),
        name: 'Sales & Co',
        isDynamic: true,
        isSynced: true,
        isMailOnly: true,
        isAssignableToRole: true,
        assignedLicences: [{ skuId: demoSkus.cpu2, disabledPlans: [demoServicePlans.cpu2] }],
      });
      assert.deepEqual(plain, {
        id: demoGroups.vip,
        name: 'Cloud PC VIP',
        isDynamic: false,
        isSynced: false,
        isMailOnly: false,
        isAssignableToRole: false,
        assignedLicences: [],
      });
    });

    it('When a group is gone, then it is null, and so are its members', async () => {
      const groupId = 'b0000000-dead-4000-8000-000000000000';

      assert.equal(await ask({ ask: 'group', groupId }), null);
      assert.equal(await ask({ ask: 'groupMembers', groupId }), null);
    });

    it('When one group has the name, then it is the one; when none has, then that is an error', async () => {
      const found = await ask({ ask: 'groupsNamed', name: officeName });
      const none = await ask({ ask: 'groupsNamed', name: 'cfg - Windows 365' });

      assert.equal(onlyGroup(officeName, found).id, demoGroups.officeUsers);
      assert.throws(() => onlyGroup('cfg - Windows 365', none), {
        name: 'NotFoundError',
        code: 'groupNotFound',
        values: { name: 'cfg - Windows 365' },
      });
    });

    it('When several groups have the name, on several pages, then it is an error that names them', async () => {
      const other = addGroup('b000aaaa-0002-4000-8000-000000000002', officeName.toUpperCase());
      graph.simulator.tenant.paging.pageSize = 1;
      graph.simulator.tenant.paging.emptyFirstPage = true;

      const found = await ask({ ask: 'groupsNamed', name: officeName });

      assert.equal(graph.simulator.requests.length, 3);
      assert.throws(() => onlyGroup(officeName, found), {
        name: 'ConflictError',
        code: 'groupAmbiguous',
        values: {
          name: officeName,
          count: 2,
          groups: `${officeName} (${demoGroups.officeUsers}), ${officeName.toUpperCase()} (${other})`,
        },
      });
    });

    it('When a prefix is asked for, then every group whose name begins so is there, from every page', async () => {
      const prefix = 'CFG - windows 365 - Provisioning - ';
      graph.simulator.tenant.paging.pageSize = 1;
      graph.simulator.tenant.paging.emptyFirstPage = true;

      const found = await ask({ ask: 'groupsPrefixed', prefix });

      assert.deepEqual(
        found.map(({ id }) => id),
        [demoGroups.officeUsers, demoGroups.designUsers],
      );
      assert.equal(graph.simulator.requests.length, 3);
    });

    it('When a prefix has quotes and an ampersand, then it finds what begins so alone', async () => {
      const prefix = "cfg - Men's & Women's #1 100% - ";
      const id = addGroup('b000aaaa-0013-4000-8000-000000000013', `${prefix}A`);
      addGroup('b000aaaa-0014-4000-8000-000000000014', `My ${prefix}B`);
      // The blank at its end is part of it.
      addGroup('b000aaaa-0015-4000-8000-000000000015', `${prefix.trimEnd()}C`);

      const found = await ask({ ask: 'groupsPrefixed', prefix });
      const none = await ask({ ask: 'groupsPrefixed', prefix: "x') or startswith(displayName,'" });

      assert.deepEqual(
        found.map((group) => group.id),
        [id],
      );
      assert.deepEqual(none, []);
    });

    it('When a prefix is blank or longer than a name, then nothing is asked', async () => {
      for (const prefix of ['', '  ', 'x'.repeat(257)])
        assert.deepEqual(await ask({ ask: 'groupsPrefixed', prefix }), []);

      assert.equal(graph.simulator.requests.length, 0);
    });

    it('When Graph takes more for equal than begins so, then the rest is left out', async () => {
      const value = ['cfg - a', 'Cfg - B', 'xcfg - c', 'cfg\u2010 d', 'cfg'].map((displayName) => ({
        id: displayName,
        displayName,
      }));
      const other = await serve((_request, response) => sendJson(response, 200, { value }));

      const { it: found } = await buildGraph(other.url).tenant.read(
        { it: { ask: 'groupsPrefixed', prefix: 'cfg - ' } },
        limits,
      );
      await other.close();

      assert.deepEqual(
        found.map(({ name }) => name),
        ['cfg - a', 'Cfg - B'],
      );
    });

    it('When a name has a quote and an ampersand, then it finds its group alone', async () => {
      const name = "lic - Men's & Women's #1 100%";
      const id = addGroup('b000aaaa-0003-4000-8000-000000000003', name);

      const found = await ask({ ask: 'groupsNamed', name });
      const none = await ask({ ask: 'groupsNamed', name: "x' or displayName ne '" });

      assert.deepEqual(
        found.map((group) => group.id),
        [id],
      );
      assert.deepEqual(none, []);
    });

    it('When a name only looks alike, then it is another name', async () => {
      addGroup('b000aaaa-0004-4000-8000-000000000004', officeName.replace('O', '\u041e'));

      const found = await ask({ ask: 'groupsNamed', name: officeName });

      assert.deepEqual(
        found.map(({ id }) => id),
        [demoGroups.officeUsers],
      );
    });

    it('When a name is empty or longer than any, then nobody is asked', async () => {
      assert.deepEqual(await ask({ ask: 'groupsNamed', name: '  ' }), []);
      assert.deepEqual(await ask({ ask: 'groupsNamed', name: 'x'.repeat(257) }), []);
      assert.equal(graph.simulator.requests.length, 0);
    });
  });

  describe('members', () => {
    it('When a group has people, groups and devices, then they are told apart', async () => {
      const groupId = addGroup('b000aaaa-0005-4000-8000-000000000005', 'All kinds', {
        memberIds: [demoPeople.owen, demoGroups.vip, 'ffffffff-0001-4000-8000-000000000001'],
      });

      const members = await ask({ ask: 'groupMembers', groupId });

      assert.deepEqual(members, {
        people: [
          {
            id: demoPeople.owen,
            name: "Owen O'Neil",
            userPrincipalName: "o'neil@contoso.com",
            mail: "o'neil@contoso.com",
            accountEnabled: true,
            isGuest: false,
            usageLocation: 'IE',
          },
        ],
        groups: [{ id: demoGroups.vip, name: 'Cloud PC VIP' }],
        others: 1,
      });
    });

    it('When members come in pages, and the first one is empty, then all of them are read', async () => {
      graph.simulator.tenant.paging.pageSize = 2;
      graph.simulator.tenant.paging.emptyFirstPage = true;
      const memberIds = Object.values(demoPeople);
      const groupId = addGroup('b000aaaa-0006-4000-8000-000000000006', 'Everybody', { memberIds });

      const members = await ask({ ask: 'groupMembers', groupId });

      assert.deepEqual(
        members?.people.map(({ id }) => id),
        memberIds,
      );
      assert.equal(graph.simulator.requests.length, 1 + Math.ceil(memberIds.length / 2));
    });
  });

  describe('everybody in a group', () => {
    const idsOf = (people: readonly { id: string }[] | null) => people?.map(({ id }) => id).sort();

    it('When groups are in the group, in a circle too, then everybody is there once, and nothing but people', async () => {
      const inner = addGroup('b000aaaa-0007-4000-8000-000000000007', 'Inner', {
        memberIds: [demoPeople.ben, demoPeople.cleo.toUpperCase(), 'ffffffff-0001-4000-8000-000000000001'],
      });
      const groupId = addGroup('b000aaaa-0008-4000-8000-000000000008', 'Outer', {
        memberIds: [demoPeople.ada, demoPeople.ben, inner],
      });
      graph.simulator.tenant.addMember(inner, groupId);

      const people = await ask({ ask: 'peopleIn', groupId });

      assert.deepEqual(idsOf(people), [demoPeople.ada, demoPeople.ben, demoPeople.cleo].sort());
      assert.deepEqual(people?.[0], {
        id: demoPeople.ada,
        name: 'Ada Arendt',
        userPrincipalName: 'ada@contoso.com',
        mail: 'ada@contoso.com',
        accountEnabled: true,
        isGuest: false,
        usageLocation: 'DE',
      });
      const [[path, query] = []] = urls();
      assert.deepEqual([path, query?.$top], [`/groups/${groupId}/transitiveMembers`, '999']);
    });

    it('When they come in pages, and the first one is empty, then all of them are read', async () => {
      graph.simulator.tenant.paging.pageSize = 2;
      graph.simulator.tenant.paging.emptyFirstPage = true;
      const memberIds = Object.values(demoPeople);
      const groupId = addGroup('b000aaaa-0009-4000-8000-000000000009', 'Everybody', { memberIds });

      assert.deepEqual(idsOf(await ask({ ask: 'peopleIn', groupId })), [...memberIds].sort());
      assert.equal(graph.simulator.requests.length, 1 + Math.ceil(memberIds.length / 2));
    });

    it('When somebody moves from one page to the next meanwhile, then that person is there once', async () => {
      const member = (id: string) => ({
        '@odata.type': '#microsoft.graph.user',
        id,
        userPrincipalName: `${id}@contoso.com`,
      });
      const server = await serve(({ url }, response) => {
        const next = `${server.url}/beta/groups/g-1/transitiveMembers?$skiptoken=2`;
        const isFirst = !url.includes('skiptoken');
        const value = isFirst
          ? [member('u-1'), { '@odata.type': '#microsoft.graph.group', id: 'g-2' }]
          : [member('U-1')];
        sendJson(response, 200, isFirst ? { value, '@odata.nextLink': next } : { value: [...value, member('u-2')] });
      });

      const { people } = await buildGraph(server.url).tenant.read(
        { people: { ask: 'peopleIn', groupId: 'g-1' } },
        limits,
      );
      await server.close();

      assert.deepEqual(idsOf(people), ['u-1', 'u-2']);
    });

    it('When the group is gone, even between two pages, then null; when it is empty, then nobody', async () => {
      graph.simulator.tenant.paging.pageSize = 2;
      const groupId = addGroup('b000aaaa-0010-4000-8000-000000000010', 'Soon gone', {
        memberIds: Object.values(demoPeople),
      });
      graph.simulator.faults.add({
        match: { where: ({ query }) => query.has('$skiptoken') },
        fault: { status: 404, code: 'Request_ResourceNotFound' },
      });

      assert.equal(await ask({ ask: 'peopleIn', groupId }), null);
      assert.equal(await ask({ ask: 'peopleIn', groupId: 'b0000000-dead-4000-8000-000000000000' }), null);
      assert.deepEqual(await ask({ ask: 'peopleIn', groupId: demoGroups.vip }), []);
    });
  });

  describe('licences', () => {
    it('When a person has licences by groups, then each state names its group', async () => {
      const states = await ask({ ask: 'licenceStates', personId: demoPeople.ben });

      assert.deepEqual(states, [
        {
          skuId: demoSkus.cpu2,
          assignedByGroup: demoGroups.licence2Cpu,
          state: 'Active',
          error: null,
          disabledPlans: [],
        },
        {
          skuId: demoSkus.cpu8,
          assignedByGroup: demoGroups.licence8Cpu,
          state: 'Active',
          error: null,
          disabledPlans: [],
        },
      ]);
      assert.deepEqual(urls(), [[`/users/${demoPeople.ben}`, { $select: 'id,licenseAssignmentStates' }]]);
    });

    it('When the licence is used up or the country is missing, then the state says so', async () => {
      const { tenant } = graph.simulator;
      tenant.addMember(demoGroups.licence8Cpu, demoPeople.cleo);
      tenant.addMember(demoGroups.licence2Cpu, demoPeople.cleo);
      tenant.changePerson(demoPeople.ben, { usageLocation: null });
      tenant.addMember(demoGroups.licence8Cpu, demoPeople.ada);

      const of = async (personId: string) =>
        (await ask({ ask: 'licenceStates', personId }))?.map(({ state, error }) => [state, error]);

      assert.deepEqual(await of(demoPeople.ben), [
        ['Error', 'ProhibitedInUsageLocationViolation'],
        ['Error', 'ProhibitedInUsageLocationViolation'],
      ]);
      assert.deepEqual(await of(demoPeople.cleo), [
        ['Active', null],
        ['Active', null],
      ]);
      assert.deepEqual(await of(demoPeople.ada), [
        ['Active', null],
        ['Error', 'CountViolation'],
      ]);
    });

    it('When nobody is there, then null; when there is no licence, then an empty list', async () => {
      assert.equal(await ask({ ask: 'licenceStates', personId: 'nobody@contoso.com' }), null);
      assert.deepEqual(await ask({ ask: 'licenceStates', personId: demoPeople.owen }), []);
    });

    it('When the tenant is asked what it has bought, then free seats are what is enabled less what is used', async () => {
      const [first] = graph.simulator.tenant.skus;
      assert.ok(first);
      first.usedElsewhere = 30;

      const skus = await ask({ ask: 'skus' });

      assert.deepEqual(skus[0], {
        skuId: demoSkus.cpu4,
        partNumber: 'CPC_E_4C_16GB_256GB',
        capabilityStatus: 'Enabled',
        appliesTo: 'User',
        enabledSeats: 25,
        consumedSeats: 30,
        freeSeats: -5,
        servicePlans: [{ id: demoServicePlans.cpu4, name: 'CPC_E_4C_16GB_256GB' }],
      });
      assert.deepEqual(
        skus.map(({ freeSeats }) => freeSeats),
        [-5, 9, 0],
      );
      assert.deepEqual(Object.keys(urls()[0]?.[1] ?? {}), ['$select']);
    });

    it('When Frontline is asked for, then it is counted for the tenant', async () => {
      const plans = await ask({ ask: 'frontlinePlans' });

      assert.deepEqual(plans, [
        {
          id: demoFrontlinePlans.cpu2,
          name: 'Cloud PC Frontline 2vCPU/8GB/128GB',
          totalCount: 12,
          usedCount: 0,
        },
        {
          id: demoFrontlinePlans.cpu4,
          name: 'Cloud PC Frontline 4vCPU/16GB/128GB',
          totalCount: 2,
          usedCount: 0,
        },
      ]);
    });
  });

  describe('policies and settings', () => {
    it('When provisioning policies are read, then with the groups they are assigned to', async () => {
      const { tenant } = graph.simulator;
      tenant.paging.pageSize = 1;
      const [, design] = tenant.provisioningPolicies;
      assert.ok(design);
      design.servicePlanId = demoServicePlans.cpu8.toUpperCase();
      design.assignedGroupIds = [demoGroups.designUsers.toUpperCase(), demoGroups.vip];

      const policies = await ask({ ask: 'provisioningPolicies' });

      assert.deepEqual(policies, [
        {
          id: demoPolicies.officeWestEurope,
          name: 'Office West Europe',
          provisioningType: 'dedicated',
          imageName: 'Windows 11 Enterprise + Microsoft 365 Apps 24H2',
          assignments: [{ groupId: demoGroups.officeUsers, servicePlanId: null }],
        },
        {
          id: demoPolicies.designNorthEurope,
          name: 'Design North Europe',
          provisioningType: 'sharedByUser',
          imageName: 'Windows 11 Enterprise + Microsoft 365 Apps 24H2',
          assignments: [
            { groupId: demoGroups.designUsers, servicePlanId: demoServicePlans.cpu8 },
            { groupId: demoGroups.vip, servicePlanId: demoServicePlans.cpu8 },
          ],
        },
        {
          id: demoPolicies.shiftsWestEurope,
          name: 'Shifts West Europe',
          provisioningType: 'sharedByUser',
          imageName: 'Windows 11 Enterprise + Microsoft 365 Apps 24H2',
          assignments: [
            { groupId: demoGroups.frontline2Cpu, servicePlanId: demoFrontlinePlans.cpu2 },
            { groupId: demoGroups.frontline4Cpu, servicePlanId: demoFrontlinePlans.cpu4 },
          ],
        },
      ]);
    });

    it('When a policy has several sizes, then each group has its own, and what names no group is left out', async () => {
      const target = (groupId: string | null, servicePlanId: string | null) => ({ target: { groupId, servicePlanId } });
      const assignments = [
        target('G-1', 'PLAN-1'),
        target(null, 'PLAN-1'),
        target('G-2', 'PLAN-2'),
        target('G-3', null),
      ];
      const value = ['sharedByUser', 'sharedByEntraGroup', 'reserve'].map((provisioningType) => ({
        id: provisioningType,
        displayName: 'Shift work',
        provisioningType,
        assignments,
      }));
      const other = await serve((_request, response) => sendJson(response, 200, { value }));

      const { it: policies } = await buildGraph(other.url).tenant.read({ it: { ask: 'provisioningPolicies' } }, limits);
      await other.close();

      assert.equal(other.seen[0]?.headers.prefer, 'include-unknown-enum-members');
      assert.deepEqual(
        policies.map(({ provisioningType }) => provisioningType),
        ['sharedByUser', 'sharedByEntraGroup', 'reserve'],
      );
      assert.deepEqual(policies[0]?.assignments, [
        { groupId: 'g-1', servicePlanId: 'plan-1' },
        { groupId: 'g-2', servicePlanId: 'plan-2' },
        { groupId: 'g-3', servicePlanId: null },
      ]);
    });

    it('When user settings are read, then with what they allow and to whom', async () => {
      const settings = await ask({ ask: 'userSettings' });

      assert.deepEqual(settings, [
        {
          id: 'eeeeeeee-0001-4000-8000-000000000001',
          name: 'Restore and reset allowed',
          resetEnabled: true,
          localAdminEnabled: false,
          assignments: [{ groupId: demoGroups.resetAllowed, servicePlanId: null }],
        },
        {
          id: 'eeeeeeee-0002-4000-8000-000000000002',
          name: 'Restore and reset denied',
          resetEnabled: false,
          localAdminEnabled: false,
          assignments: [{ groupId: demoGroups.restoreDenied, servicePlanId: null }],
        },
      ]);
    });
  });

  it('When all of it is asked for at once, then it is one HTTP request', async () => {
    const answers = await graph.tenant.read(
      {
        group: { ask: 'group', groupId: demoGroups.admins },
        named: { ask: 'groupsNamed', name: officeName },
        members: { ask: 'groupMembers', groupId: demoGroups.approvers },
        states: { ask: 'licenceStates', personId: demoPeople.ada },
        skus: { ask: 'skus' },
        frontline: { ask: 'frontlinePlans' },
        policies: { ask: 'provisioningPolicies' },
        settings: { ask: 'userSettings' },
        reset: { ask: 'resetEnabled', personId: demoPeople.cleo },
      },
      limits,
    );

    assert.equal(answers.members?.people.length, 2);
    // The reset is decided by the same settings, asked for once, and then by groups.
    assert.deepEqual(
      graph.simulator.requests.map(({ path, parts }) => parts?.length ?? path),
      [8, `/users/${demoPeople.cleo}/checkMemberGroups`],
    );
  });
});
