// The organisation's rules as pure questions, and what a Cloud PC's state allows.
import assert from 'node:assert/strict';
import {
  faceOf,
  isActionRunning,
  isReprovision,
  type NotNowReason,
  wasSignedOutSince,
  whyNotNow,
} from '../../src/domain/cloud-pc.ts';
import { isSameUpn, type Roles, roleGroupIds, rolesOf } from '../../src/domain/people.ts';
import {
  approvalRule,
  assignRule,
  bulkRule,
  choicesFor,
  lacksApprovers,
  mayCancel,
  mayNeedApproval,
  maySee,
  offersWindows365,
  type Policy,
  whyNoAssign,
  whyNoDecision,
  whyNoRequest,
} from '../../src/domain/policy.ts';
import { day, hour, minute, parseDuration, second } from '../../src/domain/time.ts';
import { aCloudPc, aPolicy } from '../fakes/things.ts';

const nobody: Roles = { admin: false, approver: false, vip: false };
const admin: Roles = { ...nobody, admin: true };
const approver: Roles = { ...nobody, approver: true };
const own = { isOwner: true, roles: nobody };
const others = { isOwner: false, roles: nobody };

function policyWith(changes: {
  reprovision?: Policy['selfService']['reprovision'];
  single?: Policy['admin']['single'];
  needed?: number;
}): Policy {
  return {
    ...aPolicy,
    selfService: { ...aPolicy.selfService, reprovision: changes.reprovision ?? 'approval' },
    admin: { ...aPolicy.admin, single: changes.single ?? 'approval' },
    approval: { ...aPolicy.approval, needed: changes.needed ?? 1 },
  };
}

describe('whyNoRequest', () => {
  for (const reprovision of ['approval', 'direct'] as const) {
    it(`When self-service is ${reprovision}, then an owner may ask and others may not`, () => {
      const policy = policyWith({ reprovision });

      assert.equal(whyNoRequest(policy, own), null);
      assert.equal(whyNoRequest(policy, others), 'notAdminForOthers');
      assert.equal(whyNoRequest(policy, { isOwner: false, roles: { ...approver, vip: true } }), 'notAdminForOthers');
    });
  }

  it('When self-service is off, then an owner is told so, and others still only that they are no admin', () => {
    const policy = policyWith({ reprovision: 'off' });

    assert.equal(whyNoRequest(policy, own), 'selfServiceOff');
    assert.equal(whyNoRequest(policy, { isOwner: true, roles: approver }), 'selfServiceOff');
    assert.equal(whyNoRequest(policy, others), 'notAdminForOthers');
  });

  it('When an admin asks, then it may be for anybody, whatever self-service says', () => {
    for (const reprovision of ['approval', 'direct', 'off'] as const) {
      const policy = policyWith({ reprovision });

      assert.equal(whyNoRequest(policy, { isOwner: false, roles: admin }), null);
      assert.equal(whyNoRequest(policy, { isOwner: true, roles: admin }), null);
    }
  });
});

describe('approvalRule', () => {
  it('When an owner asks under approval, then as many are needed as the policy says', () => {
    assert.deepEqual(approvalRule(policyWith({ needed: 2 }), own, false), {
      needed: 2,
      byAdmin: false,
      name: 'selfService.reprovision',
    });
  });

  it('When self-service is direct, then none is needed, and the rule is named', () => {
    assert.deepEqual(approvalRule(policyWith({ reprovision: 'direct', needed: 2 }), own, false), {
      needed: 0,
      byAdmin: false,
      name: 'selfService.reprovision',
    });
  });

  it('When an admin asks for somebody, then the admins’ rule counts, not that of self-service', () => {
    const asker = { isOwner: false, roles: admin };

    const direct = approvalRule(policyWith({ single: 'direct', reprovision: 'approval' }), asker, false);
    const approval = approvalRule(policyWith({ single: 'approval', reprovision: 'direct', needed: 3 }), asker, false);

    assert.deepEqual(direct, { needed: 0, byAdmin: false, name: 'admin.single' });
    assert.deepEqual(approval, { needed: 3, byAdmin: false, name: 'admin.single' });
  });

  it('When an admin asks for their own, then that is self-service, unless it is off', () => {
    const asker = { isOwner: true, roles: admin };

    const on = approvalRule(policyWith({ single: 'direct', reprovision: 'approval' }), asker, false);
    const off = approvalRule(policyWith({ single: 'direct', reprovision: 'off' }), asker, false);

    assert.deepEqual([on.needed, on.name], [1, 'selfService.reprovision']);
    assert.deepEqual([off.needed, off.name], [0, 'admin.single']);
  });

  it('When the owner is a VIP, then an approval by an admin is always needed', () => {
    const vip = (policy: Policy, asker = own) => approvalRule(policy, asker, true);

    const direct = vip(policyWith({ reprovision: 'direct', single: 'direct' }));
    const byAdmin = vip(policyWith({ single: 'direct' }), { isOwner: false, roles: admin });
    const more = vip(policyWith({ needed: 2 }));

    assert.deepEqual(direct, { needed: 1, byAdmin: true, name: 'roles.vip' });
    assert.deepEqual(byAdmin, { needed: 1, byAdmin: true, name: 'roles.vip' });
    assert.deepEqual(more, { needed: 2, byAdmin: true, name: 'roles.vip' });
  });
});

