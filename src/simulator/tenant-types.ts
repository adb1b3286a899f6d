// The things in a pretend tenant. Names of properties are Graph's own.
import type { CloudPcSeed } from './cloud-pcs/cloud-pc.ts';

/** https://learn.microsoft.com/graph/api/resources/user; a shared mailbox is a person whose account is not enabled. */
export type Person = {
  /** Entra object id. */
  id: string;
  displayName: string;
  givenName: string | null;
  surname: string | null;
  userPrincipalName: string;
  /** null: no mailbox. */
  mail: string | null;
  accountEnabled: boolean;
  preferredLanguage: string | null;
  usageLocation: string | null;
  /** `Member` when it is left out. */
  userType?: 'Member' | 'Guest';
};

/** https://learn.microsoft.com/graph/api/resources/group; a security group of the cloud when nothing else is said. */
export interface Group {
  id: string;
  displayName: string;
  description: string | null;
  /** Object ids of people, of groups, and of what is neither (devices). */
  memberIds: string[];
  /** `DynamicMembership`: its members follow from a rule; `Unified`: a Microsoft 365 group. */
  groupTypes?: string[];
  mailEnabled?: boolean;
  /** Kept on premises. */
  onPremisesSyncEnabled?: boolean;
  isAssignableToRole?: boolean;
  /** What its members get, as far as there are seats. */
  assignedLicenses?: { skuId: string; disabledPlans: string[] }[];
}

/** https://learn.microsoft.com/graph/api/resources/subscribedsku */
export interface Sku {
  skuId: string;
  skuPartNumber: string;
  /** Seats that were bought and are enabled. */
  enabledUnits: number;
  /** Seats that are in use beyond the groups of this tenant. */
  usedElsewhere: number;
  servicePlans: { servicePlanId: string; servicePlanName: string }[];
}

/** https://learn.microsoft.com/graph/api/resources/cloudpcfrontlineserviceplan; `usedCount` follows who gets a Cloud PC. */
export type FrontlinePlan = { id: string; displayName: string; totalCount: number; usedCount: number };

/** https://learn.microsoft.com/graph/api/resources/cloudpcprovisioningpolicy */
export interface ProvisioningPolicy {
  id: string;
  displayName: string;
  description: string;
  imageId: string;
  imageDisplayName: string;
  /** Of the Azure region group, such as 'europeUnion'. */
  regionGroup: string;
  /** Region of the Cloud PCs that are built from it, such as 'westeurope'. */
  regionName: string;
  locale: string;
  assignedGroupIds: string[];
  /** Of Frontline: the size that the groups get. */
  servicePlanId?: string;
  /** Of Frontline, for several sizes: further groups, each with its own. */
  sizes?: { groupId: string; servicePlanId: string }[];
  /** Follows from the service plans when left out. `sharedByEntraGroup`: its Cloud PCs belong to nobody. */
  provisioningType?: 'dedicated' | 'shared' | 'sharedByUser' | 'sharedByEntraGroup';
}

/** https://learn.microsoft.com/graph/api/resources/cloudpcusersetting */
export interface UserSetting {
  id: string;
  displayName: string;
  localAdminEnabled: boolean;
  resetEnabled: boolean;
  userRestoreEnabled: boolean;
  createdDateTime: string;
  assignedGroupIds: string[];
}

/** An app in the organisation's Teams catalog; `externalId` is the id in its manifest. */
export type TeamsApp = {
  id: string;
  externalId: string;
  displayName: string;
  distributionMethod: 'organization' | 'store' | 'sideloaded';
};

/** A mail that was accepted. */
export interface SentMail {
  /** UPN of the mailbox in the path. */
  from: string;
  /** As it was sent, a documented Graph message. */
  message: Record<string, unknown>;
  saveToSentItems: boolean;
  /** Milliseconds. */
  at: number;
}

/** A line that was put into somebody's activity feed. */
export interface SentActivity {
  personId: string;
  activityType: string;
  /** Of a topic that is text. */
  topic: string;
  webUrl: string;
  preview: string | null;
  templateParameters: { name: string; value: string }[];
  /** Milliseconds. */
  at: number;
}

export interface AppInstallation {
  id: string;
  personId: string;
  teamsAppId: string;
  createdDateTime: string;
}

export interface TenantSeed {
  tenantId: string;
  people: readonly Person[];
  groups: readonly Group[];
  provisioningPolicies: readonly ProvisioningPolicy[];
  userSettings: readonly UserSetting[];
  skus: readonly Sku[];
  frontlinePlans: readonly FrontlinePlan[];
  cloudPcs: readonly CloudPcSeed[];
  teamsApps: readonly TeamsApp[];
}
