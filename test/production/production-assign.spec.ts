// Assigning and taking back as production does it, and killed (SIGKILL) while a group is being changed: before the change took
// effect, and after it. On PostgreSQL a killed run holds its item for up to 45 seconds, so there one kill must do.
import assert from 'node:assert/strict';
import { demoPeople } from '../../src/simulator/index.ts';
import { changesIn, directGroupsOf, licenceNames } from '../fakes/assigning.ts';
import { assertBuilt } from '../fakes/bot-process.ts';
import { answeredCard, eventually, hasButton, last, presetsOf, wordsOn } from '../fakes/looking.ts';
import { type Production, startProduction } from '../fakes/production.ts';
import { testStoreKind } from '../fakes/store.ts';

const patience = 240_000;
const office = 'cfg - Windows 365 - Provisioning - Office';
const restore = 'cfg - Windows 365 - User Settings - restore allowed';

const policyLines = `
windows365:
  licenceGroups: ["${licenceNames.cpu4}"]
  provisioningGroupPrefix: "cfg - Windows 365 - Provisioning - "
  provisioningGroup: "${office}"
  userSettingsGroupPrefix: "cfg - Windows 365 - User Settings - "
  userSettingsGroup: "${restore}"
`;

describe(`assigning in production on the ${testStoreKind} store`, function () {
  this.timeout(400_000);
  let production: Production;

  before(() => assertBuilt());
  beforeEach(async () => {
    production = await startProduction({}, policyLines);
    const { people } = production;
    await people.says('adam', 'use this channel for approvals', { thread: '1' });
    for (const who of ['adam', 'ivan', 'cleo'] as const) await people.says(who, 'language en');
  });
  afterEach(() => production.stop());

  async function asks(words: string, verb: 'assign.submit' | 'unassign.submit', code: string): Promise<void> {
    const { people } = production;
    await people.says('adam', words);
    const form = await eventually(() => {
      const found = last(people.messagesOf('adam'));
      assert.ok(hasButton(found, verb), wordsOn(found));
      return found;
    }, 20_000);
    const answer = await people.presses('adam', form, verb, { ...presetsOf(form), reason: 'New colleague' });
    assert.match(wordsOn(answeredCard(answer)), new RegExp(code));
    const approval = await eventually(() => {
      const found = people
        .channelMessages()
        .find((one) => wordsOn(one).includes(code) && hasButton(one, 'request.approve'));
      assert.ok(found);
      return found;
    }, 20_000);
    await people.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
  }

  const hears = (words: RegExp) =>
    eventually(() => {
      const texts = production.people.messagesOf('cleo').map((one) => wordsOn(one));
      assert.ok(
        texts.some((text) => words.test(text)),
        texts.join('\n'),
      );
    }, patience);

  it('When Windows 365 is assigned and taken back, then each group is changed once, in order', async () => {
    const { simulator } = production.microsoft;

    await asks('assign 4 vCPU to cleo@contoso.com', 'assign.submit', 'R-1001');
    await hears(/is there for you/);
    await asks('unassign cleo@contoso.com', 'unassign.submit', 'R-1002');
    await hears(/was taken back/);

    await eventually(() => assert.deepEqual(directGroupsOf({ simulator }, demoPeople.cleo), []), 30_000);
    assert.deepEqual(changesIn({ simulator }), [
      `join ${office}`,
      `join ${restore}`,
      `join ${licenceNames.cpu4}`,
      `leave ${licenceNames.cpu4}`,
      `leave ${office}`,
      `leave ${restore}`,
    ]);
    assert.ok(!production.bot.lines.some((line) => line.includes('cleo@contoso.com')), 'no address in the log');
  });

  for (const fault of testStoreKind === 'postgres' ? (['resetAfter'] as const) : (['reset', 'resetAfter'] as const))
    it(`When it is killed while a group is being joined (${fault}), then it goes on, and each group is joined once`, async () => {
      const { simulator } = production.microsoft;
      const restarts: Promise<void>[] = [];
      const kill = () => restarts.push(production.bot.kill('SIGKILL').then(() => production.bot.start()));
      const kills = testStoreKind === 'postgres' ? 1 : 3;
      simulator.faults.add({
        match: { method: 'POST', path: /members\/\$ref$/, where: () => kill() > 0 },
        times: kills,
        fault,
      });

      await asks('assign 4 vCPU to cleo@contoso.com', 'assign.submit', 'R-1001');

      await hears(/is there for you/);
      await Promise.all(restarts);
      assert.equal(restarts.length, kills);
      assert.deepEqual(directGroupsOf({ simulator }, demoPeople.cleo), [office, restore, licenceNames.cpu4].sort());
      assert.equal(simulator.tenant.cloudPcs().filter((pc) => pc.userPrincipalName === 'cleo@contoso.com').length, 1);
    });
});