function assignPolicy(
  ofSelf: Policy['selfService']['assign'],
  ofAdmins: Policy['admin']['assign'],
  needed = 1,
): Policy {
  return {
    ...aPolicy,
    // The rules of a rebuild are others.
    selfService: { ...aPolicy.selfService, reprovision: 'direct', assign: ofSelf },
    admin: { ...aPolicy.admin, single: 'direct', assign: ofAdmins },
    approval: { ...aPolicy.approval, needed },
  };
}

describe('whyNoAssign', () => {
  it('When self-service is on, then anybody may ask for themselves, and for others admins alone', () => {
    const policy = assignPolicy('approval', 'approval');

    assert.equal(whyNoAssign(policy, { isSelf: true, roles: nobody }), null);
    assert.equal(whyNoAssign(policy, { isSelf: false, roles: nobody }), 'notAdminForOthers');
    assert.equal(whyNoAssign(policy, { isSelf: false, roles: { ...approver, vip: true } }), 'notAdminForOthers');
    assert.equal(whyNoAssign(policy, { isSelf: false, roles: admin }), null);
  });

  it('When self-service is off, then only admins may ask, whatever holds for a rebuild', () => {
    const policy = assignPolicy('off', 'direct');

    assert.equal(whyNoAssign(policy, { isSelf: true, roles: nobody }), 'selfServiceOff');
    assert.equal(whyNoAssign(policy, { isSelf: false, roles: approver }), 'notAdminForOthers');
    assert.equal(whyNoAssign(policy, { isSelf: true, roles: admin }), null);
  });
});

describe('assignRule', () => {
  const self = { isSelf: true, roles: nobody };
  const forOther = { isSelf: false, roles: admin };

  it('When people ask for themselves, then it is always approved by as many as the policy says', () => {
    assert.deepEqual(assignRule(assignPolicy('approval', 'direct', 2), self, false), {
      needed: 2,
      byAdmin: false,
      name: 'selfService.assign',
    });
  });

  it('When an admin asks, then the rule of admins counts, also for themselves where self-service is off', () => {
    const direct = { needed: 0, byAdmin: false, name: 'admin.assign' };

    assert.deepEqual(assignRule(assignPolicy('approval', 'direct'), forOther, false), direct);
    assert.deepEqual(assignRule(assignPolicy('off', 'direct'), { isSelf: true, roles: admin }, false), direct);
    assert.deepEqual(assignRule(assignPolicy('off', 'approval', 3), forOther, false), { ...direct, needed: 3 });
    assert.equal(
      assignRule(assignPolicy('approval', 'direct'), { isSelf: true, roles: admin }, false).name,
      'selfService.assign',
    );
  });

  it('When it is for a VIP, then an admin must be among those who approve', () => {
    const rule = { needed: 1, byAdmin: true, name: 'roles.vip' };

    assert.deepEqual(assignRule(assignPolicy('approval', 'direct'), forOther, true), rule);
    assert.deepEqual(assignRule(assignPolicy('approval', 'direct', 2), self, true), { ...rule, needed: 2 });
  });
});

