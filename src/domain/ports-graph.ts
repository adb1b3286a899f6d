// What Graph is asked.
import type { CloudPc, RemoteActionCapability } from './cloud-pc.ts';
import type {
  FrontlinePlan,
  Group,
  GroupMembers,
  LicenceState,
  ProvisioningPolicy,
  SubscribedSku,
  UserSetting,
} from './directory.ts';
import type { ConciergeError } from './errors.ts';
import type { Person } from './people.ts';
import type { Permission } from './permissions.ts';
import type { Instant } from './time.ts';

/** Reads of the tenant, as plain data, so that reads that belong together go in one `$batch`. */
export type Query =
  /** null: no such person. */
  | { ask: 'person'; personId: string }
  /** Which of these groups the person is in, transitively; [] for an unknown person. */
  | { ask: 'memberOf'; personId: string; groupIds: readonly string[] }
  /** Every Cloud PC with this UPN, pages followed; `upn` is data, never part of a filter unescaped. */
  | { ask: 'cloudPcsOf'; upn: string }
  /** null: gone (404). `policyId`: where it was last; it may help to read many at once. */
  | { ask: 'cloudPc'; cloudPcId: string; policyId?: string | null }
  /** null: Graph does not know (404, 400). */
  | { ask: 'remoteActions'; cloudPcId: string }
  /**
   * People by UPN or mail (first in the list), or by the beginnings of words in their names; at most 21, so that more
   * than 20 shows as too many.
   */
  | { ask: 'peopleNamed'; text: string }
  /** Whether the Windows 365 user settings that reach this person allow a reset (`resetEnabled`). */
  | { ask: 'resetEnabled'; personId: string }
  /** null: no such group. */
  | { ask: 'group'; groupId: string }
  /** Every group with exactly this name (case apart); `onlyGroup` makes one of them, or an error. */
  | { ask: 'groupsNamed'; name: string }
  /** Every group whose name begins so (case apart), pages followed; none for a blank prefix. */
  | { ask: 'groupsPrefixed'; prefix: string }
  /** Direct members, pages followed; null: no such group. */
  | { ask: 'groupMembers'; groupId: string }
  /** null: no such person. */
  | { ask: 'licenceStates'; personId: string }
  /** What the tenant has bought, Windows 365 and everything else. */
  | { ask: 'skus' }
  /** Windows 365 Frontline, which is counted per tenant. */
  | { ask: 'frontlinePlans' }
  /** Those of these people that there are, in no order; asked for many at a time. */
  | { ask: 'peopleByUpn'; upns: readonly string[] }
  /** Everybody in the group, groups within it included, pages followed; null: no such group. */
  | { ask: 'peopleIn'; groupId: string }
  /** Many Cloud PCs at once, pages followed. */
  | { ask: 'fleet'; part: FleetPart }
  /** null: no such bulk action. */
  | { ask: 'bulkAction'; bulkActionId: string }
  | { ask: 'provisioningPolicies' }
  | { ask: 'userSettings' };

/** Which of the tenant's Cloud PCs. */
export type FleetPart = 'all' | 'failed' | { policyId: string };

/** cloudPcBulkActionSummary: counts alone, nothing about a single Cloud PC. */
export interface BulkActionSummary {
  id: string;
  /** Whether none of its Cloud PCs is pending or in progress any more. */
  hasEnded: boolean;
  successful: number;
  failed: number;
  notSupported: number;
  /** Pending and in progress. */
  open: number;
}

interface Answers {
  person: Person | null;
  memberOf: string[];
  cloudPcsOf: CloudPc[];
  cloudPc: CloudPc | null;
  remoteActions: RemoteActionCapability[] | null;
  peopleNamed: Person[];
  resetEnabled: boolean;
  group: Group | null;
  groupsNamed: Group[];
  groupsPrefixed: Group[];
  groupMembers: GroupMembers | null;
  licenceStates: LicenceState[] | null;
  skus: SubscribedSku[];
  frontlinePlans: FrontlinePlan[];
  peopleByUpn: Person[];
  peopleIn: Person[] | null;
  fleet: CloudPc[];
  bulkAction: BulkActionSummary | null;
  provisioningPolicies: ProvisioningPolicy[];
  userSettings: UserSetting[];
}

export type AnswerTo<Q extends Query> = Answers[Q['ask']];

export interface ReadLimits {
  /** All of it, retries and pages included, ends within this many milliseconds. */
  withinMs: number;
}

export type Look<Q extends Query> = { value: AnswerTo<Q> } | { fault: ConciergeError };

export interface Tenant {
  /**
   * Asks everything at once, in as few requests as possible.
   * @throws TemporaryError (`graph.busy`, `graph.slow`, `graph.unreachable`), NotAllowedError (`graph.forbidden`)
   */
  read<const Q extends Record<string, Query>>(
    queries: Q,
    limits: ReadLimits,
  ): Promise<{ [K in keyof Q]: AnswerTo<Q[K]> }>;
  /** The same for many things where one fault must not hide the rest; answers stand in the order of the queries. */
  look<Q extends Query>(queries: readonly Q[], limits: ReadLimits): Promise<Look<Q>[]>;
}

/** An answer, or why there is none. */
export type Seen<T> = { value: T } | { fault: ConciergeError };

/** What Graph tells of the bot itself. */
export interface GraphSelf {
  /** The manifest id of the Teams app; null: the settings name none. */
  readonly teamsAppId: string | null;
  /**
   * Application permissions in the bot's own token; null: it cannot be read.
   * @throws TemporaryError `graph.unreachable` when no token can be had
   */
  readRoles(withinMs: number): Promise<readonly string[] | null>;
  /**
   * Sends one GET for each permission for which there is one: nothing is written, nobody is written to. Never throws.
   * @param personId somebody who uses Teams, for what can only be asked of a person; null: that is not asked
   */
  probe(personId: string | null, limits: ReadLimits): Promise<Probes>;
  /** Since when Graph answers nothing but trouble; null: it does not. */
  troubleSince(): Instant | null;
}

export interface Probes {
  /** By permission: whether Graph took a call that needs it. The fault of a refusal has it in its trace. */
  taken: Partial<Record<Permission, Seen<true>>>;
  /** Whether there is any Cloud PC. */
  hasCloudPcs: Seen<boolean>;
  /** Whether the organisation's catalog has the Teams app; null: the settings name none. */
  inCatalog: Seen<boolean> | null;
  /** How far Graph's clock is ahead of ours, in ms, as exactly as a header of full seconds tells; null: not told. */
  clockAheadMs: number | null;
}
