// `npm run grant`: against the simulator, and as a process of its own with Azure CLI's token, against Graph under its real name.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy } from '../../src/domain/policy.ts';
import { reasons } from '../../src/grant/reasons.ts';
import { runGrant } from '../../src/grant/run-grant.ts';
import { graphAppRoles } from '../../src/graph/app-roles.ts';
import { demoTeamsApp, type Fault, usualPermissions } from '../../src/simulator/index.ts';
import { assertBuilt } from '../fakes/bot-process.ts';
import { runBuilt } from '../fakes/built-program.ts';
import { realClock, type SimulatedGraph, startGraph } from '../fakes/graph.ts';
import { graphClientId, startMicrosoft } from '../fakes/microsoft/index.ts';
import { policyText, productionEnv } from '../fakes/production.ts';
import { tenantId } from '../fakes/teams.ts';
import { testPolicy } from '../fakes/whole-bot.ts';

const clientId = 'eeeeeeee-0009-4000-8000-000000000009';
const administrators = ['Application.Read.All', 'AppRoleAssignment.ReadWrite.All'];
const needed = ['CloudPC.ReadWrite.All', 'User.Read.All', 'GroupMember.Read.All', 'Mail.Send'];
const forTheApp = ['AppCatalog.Read.All', 'TeamsAppInstallation.ReadWriteSelfForUser.All'];
const assignedTo = /\/appRoleAssignedTo$/;

interface Asking {
  appRoles?: ReturnType<typeof graphAppRoles>;
  policy?: Policy;
  clientId?: string;
  teamsAppId?: string | null;
  isDryRun?: boolean;
  withOptional?: boolean;
}

