// The doctor: against the simulator, with each permission taken away in turn, and as a process of its own against Microsoft under
// the real host names.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config.ts';
import { runDoctor } from '../../src/doctor/run-doctor.ts';
import type { Policy } from '../../src/domain/policy.ts';
import {
  demoGroups,
  demoMailboxes,
  demoTeamsApp,
  type Simulator,
  startSimulator,
  usualPermissions,
} from '../../src/simulator/index.ts';
import { openStore } from '../../src/store/open-store.ts';
import { runBuilt } from '../fakes/built-program.ts';
import { credentialWith, realClock, tokenWith } from '../fakes/graph.ts';
import { type Microsoft, startMicrosoft } from '../fakes/microsoft/index.ts';
import { policyText, productionEnv } from '../fakes/production.ts';
import { aChannel } from '../fakes/setup.ts';
import { recordingOutbox, silentLog } from '../fakes/store.ts';
import { botAppId, tenantId } from '../fakes/teams.ts';
import { testPolicy } from '../fakes/whole-bot.ts';

const needed = [
  'CloudPC.ReadWrite.All',
  'User.Read.All',
  'GroupMember.Read.All',
  'Mail.Send',
  'AppCatalog.Read.All',
  'TeamsAppInstallation.ReadWriteSelfForUser.All',
];
const without = (permission: string) => usualPermissions.filter((one) => one !== permission);

