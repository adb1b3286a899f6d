// What the runbooks of assign and unassign trip over (docs/runbook-parity.md), with the real Graph client on the simulator.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { minute } from '../../src/domain/time.ts';
import type { CardView } from '../../src/domain/views.ts';
import { createDeadline } from '../../src/requests/deps.ts';
import { onlyOfLicence } from '../../src/requests/of-licence.ts';
import { askUnassign } from '../../src/requests/person/ask-unassign.ts';
import {
  demoCloudPcs,
  demoFrontlinePlans,
  demoGroups,
  demoPeople,
  demoPolicies,
  demoServicePlans,
  demoSkus,
} from '../../src/simulator/index.ts';
import { type AssignStage, startAssignStage } from '../fakes/assign-play.ts';
import { assignPolicy, licenceNames } from '../fakes/assigning.ts';

const cleo = 'cleo@contoso.com';
const owen = "o'neil@contoso.com";

describe('what the runbooks trip over', function () {
  this.timeout(60_000);
  let stage: AssignStage;

  beforeEach(async () => {
    stage = await startAssignStage({ delays: { firstBuildMs: minute } });
  });
  afterEach(() => stage.stop());

  const groupsOf = (personId: string) =>
    stage.tenant.groups.filter(({ memberIds }) => memberIds.includes(personId)).map(({ id }) => id);
  const changes = () =>
    stage.simulator.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/members/')).length;

  async function assigns(upn: string, licence?: string) {
    const form = await stage.asks(upn, licence);
    assertSent(await stage.submits(form));
    await stage.approves(form.requestId);
    return stage.follows(form.requestId);
  }

  /** Between approval and check the tenant becomes another; the check must see it. */
  async function refusedAfter(change: () => void, upn = cleo): Promise<string | undefined> {
    const form = await stage.asks(upn);
    assertSent(await stage.submits(form, { ticket: true }));
    change();
    await stage.approves(form.requestId);
    const item = await stage.follows(form.requestId);
    assert.equal(item.state, 'skipped');
    assert.equal(changes(), 0, 'nothing was changed');
    assert.equal(stage.tenant.mails.length, 0, 'no ticket');
    return item.outcome?.code;
  }

  it('When a licence group has hundreds of members, then who is among the last ones is found, by assign and by unassign', async () => {
    const others = Array.from({ length: 350 }, () => randomUUID());
    const group = stage.tenant.findGroup(demoGroups.licence4Cpu);
    stage.tenant.changeGroup(demoGroups.licence4Cpu, {
      memberIds: [...others, ...(group?.memberIds ?? []).filter((id) => id !== demoPeople.ada), demoPeople.ada],
    });

    assert.match(problemOf(await stage.submits(await stage.asks('ada@contoso.com'))), /alreadyHas/);
    const requestId = await stage.takesBack('ada@contoso.com', null);
    await stage.approves(requestId);

    assert.equal((await stage.follows(requestId)).outcome?.code, 'unassigned');
    assert.deepEqual(groupsOf(demoPeople.ada), []);
  });

  it('When a group that is joined has hundreds of members, then that the person is in it is seen at the first look', async () => {
    const others = Array.from({ length: 350 }, () => randomUUID());
    stage.tenant.changeGroup(demoGroups.officeUsers, { memberIds: others });

    const item = await assigns(cleo);

    assert.equal(item.outcome?.code, 'ready');
    assert.ok(groupsOf(demoPeople.cleo).includes(demoGroups.officeUsers));
  });

  it('When UPN and names of groups have apostrophes, then it is assigned and taken back like any other', async () => {
    const licence = "lic - Windows 365 Enterprise - the O'Neils' & friends";
    await stage.stop();
    stage = await startAssignStage({
      delays: { firstBuildMs: minute },
      policy: { windows365: { ...assignPolicy.windows365, licenceGroups: [licence] } as Policy['windows365'] },
    });
    stage.tenant.changeGroup(demoGroups.licence4Cpu, { displayName: licence });

    assert.equal((await assigns(owen, licence)).outcome?.code, 'ready');
    const requestId = await stage.takesBack(owen, null, true);
    await stage.approves(requestId);

    assert.equal((await stage.follows(requestId)).outcome?.code, 'unassigned');
    assert.deepEqual(groupsOf(demoPeople.owen), []);
    stage.time.now += minute;
    assert.deepEqual(cloudPcsOf(stage, owen), []);
  });

  it('When two groups have the name of a licence group, then it is not offered; when the second comes later, then nothing is changed', async () => {
    const twin = { ...aGroup(licenceNames.cpu4), assignedLicenses: [{ skuId: demoSkus.cpu4, disabledPlans: [] }] };

    assert.equal(await refusedAfter(() => stage.tenant.addGroup(twin)), 'groupAmbiguous');

    const form = await stage.asks(owen);
    assert.ok(!form.entitlements.some(({ name }) => name === licenceNames.cpu4));
  });

  for (const [what, change, code] of [
    ['has become dynamic', { groupTypes: ['DynamicMembership'] }, 'groupNotWritable'],
    ['is kept on premises by now', { onPremisesSyncEnabled: true }, 'groupNotWritable'],
    ['has no licence any more', { assignedLicenses: [] }, 'noSku'],
    [
      'has two licences',
      { assignedLicenses: [demoSkus.cpu4, demoSkus.cpu2].map((skuId) => ({ skuId, disabledPlans: [] })) },
      'severalSkus',
    ],
    ['has another licence', { assignedLicenses: [{ skuId: demoSkus.cpu2, disabledPlans: [] }] }, 'policyChanged'],
    ['has another name', { displayName: 'lic - old' }, 'groupGone'],
  ] as const)
    it(`When the licence group ${what}, then nothing is changed, that is the reason, and no ticket is sent`, async () => {
      const found = await refusedAfter(() =>
        stage.tenant.changeGroup(demoGroups.licence4Cpu, structuredClone(change) as never),
      );

      assert.equal(found, code);
    });

  for (const [what, change, code] of [
    ['has no usage location', () => stage.tenant.changePerson(cleo, { usageLocation: null }), 'noUsageLocation'],
    ['cannot sign in', () => stage.tenant.changePerson(cleo, { accountEnabled: false }), 'personDisabled'],
    ['is gone', () => stage.tenant.removePerson(cleo), 'personGone'],
    ['has it meanwhile', () => stage.tenant.addMember(demoGroups.licence4Cpu, demoPeople.cleo), 'alreadyHas'],
    [
      'is in another group of the prefix by now',
      () => stage.tenant.addMember(demoGroups.designUsers, demoPeople.cleo),
      'otherGroup',
    ],
  ] as const)
    it(`When the person ${what} when it begins, then nothing is changed, and that is the reason`, async () => {
      assert.equal(await refusedAfter(change), code);
    });

  it('When the person has no usage location at the form, then it says so instead of beginning', async () => {
    stage.tenant.changePerson(cleo, { usageLocation: null });

    const form = await stage.submits(await stage.asks(cleo), { reason: 'For Monday', ticket: false });

    assert.match(problemOf(form), /noUsageLocation/);
    assert.ok(form.card === 'assign');
    assert.deepEqual([form.written?.reason, form.written?.ticket], ['For Monday', false]);
  });

  it('When no seat is left and the person has it already, then that is said, and no ticket is sent', async () => {
    const form = await stage.asks('ben@contoso.com', licenceNames.cpu8);

    assert.match(problemOf(await stage.submits(form, { ticket: true })), /alreadyHas/);
    assert.equal(stage.tenant.mails.length, 0);
  });

  it('When it is built with warnings, then it is ready', async () => {
    stage.tenant.nextFirstBuild(cleo, { outcome: 'provisionedWithWarnings' });

    const item = await assigns(cleo);

    assert.deepEqual([item.state, item.outcome?.code], ['readyWithWarnings', 'readyWithWarnings']);
  });

  it('When several Cloud PCs of the same plan are there, then that is said before anything is changed', async () => {
    addCloudPc(stage, demoServicePlans.cpu4);
    addCloudPc(stage, demoServicePlans.cpu4);

    assert.match(problemOf(await stage.submits(await stage.asks(cleo))), /cloudPcOfPlan/);
    assert.equal(changes(), 0);
  });

  it('When a Cloud PC of another plan is in its grace period, then the new one is told from it', async () => {
    const old = addCloudPc(stage, demoServicePlans.cpu2);

    const item = await assigns(cleo);

    assert.equal(item.outcome?.code, 'ready');
    assert.notEqual(item.cloudPc?.id, old);
  });

  it('When the Cloud PC never appears, then it ends within its limit, and everything is taken back', async () => {
    stage.tenant.nextFirstBuild(cleo, { outcome: 'provisioned', appearMs: Number.POSITIVE_INFINITY });
    const began = stage.time.now;

    const item = await assigns(cleo);

    assert.equal(item.outcome?.code, 'noCloudPc');
    assert.deepEqual(groupsOf(demoPeople.cleo), []);
    assert.ok(stage.time.now - began < 125 * minute);
  });

  it('When the person has a second dedicated Cloud PC, then only the licence is taken, and the groups are kept', async () => {
    const requestId = await stage.takesBack('ben@contoso.com', demoGroups.licence2Cpu);
    await stage.approves(requestId);

    const item = await stage.follows(requestId);

    assert.equal(item.outcome?.code, 'unassigned');
    assert.deepEqual(
      groupsOf(demoPeople.ben).sort(),
      [demoGroups.officeUsers, demoGroups.designUsers, demoGroups.licence8Cpu].sort(),
    );
    assert.equal(stage.tenant.findCloudPc(demoCloudPcs.benOffice)?.status, 'inGracePeriod');
    assert.notEqual(stage.tenant.findCloudPc(demoCloudPcs.benDesign)?.status, 'inGracePeriod');
  });

  it('When a group of the prefix follows a rule, then it is not touched by unassign, and the others are left', async () => {
    stage.tenant.changeGroup(demoGroups.resetAllowed, {
      groupTypes: ['DynamicMembership'],
      memberIds: [demoPeople.ada],
    });

    const requestId = await stage.takesBack('ada@contoso.com', null);
    await stage.approves(requestId);

    assert.equal((await stage.follows(requestId)).outcome?.code, 'unassigned');
    assert.deepEqual(groupsOf(demoPeople.ada), [demoGroups.resetAllowed]);
  });

  it('When the person has the licence only through a group in the group, then unassign does not look as if it was done', async () => {
    const inner = { ...aGroup('All of sales'), memberIds: [demoPeople.ada] };
    stage.tenant.addGroup(inner);
    stage.tenant.changeGroup(demoGroups.licence4Cpu, { memberIds: [inner.id] });

    const requestId = await stage.takesBack('ada@contoso.com', null);
    await stage.approves(requestId);
    const item = await stage.follows(requestId);

    assert.deepEqual([item.state, item.outcome?.code], ['failed', 'groupRefused']);
    assert.ok(groupsOf(demoPeople.ada).includes(demoGroups.officeUsers));
  });

  it('When the grace period is to be ended without its own confirmation, then nothing is sent; when it is not asked for, it is kept', async () => {
    await assert.rejects(stage.takesBack('ada@contoso.com', null, true, false), { code: 'endGraceUnconfirmed' });
    assert.equal(changes(), 0);

    const requestId = await stage.takesBack('ada@contoso.com', null);
    await stage.approves(requestId);

    assert.equal((await stage.follows(requestId)).outcome?.code, 'unassigned');
    assert.equal(stage.tenant.findCloudPc(demoCloudPcs.ada)?.status, 'inGracePeriod');
    assert.equal(stage.tenant.endGracePosts().received, 0);
  });

  it('When the person has none of it, then unassign does not begin', async () => {
    await assert.rejects(stage.takesBack(cleo, null), /hasNone/);
    assert.equal(changes(), 0);
  });

  for (const [what, fault] of [
    ['is refused', { status: 403, code: 'ErrorAccessDenied' }],
    ['breaks off', 'reset'],
  ] as const)
    it(`When the mail ${what}, then the outcome is the same, and the mail's own state says it`, async () => {
      stage.simulator.faults.add({ match: { method: 'POST', path: /sendMail/ }, fault });
      const form = await stage.asks(cleo);
      assertSent(await stage.submits(form, { mail: true }));
      await stage.approves(form.requestId);

      const item = await stage.follows(form.requestId);

      assert.equal(item.outcome?.code, 'ready');
      const { rows } = await stage.deps.unitOfWork.run((tx) => tx.audit.of(form.requestId, 0, 100));
      assert.ok(rows.some(({ action }) => /^mail\.(refused|unclear)$/.test(action)));
    });

  it('When reads fail now and then in every wait, then it becomes ready all the same', async () => {
    let count = 0;
    const isThird = () => {
      count += 1;
      return count % 3 === 0;
    };
    const fault = { status: 503, code: 'serviceUnavailable', retryAfter: 0 };
    const struck = stage.simulator.faults.add({ match: { where: isThird }, fault });

    assert.equal((await assigns(cleo)).outcome?.code, 'ready');
    assert.ok(struck.hits > 5, `${struck.hits}`);
  });

  it('When a Frontline policy has several sizes, then each is a choice with its seats, and the one that was chosen is built', async () => {
    await withFrontline();
    const form = await stage.asks(cleo, 'Shifts');
    const sizes = form.entitlements.filter(({ kind }) => kind === 'frontline');
    assert.deepEqual(
      sizes.map(({ free }) => free),
      [12, 2],
    );
    assert.equal(form.chosen, null, 'the words mean both');

    assertSent(await stage.submits(form, { licence: sizes[1]?.value }));
    await stage.approves(form.requestId);
    const item = await stage.follows(form.requestId);

    assert.equal(item.outcome?.code, 'ready');
    assert.equal(item.cloudPc?.servicePlanId, demoFrontlinePlans.cpu4);
    assert.ok(groupsOf(demoPeople.cleo).includes(demoGroups.frontline4Cpu));
    assert.ok(!groupsOf(demoPeople.cleo).includes(demoGroups.officeUsers), 'no policy for dedicated Cloud PCs');
  });

  it('When the group of a Frontline size leads to another size by the time it begins, then nothing is changed', async () => {
    await withFrontline();
    const form = await stage.asks(cleo, 'Shifts 2vCPU');
    assertSent(await stage.submits(form));
    for (const policy of stage.tenant.provisioningPolicies)
      for (const size of policy.sizes ?? []) size.servicePlanId = demoFrontlinePlans.cpu4;
    await stage.approves(form.requestId);

    const item = await stage.follows(form.requestId);

    assert.equal(item.outcome?.code, 'policyChanged');
    assert.equal(changes(), 0);
  });

  it('When a licence is typed that is not the only one offered, then it is asked for, never replaced', async () => {
    await withLicences([licenceNames.cpu2]);

    const typed = await stage.asks(cleo, '8 vCPU');
    const none = await stage.asks(cleo, 'a Cloud PC');

    assert.deepEqual([typed.chosen, typed.problem?.text], [null, 'error.licenceUnclear']);
    assert.deepEqual([none.chosen, none.problem], [demoGroups.licence2Cpu, null]);
  });

  it('When the licence group of somebody cannot be used as it is, then taking back says which and why, not that there is none', async () => {
    const twin = { ...aGroup(licenceNames.cpu8), assignedLicenses: [{ skuId: demoSkus.cpu8, disabledPlans: [] }] };
    stage.tenant.addGroup(twin);
    stage.tenant.removeMember(demoGroups.licence2Cpu, demoPeople.ben);
    const adam = { id: demoPeople.adam, name: 'Adam Acker' };
    const soon = createDeadline(stage.deps.clock, 5000);

    const card = await askUnassign(stage.deps, adam, { type: 'words', text: 'ben@contoso.com' }, null, soon);

    assert.ok(card.card === 'cannotAssign' && card.reason.type === 'unusable', JSON.stringify(card));
    assert.equal(card.reason.why.text, 'assignOutcome.groupAmbiguous.text');
    assert.match(JSON.stringify(card.reason.why.more), /8 vCPU/);
  });

  it('When the policy names its usual group without a prefix, then it is left again with the licence', async () => {
    await stage.stop();
    const windows365 = {
      ...assignPolicy.windows365,
      provisioningGroupPrefix: null,
      userSettingsGroupPrefix: null,
    } as Policy['windows365'];
    stage = await startAssignStage({ delays: { firstBuildMs: minute }, policy: { windows365 } });
    assert.equal((await assigns(cleo)).outcome?.code, 'ready');

    const requestId = await stage.takesBack(cleo, null, true);
    await stage.approves(requestId);

    assert.equal((await stage.follows(requestId)).outcome?.code, 'unassigned');
    assert.deepEqual(groupsOf(demoPeople.cleo), []);
  });

  it('When the settings group of a Frontline assignment is refused, then its policy is not joined', async () => {
    await withFrontline();
    const form = await stage.asks(cleo, 'Shifts 2vCPU');
    assertSent(await stage.submits(form));
    stage.tenant.changeGroup(demoGroups.resetAllowed, { groupTypes: ['DynamicMembership'] });
    await stage.approves(form.requestId);

    const item = await stage.follows(form.requestId);

    assert.equal(item.outcome?.code, 'groupNotWritable');
    assert.equal(changes(), 0);
  });

  it('When a Cloud PC is named by a licence group, then it is the one of that plan; with none of it, that is said', async () => {
    const find = (pcs: readonly CloudPc[], words: string) =>
      onlyOfLicence(stage.deps, pcs, words, createDeadline(stage.deps.clock, 5000));
    const { cloudPcs } = await stage.deps.tenant.read(
      { cloudPcs: { ask: 'cloudPcsOf', upn: 'ben@contoso.com' } },
      { withinMs: 5000 },
    );

    const found = await find(cloudPcs, licenceNames.cpu8);

    assert.deepEqual(
      found.map(({ id }) => id),
      [demoCloudPcs.benDesign],
    );
    await assert.rejects(find(cloudPcs, licenceNames.cpu4), { code: 'noCloudPcOfLicence' });
    await assert.rejects(find(cloudPcs, 'no such licence'), { code: 'licenceUnclear' });
    stage.tenant.changeGroup(demoGroups.licence8Cpu, { assignedLicenses: [] });
    await assert.rejects(find(cloudPcs, licenceNames.cpu8), { code: 'licenceUnclear' });
  });

  async function withLicences(licenceGroups: string[]): Promise<void> {
    await stage.stop();
    const windows365 = { ...assignPolicy.windows365, licenceGroups } as Policy['windows365'];
    stage = await startAssignStage({ delays: { firstBuildMs: minute }, policy: { windows365 } });
  }

  async function withFrontline(): Promise<void> {
    await stage.stop();
    const windows365 = {
      ...assignPolicy.windows365,
      frontlinePolicies: ['Shifts West Europe'],
    } as Policy['windows365'];
    stage = await startAssignStage({ delays: { firstBuildMs: minute }, policy: { windows365 } });
  }

  function addCloudPc({ tenant }: AssignStage, planId: string): string {
    const id = randomUUID();
    tenant.addCloudPc({
      id,
      name: 'CPC-cleo-old',
      userPrincipalName: cleo,
      ownerName: 'Cléo Costa',
      servicePlan: { id: planId, name: 'old' },
      provisioningPolicyId: demoPolicies.officeWestEurope,
      provisionedDateTime: '2026-03-12T09:22:00Z',
      changes: { status: 'inGracePeriod' },
    });
    return id;
  }
});

function assertSent(card: CardView): void {
  assert.equal(card.card, 'request', JSON.stringify(card));
}

function problemOf(card: CardView): string {
  assert.ok(card.card === 'assign', card.card);
  return JSON.stringify(card.problem);
}

function cloudPcsOf({ tenant }: AssignStage, upn: string): string[] {
  return tenant.cloudPcs().flatMap(({ id, userPrincipalName }) => (userPrincipalName === upn ? [id] : []));
}

function aGroup(displayName: string) {
  return { id: randomUUID(), displayName, description: null, memberIds: [] };
}