describe('granting permissions', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph();
    // The rights of whoever is signed in.
    graph.simulator.tenant.permissions.grant(...administrators);
  });
  afterEach(() => graph.simulator.close());

  const principals = () => graph.simulator.tenant.servicePrincipals;
  const posts = () => graph.simulator.requests.filter(({ method }) => method === 'POST').length;
  const addIdentity = () => principals().addIdentity(clientId, 'concierge-x1');

  async function grant(asking: Asking = {}) {
    const lines: string[] = [];
    const code = await runGrant({
      appRoles: graphAppRoles(graph.client, { clock: realClock }),
      policy: testPolicy,
      clientId,
      tenantId,
      teamsAppId: null,
      isDryRun: false,
      withOptional: false,
      print: (line) => lines.push(line),
      ...asking,
    });
    return { code, lines };
  }

  it('When it only says what it would do, then each permission stands there with its why, and nothing is changed', async () => {
    const identity = addIdentity();

    const { code, lines } = await grant({ isDryRun: true, teamsAppId: demoTeamsApp.externalId });

    assert.equal(code, 0);
    assert.equal(lines[0], `concierge-x1 (client id ${clientId}) in tenant ${tenantId}:`);
    const planned = lines.filter((line) => line.startsWith('  + '));
    assert.deepEqual(
      planned,
      [...needed, ...forTheApp].map((one) => `  + ${one}: to be granted; ${reasons[one as keyof typeof reasons]}`),
    );
    assert.ok(lines.some((line) => line.startsWith('  - LicenseAssignment.Read.All: not granted')));
    assert.equal(lines.at(-1), 'Nothing was changed (--dry-run).');
    assert.equal(posts(), 0);
    assert.deepEqual(principals().grantedTo(identity), []);
  });

  it('When it grants, then what is needed and nothing else; a second time there is nothing to do', async () => {
    const identity = addIdentity();

    const first = await grant();
    const second = await grant();

    assert.equal(first.code, 0);
    assert.deepEqual(principals().grantedTo(identity), needed);
    assert.deepEqual(
      first.lines.filter((line) => line.endsWith(' was granted.')),
      needed.map((one) => `${one} was granted.`),
    );
    assert.equal(posts(), needed.length);
    assert.deepEqual(
      second.lines.filter((line) => line.startsWith('  ✓ ')),
      needed.map((one) => `  ✓ ${one}: granted already`),
    );
    assert.deepEqual([second.code, second.lines.at(-1)], [0, 'There is nothing to grant.']);
  });

  it('When the policy lets Windows 365 be assigned, then what that needs is granted too', async () => {
    const identity = addIdentity();
    const windows365 = { ...testPolicy.windows365, licenceGroups: ['lic - Windows 365'] };

    await grant({ policy: { ...testPolicy, windows365 } });

    assert.deepEqual(principals().grantedTo(identity), [
      ...needed.slice(0, 3),
      'GroupMember.ReadWrite.All',
      'LicenseAssignment.Read.All',
      'Mail.Send',
    ]);
  });

  it('When what is optional is asked for, then it is granted as well', async () => {
    const identity = addIdentity();

    await grant({ withOptional: true });

    assert.ok(principals().grantedTo(identity).includes('LicenseAssignment.Read.All'));
  });

  it('When some are there and one too many, then the rest is granted and the one too many is told and left', async () => {
    const identity = addIdentity();
    const { graph: resource } = principals();
    for (const permission of ['User.Read.All', 'Directory.Read.All']) {
      const role = resource.appRoles.find(({ value }) => value === permission);
      principals().assign(identity, resource, role?.id ?? '');
    }
    // Of another identity: not this one's.
    principals().assign(principals().addIdentity(graphClientId, 'other'), resource, resource.appRoles[0]?.id ?? '');

    const { lines } = await grant();

    assert.ok(lines.includes('  ✓ User.Read.All: granted already'));
    assert.ok(lines.some((line) => line.startsWith('  ! Directory.Read.All: granted, and not needed')));
    assert.deepEqual(principals().grantedTo(identity).sort(), [...needed, 'Directory.Read.All'].sort());
    assert.equal(posts(), needed.length - 1);
  });

  it('When the list comes in pages, with an empty one first, then all of it is read', async () => {
    addIdentity();
    await grant();
    Object.assign(graph.simulator.tenant.paging, { pageSize: 2, emptyFirstPage: false });

    const { lines } = await grant();

    assert.equal(lines.at(-1), 'There is nothing to grant.');
  });

  it('When the list lags behind and Graph says that it is so already, then that is no fault', async () => {
    const identity = addIdentity();
    const appRoles = graphAppRoles(graph.client, { clock: realClock });
    await appRoles.grant(identity, 'User.Read.All');

    const { code, lines } = await grant({ appRoles: { ...appRoles, grantedTo: async () => [] } });

    assert.equal(code, 0);
    assert.ok(lines.includes('User.Read.All had been granted meanwhile.'));
    assert.equal(principals().assignments.length, needed.length);
  });

  it('When there is no such identity, then it says so, and changes nothing', async () => {
    const { code, lines } = await grant();

    assert.equal(code, 1);
    assert.match(lines.join('\n'), /has no identity with the client id eeeeeeee-0009/);
    assert.equal(posts(), 0);
  });

  for (const permission of administrators) {
    it(`When whoever is signed in lacks ${permission}, then the role that helps is named`, async () => {
      const identity = addIdentity();
      graph.simulator.tenant.permissions.take(permission);

      const { code, lines } = await grant();

      assert.equal(code, 1);
      assert.match(lines.at(-1) ?? '', /Privileged Role Administrator/);
      assert.deepEqual(principals().grantedTo(identity), []);
    });
  }

  const unclear: [string, Fault][] = [
    ['503', { status: 503 }],
    ['504 though it was done', { applyThenStatus: 504 }],
    ['a connection that ends though it was done', 'resetAfter'],
  ];
  for (const [name, fault] of unclear) {
    it(`When the answer to the first is ${name}, then nothing is sent twice, and running it again ends it`, async () => {
      const identity = addIdentity();
      const handle = graph.simulator.faults.add({ match: { path: assignedTo }, fault });

      const { code, lines } = await grant();
      const sentAtFirst = posts();
      handle.remove();
      const again = await grant();

      assert.equal(code, 1);
      assert.match(lines.at(-1) ?? '', /no clear answer .*Run it again/);
      assert.equal(sentAtFirst, 1);
      assert.equal(again.code, 0);
      assert.deepEqual([...principals().grantedTo(identity)].sort(), [...needed].sort());
      assert.equal(principals().assignments.length, needed.length);
    });
  }

  it('When Graph does not have a permission in this cloud, then that is told, the others are granted and the code is 1', async () => {
    const identity = addIdentity();
    const { appRoles } = principals().graph;
    appRoles.splice(
      appRoles.findIndex(({ value }) => value === 'CloudPC.ReadWrite.All'),
      1,
    );

    const { code, lines } = await grant();

    assert.equal(code, 1);
    assert.ok(lines.includes('  ✗ CloudPC.ReadWrite.All: Graph does not have it in this cloud'));
    assert.deepEqual(principals().grantedTo(identity), needed.slice(1));
  });

  it('When the bot may need a permission, then the page for administrators gives its why', () => {
    const page = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');

    assert.deepEqual(Object.keys(reasons).sort(), [...usualPermissions].sort());
    for (const [permission, why] of Object.entries(reasons))
      assert.ok(page.includes(`| \`${permission}\` | ${why} |`), permission);
  });
});