describe('the doctor', () => {
  let simulator: Simulator;
  let folder: string;

  beforeEach(async () => {
    simulator = await startSimulator();
    folder = await mkdtemp(join(tmpdir(), 'concierge-doctor-'));
  });
  afterEach(async () => {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  const config = (): Config => ({
    port: 0,
    host: '127.0.0.1',
    operations: null,
    bot: { type: 'SingleTenant', appId: botAppId, tenantId, password: 'not-used', allowedTenants: [tenantId] },
    cloud: 'global',
    graphManagedIdentity: null,
    reprovisionVersion: 'v1.0',
    bulk: 'bulkActions',
    ssoConnection: null,
    sharePointHosts: null,
    ssoReprovisionForm: 'me',
    teamsAppId: demoTeamsApp.externalId,
    store: { databaseUrl: undefined, dataDir: folder },
    auditKey: null,
    policyFile: '',
    watchEveryMs: 1000,
    logLevel: 'info',
    applicationInsights: null,
    isProduction: false,
  });

  async function examine(token: string, policy: Policy = testPolicy) {
    const lines: string[] = [];
    const code = await runDoctor({
      config: config(),
      policy,
      log: silentLog,
      clock: realClock,
      credential: credentialWith(token),
      graphBaseUrl: simulator.url,
      print: (line) => lines.push(line),
    });
    return { code, lines, missing: lines.filter((line) => line.startsWith('  ✗ ')) };
  }

  it('When everything is granted, then nothing is missing and the code is 0', async () => {
    const { code, lines, missing } = await examine(tokenWith(usualPermissions));

    assert.deepEqual(missing, [], lines.join('\n'));
    assert.equal(code, 0);
    assert.equal(lines.at(-1), 'Everything is set up');
    assert.ok(lines.filter((line) => line.startsWith('  ✓ ')).length > 12);
  });

  for (const permission of needed) {
    for (const [kind, tokenOf] of [
      ['a readable token', (roles: readonly string[]) => tokenWith(roles)],
      ['an unreadable token', () => 'opaque'],
    ] as const) {
      // No call without effect needs it: an unreadable token leaves it unknown.
      if (permission === 'Mail.Send' && kind === 'an unreadable token') continue;

      it(`When ${permission} is taken away, with ${kind}, then it alone is missing, with how to mend it`, async () => {
        simulator.tenant.permissions.take(permission);

        const { code, lines, missing } = await examine(tokenOf(without(permission)));

        assert.equal(missing.length, 1, lines.join('\n'));
        assert.match(missing[0] ?? '', new RegExp(`\\(${permission.replaceAll('.', '\\.')}\\)$`));
        const mend = lines[lines.indexOf(missing[0] ?? '') + 1] ?? '';
        assert.ok(mend.includes(`Grant ${permission} (application)`), mend);
        assert.equal(code, 1);
      });
    }
  }

  it('When reading licences is taken away, then that is told, and the code is 0', async () => {
    simulator.tenant.permissions.take('LicenseAssignment.Read.All');

    const { code, missing } = await examine(tokenWith(without('LicenseAssignment.Read.All')));

    assert.deepEqual(missing, ['  ✗ Read licences (LicenseAssignment.Read.All)']);
    assert.equal(code, 0);
  });

  it('When it asks Graph, then by GETs alone: nothing is written, nobody is written to', async () => {
    await examine(tokenWith(usualPermissions));

    const methods = simulator.requests.flatMap(({ method, path, parts = [] }) =>
      path === '/$batch' ? parts.map((part) => part.method) : [method],
    );
    assert.ok(methods.length > 10);
    assert.deepEqual([...new Set(methods)], ['GET']);
    assert.equal(simulator.tenant.mails.length, 0);
    assert.deepEqual(simulator.tenant.reprovisionPosts(), { received: 0, applied: 0 });
  });

  it('When Graph does not answer, then what could not be asked is told and the code is 2', async function () {
    this.timeout(20_000);
    simulator.faults.add({ match: { path: /provisioningPolicies/ }, fault: { status: 500 } });

    const { code, lines } = await examine(tokenWith(usualPermissions));

    assert.equal(code, 2, lines.join('\n'));
    assert.ok(lines.includes('  ? Provisioning policies'));
  });

  it('When the policy names a group that is not there, then the key is named', async () => {
    const roles = { ...testPolicy.roles, approvers: ['00000000-0000-0000-0000-000000000000'] };

    const { code, lines } = await examine(tokenWith(usualPermissions), { ...testPolicy, roles });

    assert.equal(code, 1);
    assert.ok(lines.some((line) => line.includes('roles.approvers')));
  });

  describe('where Windows 365 is assigned', () => {
    const licenceGroup = 'lic - Windows 365 Enterprise - 2 vCPU 8 GB 128 GB';
    const fullGroup = 'lic - Windows 365 Enterprise - 8 vCPU 32 GB 512 GB';
    const assigning: Policy = {
      ...testPolicy,
      windows365: {
        ...testPolicy.windows365,
        licenceGroups: [licenceGroup, fullGroup],
        provisioningGroup: 'cfg - Windows 365 - Provisioning - Office',
        userSettingsGroup: 'cfg - Windows 365 - User Settings - restore allowed',
        frontlinePolicies: ['design north europe'],
      },
      ticket: { enabled: true, queue: demoMailboxes.tickets, customerId: 'Contoso' },
    };
    beforeEach(() => {
      const [, design] = simulator.tenant.provisioningPolicies;
      const [plan] = simulator.tenant.frontlinePlans;
      assert.ok(design && plan);
      design.servicePlanId = plan.id;
    });

    it('When everything is there, then seats and queue are told and the code is 0', async () => {
      const { code, lines, missing } = await examine(tokenWith(usualPermissions), assigning);

      assert.deepEqual([missing, code], [[], 0], lines.join('\n'));
      for (const line of [
        `  ✓ Licence group ${licenceGroup}: 9 of 10 seats free (CPC_E_2C_8GB_128GB)`,
        `  ! Licence group ${fullGroup}: 0 of 1 seats free (CPC_E_8C_32GB_512GB)`,
        '  ✓ Windows 365 group cfg - Windows 365 - Provisioning - Office',
        '  ✓ Windows 365 group cfg - Windows 365 - User Settings - restore allowed',
        '  ✓ Frontline policy Design North Europe: 11 of 12 seats free (Cloud PC Frontline 2vCPU/8GB/128GB)',
        `  ✓ Tickets to ${demoMailboxes.tickets}`,
        '  ✓ Change members of groups (GroupMember.ReadWrite.All)',
      ])
        assert.ok(lines.includes(line), `${line} is not among\n${lines.join('\n')}`);
    });

    for (const permission of ['GroupMember.ReadWrite.All', 'LicenseAssignment.Read.All']) {
      it(`When ${permission} is taken away, then it is missing and the code is 1`, async () => {
        simulator.tenant.permissions.take(permission);

        const { code, missing } = await examine(tokenWith(without(permission)), assigning);

        assert.equal(missing.length, 1);
        assert.ok(missing[0]?.endsWith(`(${permission})`));
        assert.equal(code, 1);
      });
    }

    it('When a group follows a rule and a policy is not there, then both are missing', async () => {
      simulator.tenant.changeGroup(demoGroups.licence2Cpu, { groupTypes: ['DynamicMembership'] });
      const frontlinePolicies = ['Night shift'];

      const { code, missing } = await examine(tokenWith(usualPermissions), {
        ...assigning,
        windows365: { ...assigning.windows365, frontlinePolicies },
      });

      assert.deepEqual(missing, [`  ✗ Windows 365 group ${licenceGroup}`, '  ✗ Frontline policy Night shift']);
      assert.equal(code, 1);
    });
  });

  describe('and the store', function () {
    this.timeout(60_000);

    it('When there is none, then none is made', async () => {
      const { lines } = await examine(tokenWith(usualPermissions));

      assert.ok(lines.some((line) => line.includes('The bot has kept nothing here yet')));
      assert.deepEqual(await readdir(folder), []);
    });

    it('When the bot holds it, then it is not asked; afterwards the channel is told', async () => {
      const store = await openStore({ dataDir: folder, log: silentLog });
      await store.unitOfWork(recordingOutbox()).run(async (tx) => {
        await tx.conversations.upsert(aChannel);
        await tx.settings.setApprovalsChannel(aChannel.conversationId);
      });
      const held = await examine(tokenWith(usualPermissions));
      await store.close();

      const free = await examine(tokenWith(usualPermissions));

      assert.equal(held.code, 0);
      assert.ok(held.lines.some((line) => line.includes('holds its store')));
      assert.ok(free.lines.includes('  ✓ Approvals channel Cloud PC approvals'), free.lines.join('\n'));
      const again = await openStore({ dataDir: folder, log: silentLog });
      await again.close();
    });
  });
});

describe('the doctor as production runs it', function () {
  this.timeout(60_000);
  let microsoft: Microsoft | null = null;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'concierge-doctor-'));
    await writeFile(join(folder, 'policy.yaml'), policyText());
  });
  afterEach(async () => {
    await microsoft?.stop();
    microsoft = null;
    await rm(folder, { recursive: true, force: true });
  });

  const run = (env: Record<string, string>) => runBuilt('doctor/index.js', { folder, env });

  it('When everything is there, then it says so, against the real host names, and ends with 0', async () => {
    microsoft = await startMicrosoft();

    const { code, text } = await run({ ...productionEnv(microsoft), TEAMS_APP_ID: demoTeamsApp.externalId });

    assert.equal(code, 0, text);
    assert.match(text, /Everything is set up\n$/);
    assert.ok(microsoft.front.passages.some(({ host }) => host === 'graph.microsoft.com'));
    assert.deepEqual(await readdir(folder), ['policy.yaml']);
  });

  it('When Mail.Send is not granted, then it names that and ends with 1', async () => {
    microsoft = await startMicrosoft({ permissions: without('Mail.Send') });

    const { code, text } = await run({ ...productionEnv(microsoft), TEAMS_APP_ID: demoTeamsApp.externalId });

    assert.equal(code, 1, text);
    assert.deepEqual(text.match(/✗ .*/g), ['✗ Send mail (Mail.Send)']);
  });

  it('When the secret is wrong, then the sign-in is what is missing, and the secret is not told', async () => {
    microsoft = await startMicrosoft();
    const env = { ...productionEnv(microsoft), AZURE_CLIENT_SECRET: 'not-the-right-secret' };

    const { code, text } = await run(env);

    assert.equal(code, 1, text);
    assert.match(text, /✗ Sign-in to Microsoft Graph/);
    assert.doesNotMatch(text, /not-the-right-secret/);
  });

  it('When the cloud is usgov, then Entra and Graph are asked under the names of that cloud and no other', async () => {
    microsoft = await startMicrosoft({ cloud: 'usgov' });

    const { code, text } = await run({ ...productionEnv(microsoft), GRAPH_CLOUD: 'usgov' });

    assert.equal(code, 0, text);
    const asked = new Set(microsoft.front.passages.map(({ host }) => host));
    assert.deepEqual([...asked].sort(), ['graph.microsoft.us', 'login.microsoftonline.us']);
  });

  for (const cloud of ['dod', 'china', 'germany']) {
    it(`When the cloud is ${cloud}, then it is refused in words, and nothing is asked`, async () => {
      microsoft = await startMicrosoft();

      const { code, text } = await run({ ...productionEnv(microsoft), GRAPH_CLOUD: cloud });

      assert.equal(code, 1);
      assert.match(text, /GRAPH_CLOUD: must be global or usgov: Windows 365 for Graph is offered in no other cloud/);
      assert.deepEqual(microsoft.front.passages, []);
    });
  }

  it('When a setting is missing, then it is named and nothing is asked', async () => {
    const { code, text } = await run({});

    assert.equal(code, 1);
    assert.match(text, /BOT_ID: is missing/);
  });
});
