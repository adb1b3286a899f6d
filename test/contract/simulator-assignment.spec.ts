// The simulator's Windows 365: who gets a Cloud PC, what becomes of it without licence or policy, and the seats of both kinds.
import assert from 'node:assert/strict';
import {
  demoCloudPcs,
  demoFrontlinePlans,
  demoGroups,
  demoPeople,
  demoPolicies,
  demoServicePlans,
  demoSkus,
  type FirstBuildScript,
  type Simulator,
  startSimulator,
} from '../../src/simulator/index.ts';
import { assertFits } from './assert-fits.ts';
import type { GraphVersion } from './description/index.ts';
import { sentByTest } from './recorder.ts';

// biome-ignore lint/suspicious/noExplicitAny: an answer is read as the test expects it, and fails where it is not so
type Json = Record<string, any>;

const cloudPcs = '/deviceManagement/virtualEndpoint/cloudPCs';
const frontlinePlans = '/beta/deviceManagement/virtualEndpoint/frontLineServicePlans';
const { cleo, owen, ada, ben, ivan, ines } = demoPeople;
const { officeUsers, designUsers, licence4Cpu, licence2Cpu, licence8Cpu } = demoGroups;
const buildMs = 10_000;
const appearMs = 2000;
const deprovisionMs = 3000;
const day = 24 * 60 * 60 * 1000;
const graceMs = 7 * day;

