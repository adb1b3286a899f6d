// What groups, licences and policies mean for whoever assigns Windows 365.
import assert from 'node:assert/strict';
import {
  type Group,
  hasGroupPrefix,
  isFrontlinePolicy,
  type ProvisioningPolicy,
  type SubscribedSku,
  sizesOf,
  whyNotWritable,
  windows365SkusOf,
} from '../../src/domain/directory.ts';
import { aGroup } from '../fakes/setup.ts';

function aSku(skuId: string, partNumber: string, planNames: readonly string[] = [partNumber]): SubscribedSku {
  return {
    skuId,
    partNumber,
    capabilityStatus: 'Enabled',
    appliesTo: 'User',
    enabledSeats: 10,
    consumedSeats: 0,
    freeSeats: 10,
    servicePlans: planNames.map((name) => ({ id: `plan-${name}`, name })),
  };
}

describe('whyNotWritable', () => {
  const rows: [string, Partial<Group>, ReturnType<typeof whyNotWritable>][] = [
    ['is an ordinary one', {}, null],
    ['follows a rule', { isDynamic: true }, 'dynamic'],
    ['is kept on premises', { isSynced: true }, 'synced'],
    ['is mail-enabled', { isMailOnly: true }, 'mailOnly'],
    ['can give roles', { isAssignableToRole: true }, 'roles'],
  ];
  for (const [name, changes, why] of rows) {
    it(`When a group ${name}, then ${why ?? 'nothing'} stands in the way`, () => {
      assert.equal(whyNotWritable({ ...aGroup('g', 'Group'), ...changes }), why);
    });
  }
});

describe('windows365SkusOf', () => {
  const cloudPc = aSku('sku-pc', 'CPC_E_2C_8GB_128GB');
  const office = aSku('sku-office', 'SPE_E5', ['EXCHANGE_S_ENTERPRISE', 'TEAMS1']);
  const suite = aSku('sku-suite', 'SUITE', ['TEAMS1', 'CPC_B_2C_4GB_64GB']);
  const renamed = aSku('sku-renamed', 'CPC_E_4C_16GB_256GB', []);
  const skus = [cloudPc, office, suite, renamed];
  const found = (...assignedLicences: Group['assignedLicences']) =>
    windows365SkusOf({ ...aGroup('g', 'Group'), assignedLicences }, skus).map(({ skuId }) => skuId);
  const whole = (skuId: string) => ({ skuId, disabledPlans: [] });

  it('When a group has licences, then those with a plan of Windows 365 count, alone or inside another', () => {
    assert.deepEqual(found(), []);
    assert.deepEqual(found(whole('sku-office')), []);
    assert.deepEqual(found(whole('sku-office'), whole('sku-pc')), ['sku-pc']);
    assert.deepEqual(found(whole('sku-suite'), whole('sku-pc')), ['sku-pc', 'sku-suite']);
    assert.deepEqual(found(whole('sku-renamed')), ['sku-renamed']);
    assert.deepEqual(found(whole('sku-that-was-not-bought')), []);
  });

  it('When the plan of Windows 365 is switched off there, then the licence gives none', () => {
    assert.deepEqual(found({ skuId: 'sku-pc', disabledPlans: ['plan-CPC_E_2C_8GB_128GB'] }), []);
    assert.deepEqual(found({ skuId: 'sku-suite', disabledPlans: ['plan-CPC_B_2C_4GB_64GB'] }), []);
    assert.deepEqual(found({ skuId: 'sku-suite', disabledPlans: ['plan-TEAMS1'] }), ['sku-suite']);
  });
});

describe('policies of Frontline', () => {
  const policy = (
    provisioningType: string,
    assignments: ProvisioningPolicy['assignments'] = [],
  ): ProvisioningPolicy => ({
    id: 'p',
    name: 'Shift work',
    provisioningType,
    imageName: null,
    assignments,
  });

  for (const [word, expected] of [
    ['sharedByUser', true],
    ['shared', true],
    ['SHAREDBYUSER', true],
    ['sharedByEntraGroup', false],
    ['dedicated', false],
    ['reserve', false],
    ['unknownFutureValue', false],
  ] as const) {
    it(`When the type is ${word}, then ${expected ? 'each member gets a Cloud PC' : 'it is none'}`, () => {
      assert.equal(isFrontlinePolicy(policy(word)), expected);
    });
  }

  it('When it is assigned to groups, then each with a size is one to choose', () => {
    const assignments = [
      { groupId: 'g-1', servicePlanId: 'plan-1' },
      { groupId: 'g-2', servicePlanId: null },
      { groupId: 'g-3', servicePlanId: 'plan-2' },
    ];

    assert.deepEqual(sizesOf(policy('sharedByUser', assignments)), [
      { groupId: 'g-1', planId: 'plan-1' },
      { groupId: 'g-3', planId: 'plan-2' },
    ]);
  });
});

describe('hasGroupPrefix', () => {
  for (const [name, prefix, expected] of [
    ['cfg - Windows 365 - A', 'CFG - windows 365 - ', true],
    ['cfg - Windows 365 -', 'cfg - Windows 365 - ', false],
    ['My cfg - A', 'cfg - ', false],
    ['Caf\u00e9 A', 'Cafe\u0301 ', true],
    ['\u0441fg - A', 'cfg - ', false],
  ] as const) {
    it(`When “${name}” is compared with “${prefix}”, then it ${expected ? 'begins' : 'does not begin'} so`, () => {
      assert.equal(hasGroupPrefix(name, prefix), expected);
    });
  }
});
