// What a check makes of what it has found.
import assert from 'node:assert/strict';
import type { Group, ProvisioningPolicy, SubscribedSku } from '../../src/domain/directory.ts';
import type { Permission } from '../../src/domain/permissions.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { FrontlineFinding, GraphFindings, SetupFindings } from '../../src/domain/setup-findings.ts';
import type { SetupRow } from '../../src/domain/setup-row.ts';
import { toRows, verdictOf } from '../../src/domain/setup-rows.ts';
import { hour, second } from '../../src/domain/time.ts';
import {
  aChannel,
  aGroup,
  allRoles,
  aRoleGroup,
  graphFindings,
  members,
  noAnswer,
  refusedFor,
  setupFindings,
} from '../fakes/setup.ts';
import { aPolicy } from '../fakes/things.ts';

const policy: Policy = { ...aPolicy, mail: { ...aPolicy.mail, from: 'cloudpc@contoso.com' } };
const rowsOf = (findings: SetupFindings, under: Policy = policy) => toRows(findings, under);
const inState = (rows: readonly SetupRow[], state: SetupRow['state']) =>
  rows.filter((row) => row.state === state).map(({ name }) => name.text);
const find = (rows: readonly SetupRow[], name: string): SetupRow => {
  const row = rows.find((one) => one.name.text === name);
  assert.ok(row, `${name} is not among ${rows.map((one) => one.name.text)}`);
  return row;
};
const withProbe = (
  permission: Permission,
  seen: GraphFindings['probes']['taken'][Permission],
): GraphFindings['probes'] => {
  const { probes } = graphFindings();
  return { ...probes, taken: { ...probes.taken, [permission]: seen } };
};
const without = (permission: Permission) => allRoles.filter((one) => one !== permission);
const nameOf = (permission: (typeof allRoles)[number]): string =>
  ({
    'CloudPC.ReadWrite.All': 'check.permission.cloudPcs',
    'User.Read.All': 'check.permission.people',
    'GroupMember.Read.All': 'check.permission.groups',
    'Mail.Send': 'check.permission.mail',
    'AppCatalog.Read.All': 'check.permission.catalog',
    'TeamsAppInstallation.ReadWriteSelfForUser.All': 'check.permission.install',
    'LicenseAssignment.Read.All': 'check.permission.licences',
  })[permission as string] ?? '';