describe('simulator: the life of an assignment', () => {
  let simulator: Simulator;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = Date.parse('2026-11-23T13:00:00Z');
    simulator = await startSimulator({ now: () => nowMs, buildMs, delays: { appearMs, deprovisionMs } });
  });
  afterEach(() => simulator.close());

  async function ask(method: string, pathAndQuery: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(simulator.url + pathAndQuery, {
      method,
      headers: { ...sentByTest, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : undefined) as Json };
  }

  const later = (ms: number) => {
    nowMs += ms;
  };
  const join = async (groupId: string, personId: string) => {
    const reference = { '@odata.id': `${simulator.url}/v1.0/directoryObjects/${personId}` };
    assert.equal((await ask('POST', `/v1.0/groups/${groupId}/members/$ref`, reference)).status, 204);
  };
  const leave = async (groupId: string, personId: string) =>
    assert.equal((await ask('DELETE', `/v1.0/groups/${groupId}/members/${personId}/$ref`)).status, 204);
  const ownOf = async (alias: string): Promise<Json[]> => {
    const filter = encodeURIComponent(`userPrincipalName eq '${alias.replaceAll("'", "''")}@contoso.com'`);
    const preferred = { Prefer: 'include-unknown-enum-members' };
    return (await ask('GET', `/beta${cloudPcs}?$filter=${filter}`, undefined, preferred)).body.value;
  };
  const statusesOf = async (alias: string) => (await ownOf(alias)).map(({ status }) => status);
  const onlyOf = async (alias: string): Promise<Json> => {
    const [own, ...others] = await ownOf(alias);
    assert.ok(own && others.length === 0);
    return own;
  };
  const statesOf = async (personId: string) => {
    const { body } = await ask('GET', `/v1.0/users/${personId}?$select=licenseAssignmentStates`);
    return body.licenseAssignmentStates.map(({ state, error }: Json) => [state, error].join(' '));
  };
  const consumed = async (skuId: string) => {
    const skus: Json[] = (await ask('GET', '/v1.0/subscribedSkus')).body.value;
    return skus.find((sku) => sku.skuId === skuId)?.consumedUnits;
  };
  const endGrace = (id: string, version: GraphVersion = 'v1.0') =>
    ask('POST', `/${version}${cloudPcs}/${id}/endGracePeriod`);
  /** Cléo has a Cloud PC by the 4 vCPU licence and the policy of the office. */
  const cleoHasOne = async (): Promise<Json> => {
    await join(officeUsers, cleo);
    await join(licence4Cpu, cleo);
    later(appearMs + buildMs);
    return onlyOf('cleo');
  };

  describe('by a licence and a policy', () => {
    it('When somebody joins both groups, then a Cloud PC of that plan appears, is built, and is ready', async () => {
      await join(officeUsers, cleo);
      await join(licence4Cpu, cleo);
      later(appearMs - 1);
      assert.deepEqual(await ownOf('cleo'), []);

      later(1);
      const appeared = await onlyOf('cleo');
      later(buildMs / 2);
      const building = await onlyOf('cleo');
      later(buildMs / 2);
      const ready = await onlyOf('cleo');

      assert.deepEqual(
        [appeared, building, ready].map(({ id, status }) => [id, status]),
        [
          [appeared.id, 'notProvisioned'],
          [appeared.id, 'provisioning'],
          [appeared.id, 'provisioned'],
        ],
      );
      assert.deepEqual([appeared.managedDeviceName, appeared.provisionedDateTime], [null, null]);
      assert.equal(ready.servicePlanId, demoServicePlans.cpu4);
      assert.equal(ready.servicePlanName, 'Cloud PC Enterprise 4vCPU/16GB/256GB');
      assert.equal(ready.provisioningPolicyId, demoPolicies.officeWestEurope);
      assert.match(ready.managedDeviceName, /^CPC-cleo-\w{5}$/);
      assert.equal(ready.provisionedDateTime, new Date(nowMs).toISOString());
      for (const [version, one] of [['beta', appeared] as const, ['beta', ready] as const])
        assertFits(version, 'cloudPC', one);
    });

    it('When nobody looked meanwhile, then it has happened at its own time all the same', async () => {
      await join(officeUsers, cleo);
      await join(licence4Cpu, cleo);
      const readyAt = nowMs + appearMs + buildMs;
      later(2 * day);

      assert.equal((await onlyOf('cleo')).provisionedDateTime, new Date(readyAt).toISOString());
    });

    it('When the first build runs, then no remote action is reported, and a reprovision is a conflict', async () => {
      await join(officeUsers, cleo);
      await join(licence4Cpu, cleo);
      later(appearMs + buildMs / 2);
      const { id } = await onlyOf('cleo');
      const during = await ask('GET', `/beta${cloudPcs}/${id}?$select=lastRemoteActionResult`);
      const refused = await ask('POST', `/v1.0${cloudPcs}/${id}/reprovision`);
      later(buildMs);
      const after = await ask('GET', `/beta${cloudPcs}/${id}?$select=lastRemoteActionResult`);

      assert.deepEqual([during.body.lastRemoteActionResult, after.body.lastRemoteActionResult], [null, null]);
      assert.equal(refused.status, 409);
      assert.equal((await ask('POST', `/v1.0${cloudPcs}/${id}/reprovision`)).status, 204);
    });

    const scripts: [FirstBuildScript, string[], string | null][] = [
      [{ outcome: 'provisionedWithWarnings' }, ['provisionedWithWarnings'], 'internalServerError'],
      [{ outcome: 'failed' }, ['failed'], 'intuneEnrollFailed'],
      [{ outcome: 'provisioned', buildMs: 2 * buildMs }, ['provisioning'], null],
      [{ outcome: 'never' }, ['provisioning'], null],
      [{ outcome: 'vanish' }, [], null],
      [{ outcome: 'provisioned', appearMs: Number.POSITIVE_INFINITY }, [], null],
      [{ outcome: 'provisioned', appearMs: 2 * appearMs }, ['provisioning'], null],
    ];
    for (const [script, statuses, code] of scripts) {
      it(`When the first build is told ${JSON.stringify(script)}, then so it goes`, async () => {
        simulator.tenant.nextFirstBuild(cleo, script);
        await join(officeUsers, cleo);
        await join(licence4Cpu, cleo);
        later(appearMs + buildMs);
        const own = await ownOf('cleo');

        assert.deepEqual(
          own.map(({ status }) => status),
          statuses,
        );
        assert.equal(own[0]?.statusDetail?.code ?? null, code);
      });
    }

    const without: [string, () => Promise<void>][] = [
      ['a policy', () => join(licence4Cpu, cleo)],
      ['a licence', () => join(officeUsers, cleo)],
      [
        'a country',
        async () => {
          simulator.tenant.changePerson(cleo, { usageLocation: null });
          await join(officeUsers, cleo);
          await join(licence4Cpu, cleo);
          assert.deepEqual(await statesOf(cleo), ['Error ProhibitedInUsageLocationViolation']);
        },
      ],
      [
        'a seat',
        async () => {
          await join(officeUsers, cleo);
          await join(licence8Cpu, cleo);
          assert.deepEqual(await statesOf(cleo), ['Error CountViolation']);
        },
      ],
      [
        'the plan, for the group leaves it out',
        async () => {
          const assignedLicenses = [{ skuId: demoSkus.cpu4, disabledPlans: [demoServicePlans.cpu4] }];
          simulator.tenant.changeGroup(licence4Cpu, { assignedLicenses });
          await join(officeUsers, cleo);
          await join(licence4Cpu, cleo);
        },
      ],
    ];
    for (const [what, play] of without) {
      it(`When somebody is without ${what}, then nothing appears`, async () => {
        await play();
        later(day);

        assert.deepEqual(await ownOf('cleo'), []);
      });
    }

    it('When what was missing comes later, then the Cloud PC does too', async () => {
      simulator.tenant.changePerson(cleo, { usageLocation: null });
      await join(licence4Cpu, cleo);
      await join(officeUsers, cleo);
      later(day);
      simulator.tenant.changePerson(cleo, { usageLocation: 'FR' });
      later(appearMs);

      assert.deepEqual(await statusesOf('cleo'), ['notProvisioned']);
    });

    it('When the membership ends before anything has appeared, then nothing does', async () => {
      await join(officeUsers, cleo);
      await join(licence4Cpu, cleo);
      later(appearMs / 2);
      await leave(licence4Cpu, cleo);
      later(day);

      assert.deepEqual(await ownOf('cleo'), []);
    });

    it('When the policy is assigned to a group around the group, then that counts too', async () => {
      await join(officeUsers, demoGroups.vip);
      await join(licence4Cpu, cleo);
      await join(demoGroups.vip, cleo);
      later(appearMs);

      assert.deepEqual(await statusesOf('cleo'), ['notProvisioned']);
    });

    it('When the group that somebody is in joins the group of a policy, then that counts, and so does its leaving', async () => {
      await join(licence4Cpu, cleo);
      await join(demoGroups.vip, cleo);
      await join(officeUsers, demoGroups.vip);
      later(appearMs + buildMs);
      assert.deepEqual(await statusesOf('cleo'), ['provisioned']);
      await leave(officeUsers, demoGroups.vip);

      assert.deepEqual(await statusesOf('cleo'), ['inGracePeriod']);
    });

    it('When another licence has the same plan, then there is a Cloud PC for each', async () => {
      const [like] = simulator.tenant.skus;
      assert.ok(like);
      const skuId = '7818ca3e-73c8-4e49-bc34-1276a2d27918';
      await cleoHasOne();
      simulator.tenant.skus.push({ ...like, skuId, skuPartNumber: 'CPC_E_4C_16GB_256GB_KL' });
      simulator.tenant.changeGroup(licence2Cpu, { assignedLicenses: [{ skuId, disabledPlans: [] }] });
      await join(licence2Cpu, cleo);
      later(appearMs);

      assert.deepEqual(await statusesOf('cleo'), ['provisioned', 'notProvisioned']);
    });

    it('When two policies meet, then the first wins', async () => {
      await join(designUsers, cleo);
      later(1);
      await join(officeUsers, cleo);
      await join(licence4Cpu, cleo);
      later(appearMs);

      assert.equal((await onlyOf('cleo')).provisioningPolicyId, demoPolicies.designNorthEurope);
    });

    it('When somebody has two licences, then two Cloud PCs; when one licence by two groups, then one', async () => {
      simulator.tenant.addGroup({
        id: 'bbbbbbbb-0f00-4000-8000-000000000001',
        displayName: 'lic - again',
        description: null,
        memberIds: [owen, cleo],
        assignedLicenses: [{ skuId: demoSkus.cpu4, disabledPlans: [] }],
      });
      for (const person of [cleo, owen]) await join(officeUsers, person);
      await join(licence4Cpu, owen);
      await join(licence2Cpu, cleo);
      later(appearMs + buildMs);

      assert.deepEqual(await statusesOf("o'neil"), ['provisioned']);
      assert.deepEqual((await ownOf('cleo')).map(({ servicePlanId }) => servicePlanId).sort(), [
        demoServicePlans.cpu2,
        demoServicePlans.cpu4,
      ]);
    });

    it('When a Cloud PC of the plan stands there already, then it is the one of this licence', async () => {
      simulator.tenant.addCloudPc({
        id: 'b0a9cde2-0001-4dd9-97c3-ad1d3328a711',
        name: 'CPC-cleo-1',
        userPrincipalName: 'cleo@contoso.com',
        ownerName: 'Cléo Costa',
        servicePlan: { id: demoServicePlans.cpu4, name: '4' },
        provisioningPolicyId: demoPolicies.officeWestEurope,
        provisionedDateTime: '2026-03-12T09:22:00Z',
      });
      await join(officeUsers, cleo);
      await join(licence4Cpu, cleo);
      later(day);
      assert.deepEqual(await statusesOf('cleo'), ['provisioned']);

      await leave(licence4Cpu, cleo);
      assert.deepEqual(await statusesOf('cleo'), ['inGracePeriod']);
    });

    it('When nothing changes, then whatever was there stays as it was', async () => {
      const before = (await ask('GET', `/beta${cloudPcs}`)).body.value;
      later(30 * day);

      assert.deepEqual((await ask('GET', `/beta${cloudPcs}`)).body.value, before);
      assert.equal(before.length, 3);
    });
  });

  describe('delays', () => {
    it('When licensing takes time, then state, seat and Cloud PC wait for it, in both directions', async () => {
      simulator.tenant.delays.licensingMs = 60_000;
      await join(officeUsers, cleo);
      await join(licence4Cpu, cleo);
      later(59_999);
      assert.deepEqual([await statesOf(cleo), await consumed(demoSkus.cpu4)], [[], 1]);
      later(1);
      assert.deepEqual([await statesOf(cleo), await consumed(demoSkus.cpu4)], [['Active None'], 2]);
      later(appearMs + buildMs);

      await leave(licence4Cpu, cleo);
      later(59_999);
      assert.deepEqual([await statesOf(cleo), await statusesOf('cleo')], [['Active None'], ['provisioned']]);
      later(1);
      assert.deepEqual([await statesOf(cleo), await statusesOf('cleo')], [[], ['inGracePeriod']]);
    });

    it('When a membership is not visible yet, then no reader sees it, and it cannot be added twice', async () => {
      simulator.tenant.delays.membershipVisibleMs = 60_000;
      const seen = async () => {
        const check = await ask('POST', `/v1.0/users/${cleo}/checkMemberGroups`, {
          groupIds: [officeUsers, demoGroups.resetAllowed],
        });
        const lists = ['members', 'transitiveMembers'].map(async (list) => {
          const { body } = await ask('GET', `/v1.0/groups/${officeUsers}/${list}`);
          return body.value.some(({ id }: Json) => id === cleo);
        });
        return [check.body.value.length, ...(await Promise.all(lists))];
      };
      await join(officeUsers, cleo);
      later(59_999);
      const reference = { '@odata.id': `${simulator.url}/v1.0/directoryObjects/${cleo}` };
      const again = await ask('POST', `/v1.0/groups/${officeUsers}/members/$ref`, reference);

      assert.deepEqual(await seen(), [0, false, false]);
      assert.equal(again.status, 400);
      later(1);
      assert.deepEqual(await seen(), [2, true, true]);
      await leave(officeUsers, cleo);
      assert.deepEqual(await seen(), [0, false, false]);
    });
  });

  describe('seats', () => {
    beforeEach(() => {
      const sku = simulator.tenant.skus.find(({ skuId }) => skuId === demoSkus.cpu4);
      assert.ok(sku);
      sku.usedElsewhere = sku.enabledUnits - 2;
    });

    it('When two want the last one, then the first has it, and the other gets it when it is free', async () => {
      for (const person of [cleo, owen]) await join(officeUsers, person);
      await join(licence4Cpu, cleo);
      await join(licence4Cpu, owen);
      later(appearMs + buildMs);
      assert.deepEqual([await statesOf(cleo), await statesOf(owen)], [['Active None'], ['Error CountViolation']]);
      assert.deepEqual([await statusesOf('cleo'), await statusesOf("o'neil")], [['provisioned'], []]);
      assert.equal(await consumed(demoSkus.cpu4), 25);

      await leave(licence4Cpu, cleo);
      later(appearMs);
      assert.deepEqual([await statesOf(cleo), await statesOf(owen)], [[], ['Active None']]);
      assert.deepEqual([await statusesOf('cleo'), await statusesOf("o'neil")], [['inGracePeriod'], ['notProvisioned']]);
    });

    it('When several wait, then whoever came first is next', async () => {
      for (const person of [cleo, owen, ivan, ines]) await join(licence4Cpu, person);
      await leave(licence4Cpu, owen);
      await leave(licence4Cpu, cleo);

      assert.deepEqual([await statesOf(ivan), await statesOf(ines)], [['Active None'], ['Error CountViolation']]);
    });

    it('When seats are bought, then whoever waits gets one; when fewer are left, then everybody keeps theirs', async () => {
      for (const person of [cleo, owen, ivan]) await join(licence4Cpu, person);
      const sku = simulator.tenant.skus.find(({ skuId }) => skuId === demoSkus.cpu4);
      assert.ok(sku);
      assert.deepEqual(await statesOf(owen), ['Error CountViolation']);
      sku.usedElsewhere -= 1;
      assert.deepEqual([await statesOf(owen), await statesOf(ivan)], [['Active None'], ['Error CountViolation']]);
      sku.usedElsewhere += 5;
      assert.deepEqual([await statesOf(cleo), await statesOf(owen)], [['Active None'], ['Active None']]);
    });

    it('When the account is removed, then its seat is free, and its Cloud PC stays', async () => {
      await join(licence4Cpu, cleo);
      assert.equal(await consumed(demoSkus.cpu4), 25);
      simulator.tenant.removePerson(ada);

      assert.equal(await consumed(demoSkus.cpu4), 24);
      assert.deepEqual(await statusesOf('ada'), ['provisioned']);
    });
  });

  describe('the grace period', () => {
    it('When the licence is taken, then it begins; when it comes back, then it is over', async () => {
      const { id, managedDeviceId } = await cleoHasOne();
      await leave(licence4Cpu, cleo);
      const grace = await onlyOf('cleo');
      later(graceMs - 1);
      await join(licence4Cpu, cleo);
      const restored = await onlyOf('cleo');
      later(30 * day);

      assert.equal(grace.status, 'inGracePeriod');
      assert.equal(grace.gracePeriodEndDateTime, new Date(nowMs - 30 * day + 1).toISOString());
      assertFits('beta', 'cloudPC', grace);
      assert.deepEqual(
        [restored.id, restored.status, restored.managedDeviceId, restored.gracePeriodEndDateTime],
        [id, 'provisioned', managedDeviceId, null],
      );
      assert.deepEqual(await statusesOf('cleo'), ['provisioned']);
    });

    it('When nothing happens, then the Cloud PC goes at its end', async () => {
      const { id } = await cleoHasOne();
      await leave(licence4Cpu, cleo);
      later(graceMs);
      assert.deepEqual(await statusesOf('cleo'), ['deprovisioning']);
      later(deprovisionMs);

      assert.deepEqual(await ownOf('cleo'), []);
      assert.equal((await ask('GET', `/beta${cloudPcs}/${id}`)).status, 404);
    });

    it('When it was ready with warnings, then it comes back so', async () => {
      await leave(licence2Cpu, ben);
      const during = simulator.tenant.findCloudPc(demoCloudPcs.benOffice)?.status;
      await join(licence2Cpu, ben);

      assert.equal(during, 'inGracePeriod');
      assert.equal(simulator.tenant.findCloudPc(demoCloudPcs.benOffice)?.status, 'provisionedWithWarnings');
      assert.equal(simulator.tenant.findCloudPc(demoCloudPcs.benDesign)?.status, 'provisioned');
    });

    it('When the group of the policy is left, then it begins too, and coming back ends it', async () => {
      await cleoHasOne();
      await leave(officeUsers, cleo);
      assert.deepEqual([await statusesOf('cleo'), await statesOf(cleo)], [['inGracePeriod'], ['Active None']]);
      await join(officeUsers, cleo);
      assert.deepEqual(await statusesOf('cleo'), ['provisioned']);
    });

    it('When another policy takes over, then it goes in the end, and that policy builds a new one', async () => {
      const { id } = await cleoHasOne();
      await join(designUsers, cleo);
      await leave(officeUsers, cleo);
      assert.deepEqual(await statusesOf('cleo'), ['inGracePeriod']);
      await endGrace(id);
      later(deprovisionMs + appearMs + buildMs);
      const successor = await onlyOf('cleo');

      assert.notEqual(successor.id, id);
      assert.deepEqual(
        [successor.status, successor.provisioningPolicyId],
        ['provisioned', demoPolicies.designNorthEurope],
      );
    });

    it('When it was never ready, then there is nothing to be kept, and it goes at once', async () => {
      simulator.tenant.nextFirstBuild(cleo, { outcome: 'failed' });
      await cleoHasOne();
      await leave(licence4Cpu, cleo);
      assert.deepEqual(await statusesOf('cleo'), ['deprovisioning']);
      later(deprovisionMs);
      assert.deepEqual(await ownOf('cleo'), []);
    });

    it('When it has another id since a reprovision, then it is still the one of its licence', async () => {
      simulator.tenant.nextBuild(demoCloudPcs.ada, { outcome: 'newId' });
      simulator.tenant.reprovisionInIntune(demoCloudPcs.ada);
      later(buildMs);
      assert.deepEqual(await statusesOf('ada'), ['provisioned']);
      await leave(licence4Cpu, ada);
      assert.deepEqual(await statusesOf('ada'), ['inGracePeriod']);
    });
  });

  describe('ending the grace period', () => {
    for (const version of ['v1.0', 'beta'] as const) {
      it(`When it is ended in ${version}, then 204, and the Cloud PC is deprovisioned and gone`, async () => {
        const { id } = await cleoHasOne();
        await leave(licence4Cpu, cleo);
        const ended = await endGrace(id, version);
        assert.deepEqual([ended.status, ended.body], [204, undefined]);
        assert.deepEqual(await statusesOf('cleo'), ['deprovisioning']);

        const again = await endGrace(id, version);
        await join(licence4Cpu, cleo);
        assert.deepEqual(await statusesOf('cleo'), ['deprovisioning']);
        await leave(licence4Cpu, cleo);
        later(deprovisionMs);
        const gone = await endGrace(id, version);

        assert.deepEqual([again.status, gone.status], [409, 404]);
        assert.deepEqual(await ownOf('cleo'), []);
        assert.deepEqual(simulator.tenant.endGracePosts(id), { received: 3, applied: 1 });
        assert.deepEqual(simulator.tenant.endGracePosts(), { received: 3, applied: 1 });
      });
    }

    it('When there is none, then 400, and nothing changes', async () => {
      assert.equal((await endGrace(demoCloudPcs.ada)).status, 400);
      assert.deepEqual(await statusesOf('ada'), ['provisioned']);
      assert.deepEqual(simulator.tenant.endGracePosts(demoCloudPcs.ada), { received: 1, applied: 0 });
    });

    it('When a test has put a Cloud PC into it, then it is ended just so', async () => {
      simulator.tenant.changeCloudPc(demoCloudPcs.ada, { status: 'inGracePeriod' });
      later(graceMs);
      assert.equal((await endGrace(demoCloudPcs.ada)).status, 204);
      later(deprovisionMs);
      assert.equal((await ask('GET', `/beta${cloudPcs}/${demoCloudPcs.ada}`)).status, 404);
    });

    it('When a fault strikes, then the request was received; when it lies, then it was applied as well', async () => {
      const { id } = await cleoHasOne();
      await leave(licence4Cpu, cleo);
      simulator.faults.add({ match: { path: /endGracePeriod$/ }, fault: { status: 503 }, times: 1 });
      assert.equal((await endGrace(id)).status, 503);
      assert.deepEqual(simulator.tenant.endGracePosts(id), { received: 1, applied: 0 });
      simulator.faults.add({ match: { path: /endGracePeriod$/ }, fault: { applyThenStatus: 504 }, times: 1 });
      assert.equal((await endGrace(id)).status, 504);
      assert.deepEqual(simulator.tenant.endGracePosts(id), { received: 2, applied: 1 });
    });

    it('When only reading is granted, then 403', async () => {
      simulator.tenant.permissions.take('CloudPC.ReadWrite.All');
      simulator.tenant.permissions.grant('CloudPC.Read.All');

      assert.equal((await endGrace(demoCloudPcs.ada)).status, 403);
    });
  });

  describe('Frontline', () => {
    const { frontline2Cpu, frontline4Cpu } = demoGroups;
    const used = async () => (await ask('GET', frontlinePlans)).body.value.map(({ usedCount }: Json) => usedCount);

    it('When somebody joins the group of a size, then a Cloud PC of that size takes one of its seats', async () => {
      await join(frontline4Cpu, cleo);
      later(appearMs + buildMs);
      const own = await onlyOf('cleo');

      assert.deepEqual(
        [own.status, own.productType, own.provisioningType, own.servicePlanId, own.provisioningPolicyId],
        ['provisioned', 'frontline', 'sharedByUser', demoFrontlinePlans.cpu4, demoPolicies.shiftsWestEurope],
      );
      assertFits('beta', 'cloudPC', own);
      assert.deepEqual(await used(), [0, 1]);
      assert.deepEqual(await statesOf(cleo), []);
    });

    it('When the seats are taken, then nothing appears until one is free', async () => {
      for (const person of [cleo, ivan, owen]) await join(frontline4Cpu, person);
      later(appearMs + buildMs);
      assert.deepEqual([await used(), await statusesOf("o'neil")], [[0, 2], []]);
      await leave(frontline4Cpu, cleo);
      later(appearMs);

      assert.deepEqual([await used(), await statusesOf("o'neil")], [[0, 2], ['notProvisioned']]);
      assert.deepEqual(await statusesOf('cleo'), ['inGracePeriod']);
    });

    it('When somebody is in both sizes, then there are two; leaving one leaves the other', async () => {
      await join(frontline2Cpu, cleo);
      await join(frontline4Cpu, cleo);
      later(appearMs + buildMs);
      await leave(frontline2Cpu, cleo);

      assert.deepEqual((await statusesOf('cleo')).sort(), ['inGracePeriod', 'provisioned']);
      assert.deepEqual(await used(), [0, 1]);
    });

    it('When the policy is of the older kind, then so are its Cloud PCs; when of shared devices, then there are none', async () => {
      const policy = simulator.tenant.provisioningPolicies.find(({ id }) => id === demoPolicies.shiftsWestEurope);
      assert.ok(policy);
      policy.provisioningType = 'shared';
      await join(frontline2Cpu, cleo);
      later(appearMs + buildMs);
      assert.equal((await onlyOf('cleo')).provisioningType, 'shared');

      policy.provisioningType = 'sharedByEntraGroup';
      await join(frontline2Cpu, owen);
      later(appearMs);
      assert.deepEqual([await statusesOf('cleo'), await statusesOf("o'neil")], [['inGracePeriod'], []]);
    });
  });

  describe('what else an assignment needs', () => {
    it('When groups are looked for by a prefix, then those are found, whatever the case', async () => {
      const named = async (prefix: string) => {
        const filter = encodeURIComponent(`startswith(displayName,'${prefix}')`);
        return (await ask('GET', `/v1.0/groups?$filter=${filter}`)).body.value.map(({ id }: Json) => id);
      };

      assert.deepEqual(await named('cfg - Windows 365 - Provisioning - '), [officeUsers, designUsers]);
      assert.deepEqual(await named('CFG - windows 365 - user settings - '), [
        demoGroups.resetAllowed,
        demoGroups.restoreDenied,
      ]);
    });

    it('When a mail has headers of its own, then they are kept', async () => {
      const internetMessageHeaders = [{ name: 'x-concierge-request', value: 'W365-7F3K' }];
      const message = {
        subject: 'Out of licences',
        body: { contentType: 'Text', content: 'None is free.' },
        toRecipients: [{ emailAddress: { address: 'support@contoso.com' } }],
        internetMessageHeaders,
      };
      const { status } = await ask('POST', '/v1.0/users/cloudpc@contoso.com/sendMail', { message });

      assert.equal(status, 202);
      assert.deepEqual(simulator.tenant.mails[0]?.message.internetMessageHeaders, internetMessageHeaders);
    });

    it('When the grace period of the tenant is another, then its policies say so', async () => {
      simulator.tenant.delays.graceMs = 2 * day;
      const { body } = await ask('GET', '/v1.0/deviceManagement/virtualEndpoint/provisioningPolicies');

      assert.equal(body.value[0].gracePeriodInHours, 48);
    });
  });
});
