// The policy file: what an organisation may write, and the sentences that come back when it does not fit.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { InputError } from '../../src/domain/errors.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { day, hour, minute } from '../../src/domain/time.ts';
import { loadPolicyFile, parsePolicy } from '../../src/policy-file.ts';
import { policyJsonSchema, policySchemaFile } from '../../src/policy-schema.ts';
import { quickest } from '../fakes/quickest.ts';

const admins = '6f1d0b5e-6d7c-4c55-9a34-0d8a5c0e7a11';
const approvers = 'a02c7f1d-18a5-4a0b-8d5e-5b4a9b1f6c22';
const vip = '77be3c4a-90d2-4c3f-b6a1-1f2e3d4c5b33';

const smallest = `roles: { admins: [${admins}] }\n`;

const full = `
roles:                          # Entra groups, by object id only
  admins:    [${admins}]
  approvers: [${approvers}]
  vip:       [${vip}]            # owners whose Cloud PCs need approval by an admin as well
selfService:
  reprovision: approval         # approval | direct | off
  assign: approval              # approval | off
  respectResetEnabled: false    # true: only where the Windows 365 user setting allows users to reset
  osVersions: [windows11]       # offered as a choice only when there are two or more
  accountTypes: []
admin: { single: approval, bulk: approval, assign: direct, osVersions: [windows10, windows11], accountTypes: [standardUser, administrator] }
approval: { needed: 1, neededForBulk: 1, expiresAfter: 3d, remindEvery: 8h, escalateAfter: 1d }       # the requester never counts as an approver
channel: { language: en, timeZone: Europe/Berlin }                                  # for cards that many people read
limits: { perCloudPcCooldown: 24h, startsPerHour: 200, bulkMax: 500, canary: 1, waveSize: 25, stopWhenFailedPercent: 10, unknownAfter: 15m, slowAfter: 90m, giveUpAfter: 6h, membershipWithin: 30m, licenceWithin: 2h, cloudPcWithin: 2h }
windows365:                     # names are resolved once and pinned to ids; a changed id stops with an error
  licenceGroups: [lic - Windows 365 Enterprise - 2 vCPU 4 GB 128 GB]
  provisioningGroupPrefix: "cfg - Windows 365 - Provisioning - "
  provisioningGroup:       cfg - Windows 365 - Provisioning - Win11
  userSettingsGroupPrefix: "cfg - Windows 365 - User Settings - "
  userSettingsGroup:       cfg - Windows 365 - User Settings - restore allowed
  frontlinePolicies: [Shift work]
  endGracePeriod: true
mail:   { from: cloudpc@contoso.com, whenStarted: false, whenFinished: true, customText: true }
ticket: { enabled: true, queue: support@contoso.com, customerId: Contoso }
`;

const fromFull: Policy = {
  roles: { admins: [admins], approvers: [approvers], vip: [vip] },
  selfService: {
    reprovision: 'approval',
    assign: 'approval',
    respectResetEnabled: false,
    osVersions: ['windows11'],
    accountTypes: [],
  },
  admin: {
    single: 'approval',
    bulk: 'approval',
    assign: 'direct',
    osVersions: ['windows10', 'windows11'],
    accountTypes: ['standardUser', 'administrator'],
  },
  approval: { needed: 1, neededForBulk: 1, expiresAfterMs: 3 * day, remindEveryMs: 8 * hour, escalateAfterMs: day },
  channel: { language: 'en', timeZone: 'Europe/Berlin' },
  limits: {
    perCloudPcCooldownMs: 24 * hour,
    startsPerHour: 200,
    bulkMax: 500,
    canary: 1,
    waveSize: 25,
    stopWhenFailedPercent: 10,
    unknownAfterMs: 15 * minute,
    slowAfterMs: 90 * minute,
    giveUpAfterMs: 6 * hour,
    membershipWithinMs: 30 * minute,
    licenceWithinMs: 2 * hour,
    cloudPcWithinMs: 2 * hour,
  },
  mail: { from: 'cloudpc@contoso.com', whenStarted: false, whenFinished: true, customText: true },
  windows365: {
    licenceGroups: ['lic - Windows 365 Enterprise - 2 vCPU 4 GB 128 GB'],
    provisioningGroupPrefix: 'cfg - Windows 365 - Provisioning - ',
    provisioningGroup: 'cfg - Windows 365 - Provisioning - Win11',
    userSettingsGroupPrefix: 'cfg - Windows 365 - User Settings - ',
    userSettingsGroup: 'cfg - Windows 365 - User Settings - restore allowed',
    frontlinePolicies: ['Shift work'],
    endGracePeriod: true,
  },
  ticket: { enabled: true, queue: 'support@contoso.com', customerId: 'Contoso' },
};

