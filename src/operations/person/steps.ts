// The steps by name: for assign and unassign in their order, see domain/person-item.ts.
import type { PersonStep } from '../../domain/person-item.ts';
import { awaitBuild, awaitCloudPc, awaitLicence, awaitMembership } from './assign/await.ts';
import { leaveChosen } from './assign/leave-chosen.ts';
import { undo } from './assign/undo.ts';
import { changing } from './change-group.ts';
import { checkPerson } from './check.ts';
import type { PersonStepRun } from './step.ts';
import { awaitEnd, awaitGrace, endGrace } from './unassign/grace.ts';
import { leaveEntitlement } from './unassign/leave-entitlement.ts';
import { leaveUnneeded } from './unassign/leave-unneeded.ts';

export const steps: Readonly<Record<PersonStep, PersonStepRun>> = {
  check: checkPerson,
  joinProvisioning: changing(({ item }) => item.order.provisioning, 'join'),
  joinSettings: changing(({ item }) => item.order.settings, 'join'),
  leaveOthers: (run) => (run.item.operation === 'assign' ? leaveChosen(run) : leaveUnneeded(run)),
  awaitMembership,
  joinEntitlement: changing(({ item }) => item.order.entitlement.group, 'join'),
  awaitLicence,
  awaitCloudPc,
  awaitBuild,
  undo,
  leaveEntitlement,
  awaitGrace,
  endGrace,
  awaitEnd,
};