describe('offersWindows365', () => {
  it('When a licence group or a Frontline policy is named, then something can be assigned', () => {
    const naming = (changes: Partial<Policy['windows365']>): Policy => ({
      ...aPolicy,
      windows365: { ...aPolicy.windows365, ...changes },
    });

    assert.equal(offersWindows365(aPolicy), false);
    assert.equal(offersWindows365(naming({ provisioningGroup: 'cfg' })), false);
    assert.equal(offersWindows365(naming({ licenceGroups: ['lic'] })), true);
    assert.equal(offersWindows365(naming({ frontlinePolicies: ['Shift work'] })), true);
  });
});

describe('whyNoDecision', () => {
  it('When it is the requester, then nobody decides on their own request, whatever their roles', () => {
    const all: Roles = { admin: true, approver: true, vip: true };

    assert.equal(whyNoDecision('ada', all, 'ada', true), 'ownRequest');
    assert.equal(whyNoDecision('ada', nobody, 'ada', false), 'ownRequest');
  });

  it('When it is an approver, then they may, also for VIPs', () => {
    assert.equal(whyNoDecision('ivan', approver, 'ada', false), null);
    assert.equal(whyNoDecision('ivan', approver, 'ada', true), null);
  });

  it('When it is an admin who is no approver, then only for VIPs', () => {
    assert.equal(whyNoDecision('adam', admin, 'ada', false), 'notApprover');
    assert.equal(whyNoDecision('adam', admin, 'ada', true), null);
  });

  it('When it is anybody else, then they may not', () => {
    assert.equal(whyNoDecision('ben', nobody, 'ada', true), 'notApprover');
    assert.equal(whyNoDecision('ben', { ...nobody, vip: true }, 'ada', false), 'notApprover');
  });
});

describe('mayCancel and maySee', () => {
  const request = { requester: { id: 'adam' }, owner: { id: 'ben' } };

  it('When a request is taken back, then the requester and admins may, and not the owner or approvers', () => {
    assert.equal(mayCancel('adam', nobody, 'adam'), true);
    assert.equal(mayCancel('ines', admin, 'adam'), true);
    assert.equal(mayCancel('ben', nobody, 'adam'), false);
    assert.equal(mayCancel('ivan', approver, 'adam'), false);
  });

  it('When a request is looked at, then those concerned, approvers and admins may, and nobody else', () => {
    assert.equal(maySee('adam', nobody, request), true);
    assert.equal(maySee('ben', nobody, request), true);
    assert.equal(maySee('ivan', approver, request), true);
    assert.equal(maySee('ines', admin, request), true);
    assert.equal(maySee('ada', { ...nobody, vip: true }, request), false);
  });
});

describe('bulkRule', () => {
  it('When many are asked for at once, then a rule and a number of their own count', () => {
    const policy = (bulk: Policy['admin']['bulk']): Policy => ({
      ...aPolicy,
      admin: { ...aPolicy.admin, bulk },
      approval: { ...aPolicy.approval, needed: 1, neededForBulk: 2 },
    });

    assert.deepEqual(bulkRule(policy('approval')), { needed: 2, byAdmin: false, name: 'admin.bulk' });
    assert.deepEqual(bulkRule(policy('direct')), { needed: 0, byAdmin: false, name: 'admin.bulk' });
  });
});

describe('mayNeedApproval', () => {
  it('When any rule demands approval, or there are VIPs, then somebody may have to be asked', () => {
    const direct: Policy = {
      ...aPolicy,
      roles: { ...aPolicy.roles, vip: [] },
      selfService: { ...aPolicy.selfService, reprovision: 'direct' },
      admin: { ...aPolicy.admin, single: 'direct', bulk: 'direct' },
    };

    assert.equal(mayNeedApproval(direct), false);
    assert.equal(mayNeedApproval({ ...direct, selfService: aPolicy.selfService }), true);
    assert.equal(mayNeedApproval({ ...direct, admin: { ...direct.admin, single: 'approval' } }), true);
    assert.equal(mayNeedApproval({ ...direct, admin: { ...direct.admin, bulk: 'approval' } }), true);
    assert.equal(mayNeedApproval({ ...direct, roles: aPolicy.roles }), true);
    // Nothing is assigned where nothing is named.
    const windows365 = { ...aPolicy.windows365, licenceGroups: ['lic'] };
    assert.equal(mayNeedApproval({ ...direct, windows365 }), true);
    assert.equal(mayNeedApproval({ ...direct, windows365, admin: { ...direct.admin, assign: 'direct' } }), false);
  });
});

