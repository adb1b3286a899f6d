// What a check of the setup has found, as plain data; `setup-rows.ts` makes of it what is to be mended.
import {
  type FrontlinePlan,
  type Group,
  type GroupMembers,
  hasWindows365Plan,
  type ProvisioningPolicy,
  type SubscribedSku,
} from './directory.ts';
import type { Person } from './people.ts';
import type { Conversation, Probes, Seen } from './ports.ts';
import type { Instant } from './time.ts';

/** A group that the policy names by object id, and the key under which it does. */
export interface RoleGroupFinding {
  role: 'admins' | 'approvers' | 'vip';
  groupId: string;
  group: Seen<Group | null>;
  members: Seen<GroupMembers | null>;
}

/** A group that the policy names by name. */
export interface NamedGroupFinding {
  key: string;
  name: string;
  groups: Seen<Group[]>;
}

/** A provisioning policy that the policy names as one of Frontline: those of that name, and what seats there are. */
export interface FrontlineFinding {
  name: string;
  policies: Seen<ProvisioningPolicy[]>;
  plans: Seen<FrontlinePlan[]>;
}

export interface GraphFindings {
  /** Application permissions in the bot's token; value null: it cannot be read. A fault: there is no token. */
  roles: Seen<readonly string[] | null>;
  teamsAppId: string | null;
  probes: Probes;
  roleGroups: RoleGroupFinding[];
  namedGroups: NamedGroupFinding[];
  frontline: FrontlineFinding[];
  /** How many there are. */
  provisioningPolicies: Seen<number>;
  userSettings: Seen<number>;
  skus: Seen<SubscribedSku[]>;
  /** The sender of mails; null: the policy names none. */
  sender: Seen<Person | null> | null;
  troubleSince: Instant | null;
}

/** Why the store was not asked: another process holds it, nothing was ever kept in it, it does not answer. */
export type StoreNotAsked = 'held' | 'empty' | 'away';

export type StoreFindings =
  | {
      kind: 'asked';
      /** The approvals channel; null: none was set. */
      channel: Conversation | null;
      startsPaused: boolean;
      /** Mails and tickets of the last day that did not leave, or nobody knows. */
      mailsLost: number;
      /** How long the store took, in ms. */
      ms: number;
    }
  | { kind: 'notAsked'; why: StoreNotAsked };

export interface SetupFindings {
  graph: GraphFindings;
  store: StoreFindings;
}

/** The organisation has seats of it. */
export function isWindows365(sku: SubscribedSku): boolean {
  return sku.enabledSeats > 0 && hasWindows365Plan(sku);
}
