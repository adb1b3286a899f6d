// Assigning Windows 365 from end to end: asked, approved, groups joined once and in order, followed, told; and what was
// changed is taken back when it cannot be done.
import assert from 'node:assert/strict';
import {
  demoGroups,
  demoMailboxes,
  demoPeople,
  demoPolicies,
  demoServicePlans,
  demoSkus,
} from '../../src/simulator/index.ts';
import {
  approves,
  asksFor,
  assignPolicy,
  changesIn,
  directGroupsOf,
  hears,
  licenceNames,
  openChats,
  submits,
} from '../fakes/assigning.ts';
import { answeredText, eventually, last, wordsOn } from '../fakes/looking.ts';
import { startWholeBot, type WholeBot } from '../fakes/whole-bot.ts';

const patience = 60_000;
const untilEnd = 20_000;

function recipientsOf(mail: { message: Record<string, unknown> } | undefined): string[] {
  const to = (mail?.message.toRecipients ?? []) as { emailAddress: { address: string } }[];
  return to.map(({ emailAddress }) => emailAddress.address);
}

const office = 'cfg - Windows 365 - Provisioning - Office';
const design = 'cfg - Windows 365 - Provisioning - Design';
const restore = 'cfg - Windows 365 - User Settings - restore allowed';

describe('Assigning Windows 365', function () {
  this.timeout(patience);
  let whole: WholeBot;

  beforeEach(async () => {
    whole = await startWholeBot({ policy: assignPolicy });
    await openChats(whole, 'cleo');
    whole.simulator.requests.length = 0;
  });
  afterEach(async () => {
    await whole.stop();
  });

  const until = (who: 'adam' | 'cleo', words: RegExp) => hears(whole, who, words);

  it('When Adam assigns and Ivan approves, then each group is joined once, the licence last, and Cléo is told when it is ready', async () => {
    const form = await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com');
    assert.match(wordsOn(form), /Cléo Costa/);
    const submitted = await submits(whole, form, 'assign.submit', { mail: 'true', mailText: 'Welcome <b>Cléo</b>' });
    assert.match(wordsOn(submitted), /R-1001/);

    await approves(whole, /Cléo/);

    await until('adam', /was built/);
    await until('cleo', /is there for you/);
    assert.deepEqual(changesIn(whole), [`join ${office}`, `join ${restore}`, `join ${licenceNames.cpu4}`]);
    assert.deepEqual(directGroupsOf(whole, demoPeople.cleo), [office, restore, licenceNames.cpu4].sort());
    const mail = await eventually(() => last(whole.simulator.tenant.mails));
    assert.deepEqual(recipientsOf(mail), ['cleo@contoso.com']);
    assert.match(JSON.stringify(mail), /Welcome &lt;b&gt;Cléo&lt;\/b&gt;/);
    assert.deepEqual(
      whole.log.lines.filter(({ level }) => level === 'error'),
      [],
    );
  });

  it('When nobody approves, then nothing is changed; when it is declined, then nothing ever is', async () => {
    await submits(whole, await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com'), 'assign.submit');
    const approval = await eventually(() => {
      const found = whole.channelMessages().find((one) => /Cléo/.test(wordsOn(one)));
      assert.ok(found);
      return found;
    });

    await whole.presses('ivan', approval, 'request.decline.ask', {}, { thread: approval.id });
    await whole.says('ivan', 'decline R-1001 Not this quarter');

    await until('adam', /declined/i);
    assert.deepEqual(changesIn(whole), []);
  });

  it('When somebody who is no admin asks for another, then it is refused; for oneself, the policy says', async () => {
    assert.match(wordsOn(await asksFor(whole, 'assign 4 vCPU to ada@contoso.com', 'cleo')), /admin/i);
    assert.match(wordsOn(await asksFor(whole, 'assign 4 vCPU to me', 'cleo')), /./);
    assert.equal(whole.messagesOf('cleo').filter((one) => /R-1/.test(wordsOn(one))).length, 0);
  });

  it('When another person sends the form, then nothing happens', async () => {
    const form = await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com');

    const answer = await whole.presses('ben', form, 'assign.submit', {
      reason: 'Mine',
      licence: demoGroups.licence4Cpu,
    });

    assert.match(answeredText(answer), /./);
    assert.deepEqual(changesIn(whole), []);
    assert.equal(whole.channelMessages().filter((one) => /Cléo/.test(wordsOn(one))).length, 0);
  });

  it('When the person has it already, then that is said before seats are looked at', async () => {
    const form = await asksFor(whole, 'assign 8 vCPU to ben@contoso.com');

    const answered = await submits(whole, form, 'assign.submit');

    assert.match(wordsOn(answered), /already/i);
    assert.equal(whole.simulator.tenant.mails.length, 0, 'no ticket');
  });

  it('When no seat is free, then one ticket a day is sent, nothing is changed, and Adam is told', async () => {
    for (const [person, code] of [
      ['cleo@contoso.com', 'R-1001'],
      ["o'neil@contoso.com", 'R-1002'],
    ] as const) {
      const form = await asksFor(whole, `assign 8 vCPU to ${person}`);
      const card = await submits(whole, form, 'assign.submit', { ticket: 'true' });
      assert.match(wordsOn(card), new RegExp(code));
    }

    await until('adam', /seat/i);
    const mails = await eventually(() => {
      assert.ok(whole.simulator.tenant.mails.length > 0);
      return whole.simulator.tenant.mails;
    });
    assert.equal(mails.length, 1);
    assert.deepEqual(recipientsOf(mails[0]), [demoMailboxes.tickets]);
    assert.match(JSON.stringify(mails[0]), /R-1001/);
    assert.match(JSON.stringify(mails[0]), /Contoso/);
    assert.match(JSON.stringify(mails[0]), /CPC_E_8C_32GB_512GB/);
    assert.deepEqual(changesIn(whole), []);
  });

  it('When the last seat goes while it is on its way, then what was changed is taken back in reverse order, and that is told', async () => {
    const { tenant, faults } = whole.simulator;
    const sku = tenant.skus.find(({ skuId }) => skuId === demoSkus.cpu4);
    assert.ok(sku);
    faults.add({
      match: {
        method: 'POST',
        path: new RegExp(demoGroups.licence4Cpu),
        where: () => {
          sku.enabledUnits = 1;
          return false;
        },
      },
      fault: 'reset',
    });
    await submits(whole, await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com'), 'assign.submit', {
      ticket: 'true',
    });

    await approves(whole, /Cléo/);

    await until('adam', /seat/i);
    await eventually(() => assert.deepEqual(directGroupsOf(whole, demoPeople.cleo), []), untilEnd);
    assert.deepEqual(changesIn(whole), [
      `join ${office}`,
      `join ${restore}`,
      `join ${licenceNames.cpu4}`,
      `leave ${licenceNames.cpu4}`,
      `leave ${restore}`,
      `leave ${office}`,
    ]);
    await until('cleo', /No seat is free for you/);
    await eventually(() => {
      const recipients = whole.simulator.tenant.mails.flatMap(recipientsOf);
      assert.deepEqual(recipients.sort(), ['cleo@contoso.com', demoMailboxes.tickets]);
    });
  });

  it('When the build fails, then what was changed is taken back, and the card names it', async () => {
    whole.simulator.tenant.nextFirstBuild('cleo@contoso.com', { outcome: 'failed' });
    await submits(whole, await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com'), 'assign.submit');

    await approves(whole, /Cléo/);

    await until('adam', /fail/i);
    await eventually(() => assert.deepEqual(directGroupsOf(whole, demoPeople.cleo), []), untilEnd);
  });

  it('When the person is in another group of the prefix, then it is kept or left as was chosen, never by itself', async () => {
    whole.simulator.tenant.addMember(demoGroups.designUsers, demoPeople.cleo);
    const form = await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com');
    assert.match(wordsOn(form), /Design/);

    await submits(whole, form, 'assign.submit', { policyGroup: demoGroups.officeUsers });
    await approves(whole, /Cléo/);

    await until('adam', /was built/);
    assert.deepEqual(changesIn(whole), [
      `join ${office}`,
      `join ${restore}`,
      `leave ${design}`,
      `join ${licenceNames.cpu4}`,
    ]);
  });

  it('When the person has a Cloud PC and is in two groups of the prefix, then neither is left', async () => {
    const form = await asksFor(whole, 'assign 4 vCPU to ben@contoso.com');
    assert.match(wordsOn(form), /another Cloud PC needs it/);

    await submits(whole, form, 'assign.submit');
    await approves(whole, /Ben/);

    await until('adam', /was built/);
    assert.deepEqual(changesIn(whole), [`join ${licenceNames.cpu4}`]);
  });

  it('When a Cloud PC has come between the form and the start, then nobody is moved away from its group', async () => {
    whole.simulator.tenant.addMember(demoGroups.designUsers, demoPeople.cleo);
    const form = await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com');
    await submits(whole, form, 'assign.submit', { policyGroup: demoGroups.officeUsers });
    await whole.says('adam', 'pause all starts');
    await approves(whole, /Cléo/);
    whole.simulator.tenant.addCloudPc({
      id: 'f1ee7000-0009-4000-8000-000000000009',
      name: 'CPC-cleo-other',
      userPrincipalName: 'cleo@contoso.com',
      ownerName: 'Cléo Costa',
      servicePlan: { id: demoServicePlans.cpu2, name: 'Cloud PC Enterprise 2vCPU/8GB/128GB' },
      provisioningPolicyId: demoPolicies.designNorthEurope,
      provisionedDateTime: '2026-03-12T09:22:00Z',
    });

    await whole.says('adam', 'resume starts');

    await until('adam', /Nothing was changed/);
    assert.deepEqual(changesIn(whole), []);
  });

  it('When two are asked for one person, then the second one hears of the first', async () => {
    await submits(whole, await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com'), 'assign.submit');

    const second = await asksFor(whole, 'assign 2 vCPU to cleo@contoso.com');

    assert.match(wordsOn(second), /R-1001/);
  });

  it('When a call is lost after its effect, then it is made again, and nothing is changed twice', async () => {
    whole.simulator.faults.add({ match: { method: 'POST', path: /members\/\$ref/ }, times: 1, fault: 'resetAfter' });
    await submits(whole, await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com'), 'assign.submit');

    await approves(whole, /Cléo/);

    await eventually(
      () => assert.deepEqual(directGroupsOf(whole, demoPeople.cleo), [office, restore, licenceNames.cpu4].sort()),
      45_000,
    );
    await until('adam', /was built/);
  });

  it('When a Cloud PC is to be reprovisioned by its licence and there are several of the plan, then one is chosen among those alone', async () => {
    whole.simulator.tenant.addCloudPc({
      id: 'f1ee7000-0008-4000-8000-000000000008',
      name: 'CPC-ben-second',
      userPrincipalName: 'ben@contoso.com',
      ownerName: 'Ben Bauer',
      servicePlan: { id: demoServicePlans.cpu2, name: 'Cloud PC Enterprise 2vCPU/8GB/128GB' },
      provisioningPolicyId: demoPolicies.officeWestEurope,
      provisionedDateTime: '2026-03-12T09:22:00Z',
    });

    const chooser = wordsOn(await asksFor(whole, 'reprovision ben@contoso.com with licence 2 vCPU'));
    const only = wordsOn(await asksFor(whole, 'reprovision ben@contoso.com with licence 8 vCPU'));

    assert.match(chooser, /CPC-ben-2M8TD.*CPC-ben-second|CPC-ben-second.*CPC-ben-2M8TD/);
    assert.doesNotMatch(chooser, /CPC-ben-5RW1Z/);
    assert.match(only, /CPC-ben-5RW1Z/);
    assert.doesNotMatch(only, /CPC-ben-2M8TD/);
  });

  it('When a licence group is kept on premises, then a Cloud PC is found by it all the same', async () => {
    whole.simulator.tenant.changeGroup(demoGroups.licence2Cpu, { onPremisesSyncEnabled: true });

    assert.match(wordsOn(await asksFor(whole, `reprovision Ben Bauer with ${licenceNames.cpu2}`)), /CPC-ben-2M8TD/);
  });

  it('When starts are paused, then nothing is changed until they go on', async () => {
    await submits(whole, await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com'), 'assign.submit');
    await whole.says('adam', 'pause all starts');
    await approves(whole, /Cléo/);
    await until('adam', /paused/i);
    assert.deepEqual(changesIn(whole), []);

    await whole.says('adam', 'resume starts');

    await until('adam', /was built/);
  });

  it('When the approver has left the approvers meanwhile, then nothing is changed', async () => {
    await submits(whole, await asksFor(whole, 'assign 4 vCPU to cleo@contoso.com'), 'assign.submit');
    await whole.says('adam', 'pause all starts');
    await approves(whole, /Cléo/);
    whole.simulator.tenant.removeMember(demoGroups.approvers, demoPeople.ivan);

    await whole.says('adam', 'resume starts');

    await until('adam', /approv/i);
    await eventually(() => assert.equal(changesIn(whole).length, 0));
  });
});