describe('choicesFor', () => {
  const policy: Policy = {
    ...aPolicy,
    selfService: { ...aPolicy.selfService, osVersions: ['windows11'], accountTypes: ['standardUser', 'administrator'] },
    admin: {
      ...aPolicy.admin,
      osVersions: ['windows10', 'windows11'],
      accountTypes: ['administrator'],
    },
  };

  it('When there is one value or none, then nothing is asked', () => {
    assert.deepEqual(choicesFor(policy, own), { osVersions: [], accountTypes: ['standardUser', 'administrator'] });
    assert.deepEqual(choicesFor(aPolicy, own), { osVersions: [], accountTypes: [] });
  });

  it('When an admin asks, then the admins’ lists count, for their own Cloud PC as well', () => {
    for (const isOwner of [true, false]) {
      assert.deepEqual(choicesFor(policy, { isOwner, roles: admin }), {
        osVersions: ['windows10', 'windows11'],
        accountTypes: [],
      });
    }
  });
});

describe('rolesOf', () => {
  const groups = { admins: ['A-1', 'a-2'], approvers: ['b-1'], vip: ['c-1'] };

  it('When somebody is in none of the groups, then they have no role', () => {
    assert.deepEqual(rolesOf([], groups), nobody);
    assert.deepEqual(rolesOf(['x', ''], groups), nobody);
    assert.deepEqual(rolesOf(['a-1'], { admins: [], approvers: [], vip: [] }), nobody);
  });

  it('When somebody is in a group, then they have its role, whatever the case of the id', () => {
    assert.deepEqual(rolesOf(['a-1'], groups), admin);
    assert.deepEqual(rolesOf(['A-2', 'B-1'], groups), { admin: true, approver: true, vip: false });
    assert.deepEqual(rolesOf(['c-1'], groups), { ...nobody, vip: true });
  });

  it('When groups are named several times, then each is asked for once', () => {
    const ids = roleGroupIds({ admins: ['B', 'a'], approvers: ['b', 'c'], vip: ['C'] });

    assert.deepEqual(ids, ['a', 'b', 'c']);
  });

  it('When UPNs are compared, then without case, and nobody equals nobody', () => {
    assert.equal(isSameUpn('Ada@contoso.com', 'ada@CONTOSO.com'), true);
    assert.equal(isSameUpn('ada@contoso.com', 'ben@contoso.com'), false);
    assert.equal(isSameUpn(null, null), false);
    assert.equal(isSameUpn('ada@contoso.com', null), false);
  });
});

describe('whyNotNow', () => {
  const rows: [name: string, pc: Parameters<typeof aCloudPc>[0], reason: NotNowReason | null][] = [
    ['provisioned', { status: 'provisioned' }, null],
    ['provisioned with warnings', { status: 'provisionedWithWarnings' }, null],
    ['failed', { status: 'failed' }, null],
    ['in its grace period', { status: 'inGracePeriod' }, 'grace'],
    ['being provisioned', { status: 'provisioning' }, 'busy'],
    ['being deprovisioned', { status: 'deprovisioning' }, 'busy'],
    ['in a state that nobody knows', { status: 'aStateOfNextYear' }, 'busy'],
    ['in a state called like a property of every object', { status: 'constructor' }, 'busy'],
    ['shared', { kind: 'shared' }, 'notPersonal'],
    ['a cloud app in its grace period', { kind: 'cloudApp', status: 'inGracePeriod' }, 'notPersonal'],
    ['being restarted', { lastAction: { name: 'Reboot', state: 'active', startedAt: 1 } }, 'actionRunning'],
    ['about to be restored', { lastAction: { name: 'Restore', state: 'Pending', startedAt: null } }, 'actionRunning'],
    ['restarted', { lastAction: { name: 'Reboot', state: 'done', startedAt: 1 } }, null],
    ['not restarted, as that failed', { lastAction: { name: 'Reboot', state: 'failed', startedAt: 1 } }, null],
  ];
  for (const [name, changes, reason] of rows) {
    it(`When a Cloud PC is ${name}, then ${reason ?? 'nothing'} stands in the way`, () => {
      assert.equal(whyNotNow(aCloudPc(changes), null), reason);
    });
  }

  it('When Graph says what is offered, then only a reprovision that is switched off stands in the way', () => {
    const pc = aCloudPc();

    assert.equal(whyNotNow(pc, [{ name: 'Reprovision', enabled: true }]), null);
    assert.equal(whyNotNow(pc, [{ name: 'CloudPcReprovision', enabled: false }]), 'notOffered');
    assert.equal(whyNotNow(pc, [{ name: 'reboot', enabled: false }]), null);
    assert.equal(whyNotNow(pc, []), null);
  });

  it('When an action is running, then that is told rather than that nothing is offered', () => {
    const pc = aCloudPc({ lastAction: { name: 'Resize', state: 'active', startedAt: 1 } });

    assert.equal(whyNotNow(pc, [{ name: 'Reprovision', enabled: false }]), 'actionRunning');
  });

  it('When names and states come in other cases, then they mean the same', () => {
    assert.equal(isReprovision({ name: 'cloudPCREPROVISION' }), true);
    assert.equal(isReprovision({ name: 'Provision' }), false);
    assert.equal(isActionRunning({ name: 'x', state: 'ACTIVE', startedAt: null }), true);
    assert.equal(isActionRunning(null), false);
    assert.equal(faceOf('Provisioned'), 'building');
  });
});

