// The rules of the demo's organisation: one approval, times that fit a story of half a minute.
import type { Policy } from '../domain/policy.ts';
import { hour, minute, second } from '../domain/time.ts';
import { demoGroups, demoMailboxes } from '../simulator/index.ts';

/** How long a Cloud PC is being built in the simulator. */
export const buildMs = 9 * second;
export const watchEveryMs = second;

export const demoPolicy: Readonly<Policy> = {
  roles: { admins: [demoGroups.admins], approvers: [demoGroups.approvers], vip: [demoGroups.vip] },
  selfService: { reprovision: 'approval', assign: 'off', respectResetEnabled: false, osVersions: [], accountTypes: [] },
  admin: {
    single: 'approval',
    bulk: 'approval',
    assign: 'approval',
    osVersions: ['windows10', 'windows11'],
    accountTypes: ['standardUser', 'administrator'],
  },
  approval: {
    needed: 1,
    neededForBulk: 1,
    expiresAfterMs: hour,
    remindEveryMs: 10 * minute,
    escalateAfterMs: 30 * minute,
  },
  channel: { language: 'en', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  // Short, so that one can go through the story again in the browser.
  limits: {
    perCloudPcCooldownMs: second,
    startsPerHour: 200,
    bulkMax: 500,
    canary: 1,
    waveSize: 25,
    stopWhenFailedPercent: 10,
    unknownAfterMs: 30 * second,
    slowAfterMs: minute,
    giveUpAfterMs: 5 * minute,
    membershipWithinMs: 30 * second,
    licenceWithinMs: minute,
    cloudPcWithinMs: minute,
  },
  mail: { from: demoMailboxes.sender, whenStarted: false, whenFinished: true, customText: true },
  windows365: {
    licenceGroups: ['4 vCPU 16 GB 256 GB', '2 vCPU 8 GB 128 GB', '8 vCPU 32 GB 512 GB'].map(
      (size) => `lic - Windows 365 Enterprise - ${size}`,
    ),
    provisioningGroupPrefix: 'cfg - Windows 365 - Provisioning - ',
    provisioningGroup: 'cfg - Windows 365 - Provisioning - Office',
    userSettingsGroupPrefix: 'cfg - Windows 365 - User Settings - ',
    userSettingsGroup: 'cfg - Windows 365 - User Settings - restore allowed',
    frontlinePolicies: ['Shifts West Europe'],
    endGracePeriod: true,
  },
  ticket: { enabled: true, queue: demoMailboxes.tickets, customerId: 'Contoso' },
};