describe('npm run grant', function () {
  this.timeout(60_000);

  it('When an administrator is signed in with Azure CLI, then the identity has what it needs; signed out, the command says how', async () => {
    await assertBuilt();
    const folder = await mkdtemp(join(tmpdir(), 'concierge-grant-'));
    const microsoft = await startMicrosoft();
    try {
      microsoft.simulator.tenant.permissions.grant(...administrators);
      const { servicePrincipals } = microsoft.simulator.tenant;
      const identity = servicePrincipals.addIdentity(graphClientId, 'concierge-x1');
      await writeFile(join(folder, 'policy.yaml'), policyText());
      const { AZURE_CLIENT_SECRET: _, ...env } = productionEnv(microsoft);
      const run = (words: readonly string[]) => runProcess(folder, words, env);

      const signedOut = await run([]);
      await writeAzureCli(folder, microsoft.login.tokenFor('https://graph.microsoft.com'));
      const dry = await run(['--dry-run']);
      const before = servicePrincipals.grantedTo(identity);
      const done = await run([]);

      assert.equal(signedOut.code, 1);
      assert.match(signedOut.text, new RegExp(`az login --tenant ${tenantId}`));
      assert.deepEqual([dry.code, before], [0, []], dry.text);
      assert.match(dry.text, /Nothing was changed \(--dry-run\)\.\n$/);
      assert.equal(done.code, 0, done.text);
      assert.deepEqual(servicePrincipals.grantedTo(identity), needed);
      assert.deepEqual([...new Set(microsoft.front.passages.map(({ host }) => host))], ['graph.microsoft.com']);
    } finally {
      await microsoft.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Answers `az account get-access-token` for Graph and this tenant, as Azure CLI does for whoever is signed in. */
async function writeAzureCli(folder: string, token: string): Promise<void> {
  const answer = {
    accessToken: token,
    expires_on: Math.floor(Date.now() / 1000) + 3600,
    tenant: tenantId,
    tokenType: 'Bearer',
  };
  await mkdir(join(folder, 'bin'));
  const script = `#!/bin/sh
case "$*" in
  *get-access-token*https://graph.microsoft.com*${tenantId}*) echo '${JSON.stringify(answer)}' ;;
  *) echo "not understood: $*" >&2; exit 2 ;;
esac
`;
  await writeFile(join(folder, 'bin/az'), script, { mode: 0o755 });
}

async function runProcess(folder: string, words: readonly string[], env: Record<string, string>) {
  const path = `${join(folder, 'bin')}:/bin:/usr/bin`;
  return runBuilt('grant/index.js', { folder, words, env: { ...env, PATH: path } });
}
