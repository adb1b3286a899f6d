// Taking Windows 365 back, from end to end; and Frontline, whose members have no licence of their own.
import assert from 'node:assert/strict';
import { demoCloudPcs, demoFrontlinePlans, demoGroups, demoMailboxes, demoPeople } from '../../src/simulator/index.ts';
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
import { answeredCard, answeredText, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { startWholeBot, testPolicy, type WholeBot } from '../fakes/whole-bot.ts';

const untilEnd = 30_000;
const office = 'cfg - Windows 365 - Provisioning - Office';

describe('Taking Windows 365 back', function () {
  this.timeout(90_000);
  let whole: WholeBot;

  beforeEach(async () => {
    whole = await startWholeBot({ policy: { ...assignPolicy, admin: { ...testPolicy.admin, assign: 'approval' } } });
    await openChats(whole, 'ada', 'ben');
    whole.simulator.requests.length = 0;
  });
  afterEach(async () => {
    await whole.stop();
  });

  const until = (who: 'adam' | 'ada' | 'ben', words: RegExp) => hears(whole, who, words);

  it('When the grace period is kept, then the licence goes first, the groups last, and Ada is told until when it is kept', async () => {
    const form = await asksFor(whole, 'unassign ada@contoso.com');
    assert.match(wordsOn(form), /CPC-ada-7F3KQ/);
    await submits(whole, form, 'unassign.submit', { mail: 'true' });

    await approves(whole, /Ada/);

    await until('ada', /is kept/);
    await eventually(
      () => assert.deepEqual(changesIn(whole), [`leave ${licenceNames.cpu4}`, `leave ${office}`]),
      untilEnd,
    );
    assert.equal(whole.simulator.tenant.findCloudPc(demoCloudPcs.ada)?.status, 'inGracePeriod');
    assert.equal(whole.simulator.tenant.endGracePosts().received, 0);
    const mail = await eventually(() => last(whole.simulator.tenant.mails));
    assert.match(JSON.stringify(mail.message), /ada@contoso.com/);
  });

  it('When it was a mistake, then assigning again within the grace period brings the same Cloud PC back', async () => {
    await submits(whole, await asksFor(whole, 'unassign ada@contoso.com'), 'unassign.submit');
    await approves(whole, /R-1001/);
    await until('adam', /taken back from Ada/);
    await eventually(() => assert.deepEqual(directGroupsOf(whole, demoPeople.ada), []), untilEnd);

    await submits(whole, await asksFor(whole, 'assign 4 vCPU to ada@contoso.com'), 'assign.submit');
    await approves(whole, /R-1002/);

    await until('ada', /is there for you/);
    assert.equal(whole.simulator.tenant.findCloudPc(demoCloudPcs.ada)?.status, 'provisioned');
    assert.equal(
      whole.simulator.tenant.cloudPcs().filter((pc) => pc.userPrincipalName === 'ada@contoso.com').length,
      1,
    );
  });

  it('When it is ended at once, then that is confirmed by itself, and one call is sent', async () => {
    const form = await asksFor(whole, 'unassign ada@contoso.com');
    const refused = await whole.presses('adam', form, 'unassign.submit', { reason: 'Left', endGrace: 'true' });
    assert.match(answeredText(refused), /destroyed/);
    const card = await submits(whole, form, 'unassign.submit', { endGrace: 'true', confirmEndGrace: 'true' });
    assert.match(wordsOn(card), /R-1001/);

    await approves(whole, /Ada/);

    await until('ada', /deleted/);
    assert.deepEqual(whole.simulator.tenant.endGracePosts(), { received: 1, applied: 1 });
  });

  it('When the answer to that call is lost before its effect, then it is not sent again by itself: an admin decides', async () => {
    whole.simulator.faults.add({ match: { method: 'POST', path: /endGracePeriod$/ }, times: 1, fault: 'reset' });
    const form = await asksFor(whole, 'unassign ada@contoso.com');
    await submits(whole, form, 'unassign.submit', { endGrace: 'true', confirmEndGrace: 'true' });
    const approval = await approves(whole, /Ada/);

    const unclear = await eventually(() => {
      const found = whole.channelMessages().find((one) => one.id === approval.id);
      assert.ok(found);
      findButton(found, 'assign.resend.ask');
      return found;
    }, 45_000);
    assert.deepEqual(whole.simulator.tenant.endGracePosts(), { received: 1, applied: 0 });
    const where = { thread: approval.id };
    for (const verb of ['assign.resend.ask', 'assign.close'])
      assert.match(answeredText(await whole.presses('ivan', unclear, verb, {}, where)), /admin/i, verb);

    const confirm = answeredCard(await whole.presses('adam', unclear, 'assign.resend.ask', {}, where));
    assert.match(wordsOn(confirm), /CPC-ada-7F3KQ is deleted at once/);
    assert.equal(whole.simulator.tenant.endGracePosts().received, 1, 'asking sends nothing');
    assert.match(answeredText(await whole.presses('ivan', confirm, 'assign.resend', {}, where)), /admin/i);
    await whole.presses('adam', confirm, 'assign.resend', {}, where);
    await whole.presses('adam', confirm, 'assign.resend', {}, where);

    await eventually(
      () => assert.deepEqual(whole.simulator.tenant.endGracePosts(), { received: 2, applied: 1 }),
      untilEnd,
    );
    await until('ada', /deleted/);
  });

  it('When there are several licences, then one is chosen, and the groups stay since the other Cloud PC needs them', async () => {
    const form = await asksFor(whole, 'unassign ben@contoso.com');
    await submits(whole, form, 'unassign.submit', { licence: demoGroups.licence2Cpu });

    await approves(whole, /Ben/);

    await until('ben', /is kept/);
    await eventually(() => assert.deepEqual(changesIn(whole), [`leave ${licenceNames.cpu2}`]), untilEnd);
    assert.equal(whole.simulator.tenant.findCloudPc(demoCloudPcs.benDesign)?.status, 'provisioned');
  });

  it('When the person has nothing of it, then that is said', async () => {
    assert.match(wordsOn(await asksFor(whole, 'unassign cleo@contoso.com')), /Cléo/);
    assert.deepEqual(changesIn(whole), []);
  });

  it('When a reprovision of the Cloud PC waits or runs, then its licence is not taken away meanwhile', async () => {
    const form = await asksFor(whole, 'unassign ada@contoso.com');
    const reprovision = await asksFor(whole, 'reprovision my Cloud PC', 'ada');
    const inputs = { reason: 'Slow', saved: 'true' };
    answeredCard(await whole.presses('ada', reprovision, 'request.submit', inputs));

    const answered = await submits(whole, form, 'unassign.submit');

    assert.match(wordsOn(answered), /A reprovision of this Cloud PC is asked for or runs/);
    assert.deepEqual(changesIn(whole), []);
  });

  it('When somebody who is no admin asks, then it is refused', async () => {
    assert.match(wordsOn(await asksFor(whole, 'unassign ada@contoso.com', 'ben')), /admin/i);
  });
});

describe('Assigning Frontline', function () {
  this.timeout(90_000);
  let whole: WholeBot;

  beforeEach(async () => {
    const windows365 = {
      ...assignPolicy.windows365,
      frontlinePolicies: ['Shifts West Europe'],
    } as typeof testPolicy.windows365;
    whole = await startWholeBot({ policy: { ...assignPolicy, windows365 } });
    await openChats(whole, 'cleo');
    whole.simulator.requests.length = 0;
  });
  afterEach(async () => {
    await whole.stop();
  });

  const sized = `${demoGroups.frontline4Cpu}:${demoFrontlinePlans.cpu4}`;

  it('When a size is chosen, then its group is joined without a licence, and it is followed until it is ready; and it can be taken back', async () => {
    const form = await asksFor(whole, 'assign to cleo@contoso.com');
    assert.match(wordsOn(form), /Shifts West Europe.*2 vCPU|Shifts West Europe/);
    await submits(whole, form, 'assign.submit', { licence: sized });
    await approves(whole, /Cléo/);

    await eventually(() => {
      const texts = whole.messagesOf('cleo').map((one) => wordsOn(one));
      assert.ok(
        texts.some((text) => /is there for you/.test(text)),
        texts.join('\n'),
      );
    }, untilEnd);
    const joined = directGroupsOf(whole, demoPeople.cleo);
    assert.ok(joined.includes('cfg - Windows 365 - Frontline - 4 vCPU 16 GB 128 GB'), joined.join());
    assert.ok(!joined.some((name) => name.startsWith('lic -') || name === office), joined.join());

    const back = await asksFor(whole, 'unassign cleo@contoso.com');
    await submits(whole, back, 'unassign.submit');
    await approves(whole, /R-1002/);
    await eventually(() => assert.deepEqual(directGroupsOf(whole, demoPeople.cleo), []), untilEnd);
  });

  it('When no seat of the size is free, then a ticket names the policy and the size', async () => {
    const plan = whole.simulator.tenant.frontlinePlans.find(({ id }) => id === demoFrontlinePlans.cpu4);
    assert.ok(plan);
    plan.totalCount = 0;
    const form = await asksFor(whole, 'assign to cleo@contoso.com');

    await submits(whole, form, 'assign.submit', { licence: sized, ticket: 'true' });

    const mail = await eventually(() => last(whole.simulator.tenant.mails));
    assert.match(JSON.stringify(mail.message), new RegExp(demoMailboxes.tickets));
    assert.match(JSON.stringify(mail.message), /Shifts West Europe/);
  });
});