describe('the rows of a check', () => {
  it('When everything is there, then every row says so and nothing is to be mended', () => {
    const rows = rowsOf(setupFindings());

    assert.equal(verdictOf(rows), 0);
    assert.ok(rows.length > 12);
    assert.deepEqual(
      rows.filter(({ state, mend }) => state !== 'present' || mend.length > 0),
      [],
    );
  });

  for (const permission of allRoles.filter((one) => one !== 'LicenseAssignment.Read.All')) {
    it(`When ${permission} is neither in the token nor taken, then it is the one thing that is missing`, () => {
      const probes =
        permission === 'Mail.Send' ? graphFindings().probes : withProbe(permission, refusedFor(permission));

      const rows = rowsOf(setupFindings({ roles: { value: without(permission) }, probes }));

      assert.deepEqual(inState(rows, 'missing'), [nameOf(permission)]);
      assert.deepEqual(rows[0]?.mend, [{ text: 'check.permissionFix', values: { permission } }]);
      assert.equal(verdictOf(rows), 1);
    });
  }

  it('When reading licences is not allowed, then that is told and nothing needed is missing', () => {
    const permission = 'LicenseAssignment.Read.All';
    const findings = {
      roles: { value: without(permission) },
      probes: withProbe(permission, refusedFor(permission)),
      skus: refusedFor(permission),
    };

    const rows = rowsOf(setupFindings(findings));

    assert.equal(find(rows, nameOf(permission)).mend[0]?.text, 'check.optional');
    assert.equal(find(rows, 'check.licence').state, 'unknown');
    assert.equal(verdictOf(rows), 0);
  });

  it('When the token and Graph differ, then Graph’s answer counts and the row says so', () => {
    const permission = 'CloudPC.ReadWrite.All';

    const refused = find(
      rowsOf(setupFindings({ probes: withProbe(permission, refusedFor(permission)) })),
      nameOf(permission),
    );
    const wider = find(rowsOf(setupFindings({ roles: { value: without(permission) } })), nameOf(permission));

    assert.equal(refused.state, 'missing');
    assert.deepEqual(
      refused.mend.map(({ text }) => text),
      ['refusal.grantedCloudPc', 'refusal.reference'],
    );
    assert.deepEqual(refused.mend[1]?.values, { reference: 'graph-request-1' });
    assert.equal(wider.state, 'notable');
    assert.equal(wider.mend[0]?.text, 'check.takenAllTheSame');
  });

  it('When the token cannot be read, then what calls prove is there, and what no call proves is not known', () => {
    const rows = rowsOf(setupFindings({ roles: { value: null } }));

    assert.deepEqual(inState(rows, 'unknown'), [nameOf('Mail.Send')]);
    assert.equal(find(rows, nameOf('Mail.Send')).mend[0]?.text, 'check.unreadableToken');
    assert.equal(verdictOf(rows), 2);
    const refused = rowsOf(
      setupFindings({ roles: { value: null }, probes: withProbe('User.Read.All', refusedFor('x')) }),
    );
    assert.deepEqual(inState(refused, 'missing'), [nameOf('User.Read.All')]);
  });

  it('When there is no token, or it is not taken, then that alone is told of Graph', () => {
    const signIn = { ...refusedFor('x') };
    const trace = { requestId: null, clientRequestId: null, refusal: { because: 'signIn' as const, permissions: [] } };
    Object.assign(signIn.fault, { trace });

    const noToken = rowsOf(setupFindings({ roles: noAnswer }));
    const notTaken = rowsOf(setupFindings({ probes: withProbe('User.Read.All', signIn) }));

    assert.deepEqual(inState(noToken, 'missing'), ['check.signIn']);
    assert.deepEqual(inState(noToken, 'present'), ['check.channel', 'check.storeAnswers', 'check.clock']);
    assert.deepEqual(inState(notTaken, 'missing'), ['check.signIn']);
  });

  it('When a role’s group is gone or empty, then the row names the key or says that nobody has the right', () => {
    const gone = { ...aRoleGroup('admins', 'x'), group: { value: null } };
    const empty = { ...aRoleGroup('approvers', 'Cloud PC Approvers'), members: { value: members(0) } };
    const nobodyImportant = { ...aRoleGroup('vip', 'Board'), members: { value: members(0) } };

    const rows = rowsOf(setupFindings({ roleGroups: [gone, empty, nobodyImportant] }));

    assert.deepEqual(inState(rows, 'missing'), ['check.group.admins', 'check.group.approvers']);
    assert.deepEqual(find(rows, 'check.group.admins').mend[0]?.values, {
      key: 'roles.admins',
      groupId: 'group-admins',
    });
    assert.equal(find(rows, 'check.group.vip').state, 'present');
  });

  it('When a name fits no group or several, then that is missing, and several are named by their ids', () => {
    const named = (count: number) => ({
      key: 'windows365.provisioningGroup',
      name: 'lic',
      groups: { value: Array.from({ length: count }, (_, n) => aGroup(`id-${n}`, 'lic')) },
    });

    assert.equal(find(rowsOf(setupFindings({ namedGroups: [named(1)] })), 'check.group.windows365').state, 'present');
    const none = find(rowsOf(setupFindings({ namedGroups: [named(0)] })), 'check.group.windows365');
    const several = find(rowsOf(setupFindings({ namedGroups: [named(2)] })), 'check.group.windows365');
    assert.deepEqual([none.state, none.mend[0]?.text], ['missing', 'check.namedNone']);
    assert.deepEqual([several.state, several.mend[0]?.values], ['missing', { count: 2, ids: 'id-0, id-1' }]);
  });

  describe('where Windows 365 is assigned', () => {
    const assigning: Policy = {
      ...policy,
      windows365: { ...policy.windows365, licenceGroups: ['lic'], frontlinePolicies: ['Shift work'] },
    };
    const roles = { value: [...allRoles, 'GroupMember.ReadWrite.All'] };
    const sku = (graphFindings().skus as { value: SubscribedSku[] }).value[0] as SubscribedSku;
    const aLicenceGroup = (changes: Partial<Group> = {}): GraphFindings['namedGroups'] => {
      const assignedLicences = [{ skuId: sku.skuId, disabledPlans: [] }];
      const group = { ...aGroup('id-1', 'lic'), assignedLicences, ...changes };
      return [{ key: 'windows365.licenceGroups', name: 'lic', groups: { value: [group] } }];
    };
    const aShiftPolicy = (changes: Partial<ProvisioningPolicy> = {}): ProvisioningPolicy => ({
      id: 'policy-1',
      name: 'Shift work',
      provisioningType: 'sharedByUser',
      imageName: null,
      assignments: [{ groupId: 'group-1', servicePlanId: 'plan-1' }],
      ...changes,
    });
    const frontline = (changes: Partial<FrontlineFinding> = {}): GraphFindings['frontline'] => [
      {
        name: 'Shift work',
        policies: { value: [aShiftPolicy()] },
        plans: { value: [{ id: 'plan-1', name: 'Frontline 2vCPU', totalCount: 12, usedCount: 5 }] },
        ...changes,
      },
    ];
    const rowsWith = (changes: Partial<GraphFindings>) => rowsOf(setupFindings({ roles, ...changes }), assigning);
    const textsOf = (row: SetupRow) => [row.state, row.mend[0]?.text];

    it('When everything is there, then seats are told and nothing is to be mended', () => {
      const rows = rowsWith({ namedGroups: aLicenceGroup(), frontline: frontline() });

      assert.equal(verdictOf(rows), 0);
      assert.deepEqual(
        rows.filter(({ state }) => state !== 'present'),
        [],
      );
      assert.deepEqual(find(rows, 'check.seats').name.values, {
        name: 'lic',
        licence: sku.partNumber,
        free: 13,
        total: 25,
      });
      assert.deepEqual(find(rows, 'check.frontlineSeats').name.values, {
        name: 'Shift work',
        licence: 'Frontline 2vCPU',
        free: 7,
        total: 12,
      });
      assert.equal(find(rows, 'check.permission.members').isNeeded, true);
    });

    it('When nothing is named to be assigned, then nobody asks for the permission to change members', () => {
      assert.equal(
        rowsOf(setupFindings()).some(({ name }) => name.text === 'check.permission.members'),
        false,
      );
    });

    it('When changing members or reading licences is not granted, then that is missing and needed', () => {
      const noMembers = rowsWith({ roles: { value: allRoles } });
      const licences = 'LicenseAssignment.Read.All';
      const noLicences = rowsWith({
        roles: { value: roles.value.filter((one) => one !== licences) },
        probes: withProbe(licences, refusedFor(licences)),
        skus: refusedFor(licences),
        namedGroups: aLicenceGroup(),
      });

      assert.deepEqual(inState(noMembers, 'missing'), ['check.permission.members']);
      assert.equal(verdictOf(noMembers), 1);
      assert.deepEqual(inState(noLicences, 'missing'), ['check.permission.licences']);
      assert.equal(find(noLicences, 'check.permission.licences').mend[0]?.text, 'check.permissionFix');
      assert.deepEqual(
        [find(noLicences, 'check.group.windows365'), find(noLicences, 'check.licence')].map((row) => [
          row.state,
          row.isNeeded,
        ]),
        [
          ['unknown', true],
          ['unknown', true],
        ],
      );
    });

    it('When the token cannot be read, then it is not known whether members may be changed', () => {
      const row = find(rowsWith({ roles: { value: null } }), 'check.permission.members');

      assert.deepEqual(textsOf(row), ['unknown', 'check.unreadableToken']);
    });

    for (const [changes, why] of [
      [{ isDynamic: true }, 'dynamic'],
      [{ isSynced: true }, 'synced'],
      [{ isMailOnly: true }, 'mailOnly'],
      [{ isAssignableToRole: true }, 'roles'],
    ] as const) {
      it(`When members of a named group cannot be changed (${why}), then it is missing, with the reason`, () => {
        const settings = { key: 'windows365.userSettingsGroup', name: 'cfg' };
        const other = { ...settings, groups: { value: [{ ...aGroup('id-2', 'cfg'), ...changes }] } };

        for (const namedGroups of [aLicenceGroup(changes), [other]]) {
          const row = find(rowsWith({ namedGroups }), 'check.group.windows365');
          assert.deepEqual(textsOf(row), ['missing', `check.notWritable.${why}`]);
        }
      });
    }

    it('When a licence group gives no licence of Windows 365, or several, then it is missing', () => {
      const other = { ...sku, skuId: 'sku-2', partNumber: 'CPC_E_4C_16GB_256GB' };
      const skus = { value: [sku, other] };
      const assignedLicences = ['sku-1', 'sku-2'].map((skuId) => ({ skuId, disabledPlans: [] }));

      const none = find(rowsWith({ namedGroups: aLicenceGroup({ assignedLicences: [] }) }), 'check.group.windows365');
      const two = find(rowsWith({ skus, namedGroups: aLicenceGroup({ assignedLicences }) }), 'check.group.windows365');

      assert.deepEqual(textsOf(none), ['missing', 'check.licenceGroupNone']);
      assert.deepEqual(textsOf(two), ['missing', 'check.licenceGroupSeveral']);
      assert.deepEqual(two.mend[0]?.values, { licences: 'CPC_E_2C_8GB_128GB, CPC_E_4C_16GB_256GB' });
    });

    it('When another group than one for licences gives none, then that is as it should be', () => {
      const groups = { value: [aGroup('id-2', 'cfg')] };
      const namedGroups = [{ key: 'windows365.provisioningGroup', name: 'cfg', groups }];

      assert.equal(find(rowsWith({ namedGroups }), 'check.group.windows365').state, 'present');
    });

    it('When no seat is free, then that is worth knowing and stops nothing', () => {
      const full = { value: [{ ...sku, consumedSeats: 27, freeSeats: -2 }] };
      const plans = { value: [{ id: 'plan-1', name: 'Frontline 2vCPU', totalCount: 12, usedCount: 12 }] };

      const rows = rowsWith({ skus: full, namedGroups: aLicenceGroup(), frontline: frontline({ plans }) });

      for (const name of ['check.seats', 'check.frontlineSeats']) {
        const row = find(rows, name);
        assert.deepEqual([row.state, row.mend[0]?.text, row.name.values.free], ['notable', 'check.seatsNone', 0]);
      }
      assert.equal(verdictOf(rows), 0);
    });

    const policies = (...value: ProvisioningPolicy[]): Partial<FrontlineFinding> => ({ policies: { value } });
    const cases: [string, Partial<FrontlineFinding>, SetupRow['state'], string][] = [
      ['is not there', policies(), 'missing', 'check.frontlineNone'],
      ['is there twice', policies(aShiftPolicy(), aShiftPolicy({ id: 'p2' })), 'missing', 'check.frontlineSeveral'],
      [
        'is one for dedicated Cloud PCs',
        policies(aShiftPolicy({ provisioningType: 'dedicated' })),
        'missing',
        'check.frontlineOther',
      ],
      ['is assigned to nobody', policies(aShiftPolicy({ assignments: [] })), 'missing', 'check.frontlineNoSize'],
      [
        'has no size',
        policies(aShiftPolicy({ assignments: [{ groupId: 'group-1', servicePlanId: null }] })),
        'missing',
        'check.frontlineNoSize',
      ],
      ['has a size without seats', { plans: { value: [] } }, 'notable', 'check.frontlineNoSeats'],
      ['could not be asked for', { policies: noAnswer }, 'unknown', 'check.noAnswer'],
      ['has seats that could not be asked for', { plans: noAnswer }, 'unknown', 'check.noAnswer'],
    ];
    for (const [name, changes, state, mend] of cases) {
      it(`When a Frontline policy ${name}, then that is ${state}`, () => {
        const row = find(rowsWith({ frontline: frontline(changes) }), 'check.frontline');

        assert.deepEqual(textsOf(row), [state, mend]);
      });
    }

    it('When a Frontline policy has several sizes, then each is told once', () => {
      const assignments = ['plan-1', 'plan-2', 'plan-1'].map((servicePlanId, n) => ({
        groupId: `g${n}`,
        servicePlanId,
      }));
      const plans = ['plan-1', 'plan-2'].map((id, n) => ({ id, name: id, totalCount: 4, usedCount: n }));

      const rows = rowsWith({
        frontline: frontline({ ...policies(aShiftPolicy({ assignments })), plans: { value: plans } }),
      });

      assert.deepEqual(
        rows.filter(({ name }) => name.text === 'check.frontlineSeats').map(({ name }) => name.values.free),
        [4, 3],
      );
    });

    it('When tickets are written, then queue and sender must be named; when none are, then nothing is said', () => {
      const ticket = { enabled: true, queue: 'support@contoso.com', customerId: null };
      const rowsUnder = (changes: Partial<Policy>) => rowsOf(setupFindings({ roles }), { ...assigning, ...changes });

      assert.deepEqual(textsOf(find(rowsUnder({ ticket }), 'check.ticket')), ['present', undefined]);
      assert.deepEqual(textsOf(find(rowsUnder({ ticket: { ...ticket, queue: null } }), 'check.ticket')), [
        'missing',
        'check.ticketQueueNone',
      ]);
      assert.deepEqual(textsOf(find(rowsUnder({ ticket, mail: { ...policy.mail, from: null } }), 'check.ticket')), [
        'missing',
        'check.ticketSenderNone',
      ]);
      const off = rowsUnder({ ticket: { ...ticket, enabled: false } });
      assert.equal(
        off.some(({ name }) => name.text === 'check.ticket'),
        false,
      );
    });
  });

  it('When the policy asks for approval and names nobody, then approvers are missing', () => {
    const rows = rowsOf(setupFindings(), { ...policy, roles: { ...policy.roles, approvers: [] } });

    assert.deepEqual(inState(rows, 'missing'), ['check.noApprovers']);
  });

  it('When no channel is set, or Teams refuses it, then it is missing where somebody may have to approve', () => {
    const store = { kind: 'asked' as const, channel: null, startsPaused: false, mailsLost: 0, ms: 1 };
    const blocked = { ...store, channel: { ...aChannel, blockedAt: 1 } };
    const direct: Policy = {
      ...policy,
      roles: { ...policy.roles, vip: [] },
      selfService: { ...policy.selfService, reprovision: 'direct' },
      admin: { ...policy.admin, single: 'direct', bulk: 'direct' },
    };
    const onlyBulk: Policy = { ...direct, admin: { ...direct.admin, bulk: 'approval' } };

    assert.equal(verdictOf(rowsOf(setupFindings({}, store))), 1);
    assert.equal(find(rowsOf(setupFindings({}, blocked)), 'check.channel').mend[0]?.text, 'check.channelBlocked');
    assert.equal(verdictOf(rowsOf(setupFindings({}, store), direct)), 0);
    assert.equal(verdictOf(rowsOf(setupFindings({}, store), onlyBulk)), 1);
  });

  it('When the store was not asked, then that is said and is no fault', () => {
    for (const why of ['held', 'empty', 'away'] as const) {
      const rows = rowsOf(setupFindings({}, { kind: 'notAsked', why }));

      assert.equal(find(rows, 'check.store').mend[0]?.text, `check.storeNotAsked.${why}`);
      assert.equal(verdictOf(rows), 0);
    }
  });

  it('When the clock differs, then by how much decides whether it is told and whether it stops people', () => {
    const clocks: [number, SetupRow['state'], string][] = [
      [-20 * second, 'present', 'check.clock'],
      [90 * second, 'notable', 'check.clockSlow'],
      [-90 * second, 'notable', 'check.clockFast'],
      [-hour, 'missing', 'check.clockFast'],
    ];

    for (const [clockAheadMs, state, name] of clocks) {
      const probes = { ...graphFindings().probes, clockAheadMs };
      assert.equal(find(rowsOf(setupFindings({ probes })), name).state, state);
    }
  });

  it('When starts are paused or the circuit is open, then both are told', () => {
    const rows = rowsOf(
      setupFindings({ troubleSince: 1 }, { kind: 'asked', channel: aChannel, startsPaused: true, mailsLost: 0, ms: 1 }),
    );

    assert.deepEqual(inState(rows, 'notable').sort(), ['check.paused', 'check.trouble']);
  });

  it('When mails did not leave, then how many is told, and nothing is missing for it', () => {
    const rows = rowsOf(
      setupFindings({}, { kind: 'asked', channel: aChannel, startsPaused: false, mailsLost: 3, ms: 1 }),
    );

    assert.deepEqual(inState(rows, 'notable'), ['check.mailsLost']);
    assert.equal(verdictOf(rows), 0);
  });

  it('When no licence is known as Windows 365, then Cloud PCs prove that there is one all the same', () => {
    const probes = { ...graphFindings().probes, hasCloudPcs: { value: false } };

    assert.equal(find(rowsOf(setupFindings({ skus: { value: [] } })), 'check.licence').state, 'notable');
    assert.equal(find(rowsOf(setupFindings({ skus: { value: [] }, probes })), 'check.licence').state, 'missing');
  });

  it('When sender, app, policies or settings are not there, then each says what to do', () => {
    const found = graphFindings();
    const sender = found.sender && 'value' in found.sender ? found.sender.value : null;
    const cases: [Partial<GraphFindings>, string, SetupRow['state'], string][] = [
      [{ sender: { value: null } }, 'check.sender', 'missing', 'check.senderGone'],
      [
        { sender: { value: sender && { ...sender, mail: null } } },
        'check.sender',
        'missing',
        'check.senderWithoutMailbox',
      ],
      [{ probes: { ...found.probes, inCatalog: { value: false } } }, 'check.app', 'missing', 'check.appGone'],
      [
        { provisioningPolicies: { value: 0 } },
        'check.provisioningPolicies.name',
        'missing',
        'check.provisioningPolicies.none',
      ],
      [{ userSettings: { value: 0 } }, 'check.userSettings.name', 'notable', 'check.userSettings.none'],
      [{ userSettings: noAnswer }, 'check.userSettings.name', 'unknown', 'check.noAnswer'],
      [{ sender: refusedFor('User.Read.All') }, 'check.sender', 'unknown', 'check.notAllowed'],
    ];

    for (const [changes, name, state, mend] of cases) {
      const row = find(rowsOf(setupFindings(changes)), name);
      assert.deepEqual([row.state, row.mend[0]?.text], [state, mend], name);
    }
    const strict: Policy = { ...policy, selfService: { ...policy.selfService, respectResetEnabled: true } };
    assert.equal(
      find(rowsOf(setupFindings({ userSettings: { value: 0 } }), strict), 'check.userSettings.name').state,
      'missing',
    );
  });

  it('When rows are told, then what is missing comes first and what is there last', () => {
    const rows = rowsOf(
      setupFindings(
        { roles: { value: without('Mail.Send') }, userSettings: noAnswer },
        { kind: 'asked', channel: aChannel, startsPaused: true, mailsLost: 0, ms: 1 },
      ),
    );

    const states = rows.map(({ state }) => state);
    assert.deepEqual([...new Set(states)], ['missing', 'notable', 'unknown', 'present']);
  });
});
