// The last check before a wipe: every obstacle, one by one.
import assert from 'node:assert/strict';
import { type CheckReading, findObstacle } from '../../src/domain/check.ts';
import type { Person, Roles } from '../../src/domain/people.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { aCloudPc, aPolicy, aRequest } from '../fakes/things.ts';

const nobody: Roles = { admin: false, approver: false, vip: false };
const person = (id: string, changes: Partial<Person> = {}): Person => ({
  id,
  name: id,
  userPrincipalName: `${id}@contoso.com`,
  mail: null,
  accountEnabled: true,
  isGuest: false,
  usageLocation: 'DE',
  ...changes,
});
const approval = {
  by: { id: 'ivan', name: 'Ivan Ilić' },
  verdict: 'approve' as const,
  comment: null,
  asApprover: true,
  asAdmin: false,
  revision: 1,
  at: 0,
};
const request = aRequest({ state: 'running', decisions: [approval] });

function reading(changes: Partial<CheckReading> = {}): CheckReading {
  return {
    requester: { person: person('ada'), roles: nobody },
    owner: { person: person('ada'), roles: nobody },
    approvers: [{ person: person('ivan'), roles: { ...nobody, approver: true } }],
    pc: aCloudPc({ ownerUpn: 'ADA@contoso.com' }),
    capabilities: [{ name: 'reprovision', enabled: true }],
    isResetEnabled: null,
    isCoolingDown: false,
    ...changes,
  };
}

const policyWith = (selfService: Partial<Policy['selfService']>): Policy => ({
  ...aPolicy,
  selfService: { ...aPolicy.selfService, ...selfService },
});

describe('last check before a wipe', () => {
  it('When all is as it was, then nothing stands in the way', () => {
    assert.equal(findObstacle(request, reading(), aPolicy), null);
  });

  const cases: [string, Partial<CheckReading>, string][] = [
    ['the requester is gone', { requester: { person: null, roles: nobody } }, 'notAllowedAnyMore'],
    [
      'the account was disabled',
      { requester: { person: person('ada', { accountEnabled: false }), roles: nobody } },
      'notAllowedAnyMore',
    ],
    [
      'the requester has become a guest',
      { requester: { person: person('ada', { isGuest: true }), roles: nobody } },
      'notAllowedAnyMore',
    ],
    [
      'the approver has become a guest',
      { approvers: [{ person: person('ivan', { isGuest: true }), roles: { ...nobody, approver: true } }] },
      'approvalGone',
    ],
    ['the approver left the approvers', { approvers: [{ person: person('ivan'), roles: nobody }] }, 'approvalGone'],
    [
      'the approver was disabled',
      { approvers: [{ person: person('ivan', { accountEnabled: false }), roles: { ...nobody, approver: true } }] },
      'approvalGone',
    ],
    ['the owner became a VIP', { owner: { person: person('ada'), roles: { ...nobody, vip: true } } }, 'policyChanged'],
    ['the Cloud PC is gone', { pc: null }, 'gone'],
    ['the Cloud PC is somebody else’s', { pc: aCloudPc({ ownerUpn: 'ben@contoso.com' }) }, 'ownerChanged'],
    [
      'the UPN now belongs to another person',
      { owner: { person: person('ada', { userPrincipalName: 'ada.new@contoso.com' }), roles: nobody } },
      'ownerChanged',
    ],
    ['it is in its grace period', { pc: aCloudPc({ status: 'inGracePeriod' }) }, 'grace'],
    ['it is being built', { pc: aCloudPc({ status: 'provisioning' }) }, 'busy'],
    [
      'another action is running',
      { pc: aCloudPc({ lastAction: { name: 'Restart', state: 'active', startedAt: 1 } }) },
      'actionRunning',
    ],
    ['Graph does not offer it', { capabilities: [{ name: 'reprovision', enabled: false }] }, 'notOffered'],
    ['it is a shared device', { pc: aCloudPc({ kind: 'shared' }) }, 'notPersonal'],
    ['users may not reset', { isResetEnabled: false }, 'resetDisabled'],
    ['it was rebuilt a short while ago', { isCoolingDown: true }, 'cooldown'],
  ];
  for (const [what, changes, reason] of cases) {
    it(`When ${what}, then it is skipped: ${reason}`, () => {
      assert.equal(findObstacle(request, reading(changes), aPolicy), reason);
    });
  }

  it('When self-service was switched off meanwhile, then it is skipped', () => {
    assert.equal(findObstacle(request, reading(), policyWith({ reprovision: 'off' })), 'notAllowedAnyMore');
  });

  it('When direct became approval meanwhile, then an unapproved request is skipped', () => {
    const direct = aRequest({
      state: 'running',
      approval: { needed: 0, byAdmin: false, rule: 'selfService.reprovision' },
    });

    assert.equal(findObstacle(direct, reading({ approvers: [] }), aPolicy), 'policyChanged');
    assert.equal(findObstacle(direct, reading({ approvers: [] }), policyWith({ reprovision: 'direct' })), null);
  });

  it('When the only admin among the approvers of a VIP’s request is none any more, then an approval is gone', () => {
    const byAdam = { ...approval, by: { id: 'adam', name: 'Adam Acker' }, asAdmin: true };
    const vip = aRequest({
      state: 'running',
      decisions: [byAdam],
      approval: { needed: 1, byAdmin: true, rule: 'roles.vip' },
    });
    const adam = (roles: Roles) => reading({ approvers: [{ person: person('adam'), roles }] });

    assert.equal(findObstacle(vip, adam({ ...nobody, approver: true, admin: true }), aPolicy), null);
    assert.equal(findObstacle(vip, adam({ ...nobody, approver: true }), aPolicy), 'approvalGone');
  });

  it('When the chosen option is not allowed any more, then it is skipped', () => {
    const chosen = { ...request, options: { osVersion: 'windows10' as const, accountType: null } };

    assert.equal(findObstacle(chosen, reading(), aPolicy), 'policyChanged');
  });

  it('When an admin asked for somebody else and is no admin any more, then it is skipped', () => {
    const forBen = { ...request, requester: { id: 'adam', name: 'Adam Acker' } };

    assert.equal(
      findObstacle(forBen, reading({ requester: { person: person('adam'), roles: nobody } }), aPolicy),
      'notAllowedAnyMore',
    );
  });
});
