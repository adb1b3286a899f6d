// What a check of the setup has found, as plain data; `setup-rows.ts` makes of it what is to be mended.
import type { Group, GroupMembers, SubscribedSku } from './directory.ts';
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

export interface GraphFindings {
  /** Application permissions in the bot's token; value null: it cannot be read. A fault: there is no token. */
  roles: Seen<readonly string[] | null>;
  teamsAppId: string | null;
  probes: Probes;
  roleGroups: RoleGroupFinding[];
  namedGroups: NamedGroupFinding[];
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
      /** How long the store took, in ms. */
      ms: number;
    }
  | { kind: 'notAsked'; why: StoreNotAsked };

export interface SetupFindings {
  graph: GraphFindings;
  store: StoreFindings;
}

/** Windows 365 Enterprise and Business (`CPC_`), Frontline (`Windows_365_S_`), alone or inside another licence. */
export function isWindows365({ partNumber, enabledSeats, servicePlans }: SubscribedSku): boolean {
  const names = [partNumber, ...servicePlans.map(({ name }) => name)];
  return enabledSeats > 0 && names.some((name) => /^(CPC_|Windows_365)/i.test(name));
}
