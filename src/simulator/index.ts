// The simulator's public face: a pretend Microsoft 365 tenant that speaks Graph over HTTP, for the demo and the tests.

export type { Delays } from './assignment/delays.ts';
export type { RecordedPart } from './batch.ts';
export type { BuildOutcome, BuildScript, FirstBuildScript } from './cloud-pcs/build.ts';
export type { CloudPc, CloudPcSeed, CloudPcStatus, StatusDetail } from './cloud-pcs/cloud-pc.ts';
export {
  demoCloudPcs,
  demoFrontlinePlans,
  demoGroups,
  demoMailboxes,
  demoPeople,
  demoPolicies,
  demoServicePlans,
  demoSkus,
  demoTeamsApp,
  demoTenantId,
} from './demo-cast.ts';
export { demoTenant } from './demo-tenant.ts';
export type { RecordedRequest } from './exchange.ts';
export type { Fault, FaultHandle, FaultRule, Faults } from './faults.ts';
export type { GraphCall } from './graph-call.ts';
export { demandOf, Permissions, usualPermissions } from './permissions.ts';
export { type Simulator, type SimulatorOptions, startSimulator } from './start-simulator.ts';
export type { Tenant } from './tenant.ts';
export type {
  FrontlinePlan,
  Group,
  Person,
  ProvisioningPolicy,
  SentActivity,
  SentMail,
  Sku,
  TeamsApp,
  TenantSeed,
  UserSetting,
} from './tenant-types.ts';