describe('wasSignedOutSince', () => {
  for (const [name, lastSignInAt, lastSignOutAt, expected] of [
    ['nobody has ever signed in', null, null, true],
    ['only a sign-out is known', null, 5, true],
    ['no sign-out was seen', 5, null, false],
    ['the sign-out is older than the sign-in', 5, 4, false],
    ['both are at the same instant', 5, 5, true],
    ['the sign-out is newer', 5, 6, true],
  ] as const) {
    it(`When ${name}, then it is ${expected}`, () => {
      assert.equal(wasSignedOutSince({ lastSignInAt, lastSignOutAt }), expected);
    });
  }
});

describe('parseDuration', () => {
  for (const [text, ms] of [
    ['90s', 90 * second],
    ['15m', 15 * minute],
    ['24h', 24 * hour],
    ['3d', 3 * day],
    ['3 d', 3 * day],
    [' 5m ', 5 * minute],
    ['0s', 0],
    ['999999d', 999_999 * day],
  ] as const) {
    it(`When “${text}” is read, then it is ${ms} ms`, () => {
      assert.equal(parseDuration(text), ms);
    });
  }

  for (const text of ['', '5', 'm', '5w', '5M', '-5m', '+5m', '1.5h', '5 min', '5m5s', '1000000s', 'Infinityd', '٥m']) {
    it(`When “${text}” is read, then it is no duration`, () => {
      assert.equal(parseDuration(text), null);
    });
  }
});

describe('lacksApprovers', () => {
  it('When approval is demanded and nobody could give it, then that is said', () => {
    const nobody = { ...aPolicy, roles: { ...aPolicy.roles, approvers: [] } };
    const direct = {
      selfService: { ...aPolicy.selfService, reprovision: 'direct' as const },
      admin: { ...aPolicy.admin, single: 'direct' as const, bulk: 'direct' as const },
    };
    const onlyBulk = { ...direct, admin: { ...direct.admin, bulk: 'approval' as const } };

    assert.equal(lacksApprovers(aPolicy), false);
    assert.equal(lacksApprovers(nobody), true);
    assert.equal(lacksApprovers({ ...nobody, ...direct }), false);
    assert.equal(lacksApprovers({ ...nobody, ...onlyBulk }), true);
    const windows365 = { ...aPolicy.windows365, frontlinePolicies: ['Shift work'] };
    const onlySelf = {
      selfService: { ...direct.selfService, assign: 'approval' as const },
      admin: { ...direct.admin, assign: 'direct' as const },
    };
    assert.equal(lacksApprovers({ ...nobody, ...direct, windows365 }), true);
    assert.equal(lacksApprovers({ ...nobody, ...onlySelf, windows365 }), true);
    assert.equal(lacksApprovers({ ...nobody, ...onlySelf }), false);
  });
});