/** The faults as they are told; none when it is accepted. */
function faultsOf(text: string): string {
  try {
    parsePolicy(text);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    assert.equal(error.code, 'policy');
    return String(error.values.faults);
  }
  return '';
}

describe('parsePolicy', () => {
  it('When the whole example is read, then every rule is known', () => {
    const policy = parsePolicy(full);

    assert.deepEqual(policy, fromFull);
  });

  it('When only the admins are named, then everything else has its default', () => {
    const policy = parsePolicy(smallest);

    assert.deepEqual(policy, {
      ...fromFull,
      roles: { admins: [admins], approvers: [], vip: [] },
      selfService: { ...fromFull.selfService, assign: 'off', osVersions: [] },
      admin: { single: 'approval', bulk: 'approval', assign: 'approval', osVersions: [], accountTypes: [] },
      channel: { language: 'en', timeZone: 'UTC' },
      mail: { ...fromFull.mail, from: null },
      windows365: {
        licenceGroups: [],
        provisioningGroupPrefix: null,
        provisioningGroup: null,
        userSettingsGroupPrefix: null,
        userSettingsGroup: null,
        frontlinePolicies: [],
        endGracePeriod: false,
      },
      ticket: { enabled: false, queue: null, customerId: null },
    });
  });

  it('When group ids are written in capitals, then they are compared in lower case', () => {
    const policy = parsePolicy(smallest.replace(admins, admins.toUpperCase()));

    assert.deepEqual(policy.roles.admins, [admins]);
  });

  it('When it has been read, then nobody can change it, not even deep inside', () => {
    const policy = parsePolicy(full);

    const parts = [policy, policy.roles, policy.roles.admins, policy.selfService, policy.limits, policy.mail];
    assert.deepEqual(
      parts.map(Object.isFrozen),
      parts.map(() => true),
    );
    assert.throws(() => (policy.roles.admins as string[]).push(approvers), TypeError);
  });

  it('When nothing is said about bulk requests, then they need as many approvals as single ones', () => {
    const approvalOf = (text: string) => parsePolicy(`${smallest}${text}`).approval;

    assert.equal(approvalOf('').neededForBulk, 1);
    assert.equal(approvalOf('approval: { needed: 3 }').neededForBulk, 3);
    assert.equal(approvalOf('approval: { needed: 3, neededForBulk: 2 }').neededForBulk, 2);
  });

  it('When a group is named instead of given by its id, then the sentence says why that is not safe', () => {
    const faults = faultsOf('roles: { admins: [Cloud PC Admins], approvers: [lic - approvers] }');

    const sentence = 'must be the object id of an Entra group; names can be taken by anyone who may create groups';
    assert.deepEqual(faults.split('\n'), [`roles.admins.0: ${sentence}`, `roles.approvers.0: ${sentence}`]);
  });

  it('When much is wrong, then every fault is named at once, with its place', () => {
    const faults = faultsOf(`
roles: { admins: [], approver: [${approvers}] }
selfService: { reprovision: yes please, respectResetEnabled: "true", osVersions: [windows12] }
admin: { single: off, accountTypes: [root] }
approval: { needed: 0, neededForBulk: 0, expiresAfter: 3 weeks, remindEvery: 0h, escalateAfter: 1.5d }
channel: { language: it, timeZone: Mars/Olympus }
limits: { startsPerHour: 0, bulkMax: 5001, canary: 501, waveSize: 2.5, stopWhenFailedPercent: 101, giveUpAfter: -6h }
windows365: { licenceGroups: [""], frontlinePolicies: [Shift work, SHIFT WORK], endGracePeriod: now, userSettingsGroupPrefix: " " }
mail: { from: cloudpc }
ticket: { queue: support, customerId: "" }
colour: blue
`);

    const places = faults.split('\n').map((line) => line.split(':')[0]);
    assert.deepEqual(places.sort(), [
      'admin.accountTypes.0',
      'admin.single',
      'approval.escalateAfter',
      'approval.expiresAfter',
      'approval.needed',
      'approval.neededForBulk',
      'approval.remindEvery',
      'channel.language',
      'channel.timeZone',
      'colour',
      'limits.bulkMax',
      'limits.canary',
      'limits.giveUpAfter',
      'limits.startsPerHour',
      'limits.stopWhenFailedPercent',
      'limits.waveSize',
      'mail.from',
      'roles.admins',
      'roles.approver',
      'selfService.osVersions.0',
      'selfService.reprovision',
      'selfService.respectResetEnabled',
      'ticket.customerId',
      'ticket.queue',
      'windows365.endGracePeriod',
      'windows365.frontlinePolicies',
      'windows365.licenceGroups.0',
      'windows365.userSettingsGroupPrefix',
    ]);
  });

  it('When tickets are to be written, then queue and sender must be named, beside every other fault', () => {
    const noQueue = 'ticket.queue: must be named where ticket.enabled is true';
    const noSender = 'mail.from: must be named where ticket.enabled is true: tickets are sent from it';
    const withQueue = 'ticket: { enabled: true, queue: support@contoso.com }\n';

    assert.deepEqual(faultsOf(`${smallest}ticket: { enabled: true }`).split('\n'), [noQueue, noSender]);
    assert.equal(faultsOf(`${smallest}${withQueue}`), noSender);
    assert.equal(faultsOf(`${smallest}${withQueue}mail: { from: cloudpc@contoso.com }`), '');
    assert.equal(faultsOf(`${smallest}ticket: { enabled: false }`), '');
    const among = faultsOf(`${smallest}ticket: { enabled: true, queue: support }\nmail: { from: 7 }\ncolour: blue`);
    assert.deepEqual(
      among.split('\n').map((line) => line.split(':')[0]),
      ['mail.from', 'ticket.queue', 'colour'],
    );
    assert.match(
      faultsOf(`${smallest}ticket: { enabled: true }\nmail: 7\ncolour: blue`),
      /ticket\.queue: must be named/,
    );
    assert.match(faultsOf(`${smallest}ticket: yes please`), /^ticket: /);
  });

  it('When a prefix ends in a blank, then the blank is part of it', () => {
    const { windows365 } = parsePolicy(`${smallest}windows365: { provisioningGroupPrefix: "cfg - " }`);

    assert.equal(windows365.provisioningGroupPrefix, 'cfg - ');
  });

  for (const [name, text, path] of [
    ['at the top', `${smallest}approvals: { needed: 2 }`, 'approvals'],
    ['in a section', `${smallest}limits: { startPerHour: 5 }`, 'limits.startPerHour'],
    ['among the roles', `roles: { admins: [${admins}], owners: [] }`, 'roles.owners'],
    ['with the name of a prototype', `${smallest}__proto__: { needed: 0 }`, '__proto__'],
    ['with the name of a method', `${smallest}mail: { toString: 1 }`, 'mail.toString'],
  ] as const) {
    it(`When a key ${name} is not known, then it is refused with its path`, () => {
      assert.equal(faultsOf(text), `${path}: is not a known key`);
    });
  }

  for (const written of ['30', '1.5h', '-1h', '1w', '0h', '00m', 'h', '1h30m', '1234567d', '2h ago']) {
    it(`When a duration is written “${written}”, then the sentence says how to write one`, () => {
      assert.equal(
        faultsOf(`${smallest}limits: { slowAfter: "${written}" }`),
        'limits.slowAfter: must be a duration such as 30s, 15m, 24h or 3d',
      );
    });
  }

  it('When a duration is a number without a unit, then it is refused', () => {
    assert.match(faultsOf(`${smallest}limits: { slowAfter: 30 }`), /^limits\.slowAfter: .*string/);
  });

  it('When the cool-down is zero, then there is none', () => {
    const policy = parsePolicy(`${smallest}limits: { perCloudPcCooldown: 0h }`);

    assert.equal(policy.limits.perCloudPcCooldownMs, 0);
  });

  for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC']) {
    it(`When the channel reads in ${zone}, then that is accepted`, () => {
      assert.equal(parsePolicy(`${smallest}channel: { timeZone: ${zone} }`).channel.timeZone, zone);
    });
  }

  for (const zone of ['Berlin', 'Europe/', 'W. Europe Standard Time', '']) {
    it(`When the channel reads in “${zone}”, then it is refused with an example`, () => {
      assert.equal(
        faultsOf(`${smallest}channel: { timeZone: "${zone}" }`),
        'channel.timeZone: must be an IANA time zone such as Europe/Berlin',
      );
    });
  }

  for (const [name, text] of [
    ['nothing', ''],
    ['words', 'approve everything'],
    ['a list', '- a\n- b'],
    ['a picture', '\u0089PNG\r\n\u001a\n\u0000\u0000'],
    ['broken brackets', 'roles: {{{'],
    ['tabs', 'roles:\n\tadmins: []'],
    ['JSON cut short', '{"roles": {"admins": ['],
    ['a key twice', `${smallest}${smallest}`],
    ['two documents', `${smallest}---\n${smallest}`],
    ['an alias without an anchor', 'roles: { admins: *nobody }'],
    ['itself', 'roles: &roles\n  admins: *roles\n'],
    ['a tag of another language', '!!js/function "process.exit()"'],
  ] as const) {
    it(`When the file holds ${name}, then it is refused as a policy and nothing worse happens`, () => {
      assert.notEqual(faultsOf(text), '');
    });
  }

  it('When aliases multiply without end, then they are refused at once', async () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(of).join(', ')}]`;
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const bomb = names.map((name, index) => level(name, index === 0 ? 'x' : `*${names[index - 1]}`)).join('\n');

    const ms = await quickest(1000, () => assert.match(faultsOf(bomb), /alias/i));

    assert.ok(ms < 1000, `took ${ms} ms`);
  });

  it('When an alias is used a few times, as people do, then it is followed', () => {
    const policy = parsePolicy(`roles: { admins: [&it ${admins}], approvers: [*it], vip: [*it] }`);

    assert.deepEqual(policy.roles, { admins: [admins], approvers: [admins], vip: [admins] });
  });
});

describe('loadPolicyFile', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'policy-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('When the file is there, then it is read', async () => {
    const path = join(folder, 'policy.yaml');
    await writeFile(path, full);

    const policy = await loadPolicyFile(path);

    assert.deepEqual(policy, fromFull);
  });

  it('When the file is not there, then its name is told', async () => {
    const path = join(folder, 'none.yaml');

    await assert.rejects(loadPolicyFile(path), (error) => {
      assert.ok(error instanceof InputError);
      assert.equal(error.values.faults, `${path} cannot be read`);
      return true;
    });
  });

  it('When the policy of the repository is read, then it is accepted', async () => {
    const policy = await loadPolicyFile(fileURLToPath(new URL('../../policy.yaml', import.meta.url)));

    assert.equal(policy.selfService.reprovision, 'approval');
    assert.equal(policy.mail.from, null);
  });
});

describe('policy.schema.json', () => {
  const readSchema = async () => JSON.parse(await readFile(policySchemaFile, 'utf8'));
  const isValid = async (text: string) =>
    new Ajv2020({ strict: false, validateFormats: false }).validate(await readSchema(), parse(text));

  it('When the schema is generated, then it is the one in the repository (npm run schema)', async () => {
    assert.deepEqual(await readSchema(), JSON.parse(JSON.stringify(policyJsonSchema())));
  });

  it('When an editor checks the examples by it, then they fit, and slips are shown', async () => {
    assert.equal(await isValid(full), true);
    assert.equal(await isValid(smallest), true);
    assert.equal(await isValid(`${smallest}limits: { slowAfter: 0h }`), false);
    assert.equal(await isValid(`${smallest}colour: blue`), false);
    assert.equal(await isValid('roles: { admins: [Cloud PC Admins] }'), false);
  });

  it('When the root policy names its schema for editors, then that file is meant', async () => {
    const text = await readFile(new URL('../../policy.yaml', import.meta.url), 'utf8');

    assert.match(text, /^# yaml-language-server: \$schema=\.\/policy\.schema\.json$/m);
  });
});
