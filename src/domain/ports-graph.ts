// What Graph is asked and told.
import type { CloudPc, RemoteActionCapability, StatusDetail } from './cloud-pc.ts';
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
import type { MailDelivery } from './ports-teams.ts';
import type { Options } from './request.ts';
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

/** A start that may be sent once. Got before the intent is committed, so that nothing is waited for after it. */
export interface StartPermit {
  /**
   * Sends `POST …/cloudPCs/{id}/reprovision` exactly once; no layer repeats it. Never throws.
   * @param mayStillSend asked right before the request is written, with nothing in between; false: nothing is sent
   */
  send(order: { cloudPcId: string; options: Options; mayStillSend: () => boolean }): Promise<StartAnswer>;
  /** Gives up what was prepared for it. For a permit that is not sent; harmless at any time and any number of times. */
  discard(): void;
}

export type StartAnswer =
  | { kind: 'accepted'; graphRequestId: string | null }
  /** Certain that nothing was applied: 401, 429, or a fault before anything was sent. */
  | { kind: 'notApplied'; retryAfterMs: number | null; detail: StatusDetail | null; graphRequestId: string | null }
  /** Graph said no. `isBusy`: 409 or 423, another action is running. */
  | { kind: 'rejected'; isBusy: boolean; detail: StatusDetail | null; graphRequestId: string | null }
  /** Everything else: the call may have been applied. */
  | { kind: 'unknown'; detail: StatusDetail | null; graphRequestId: string | null };

export interface BulkStartOrder {
  /** At most `mostAtOnce`; `deviceId` is Intune's. */
  cloudPcs: readonly { cloudPcId: string; deviceId: string | null }[];
  /** What Intune's admin center shows for it. */
  displayName: string;
  /** Each Cloud PC waits for its maintenance window. */
  duringMaintenance: boolean;
  mayStillSend: () => boolean;
}

/** What a bulk call said about one Cloud PC. */
export type BulkWord = 'accepted' | 'failed' | 'notFound' | 'notSupported' | 'unknown';

export type BulkStartAnswer =
  /** `words`: by Cloud PC id, one for each that was ordered. `bulkActionId`: where its counts are read. */
  | {
      kind: 'accepted';
      words: ReadonlyMap<string, BulkWord>;
      bulkActionId: string | null;
      graphRequestId: string | null;
    }
  /** The tenant does not have this way of starting (any more); certain that nothing was applied. */
  | { kind: 'wayGone'; detail: StatusDetail | null; graphRequestId: string | null }
  | Exclude<StartAnswer, { kind: 'accepted' }>;

/** As `StartPermit`, for many Cloud PCs in one request. */
export interface BulkStartPermit {
  /** Exactly one request; no layer repeats it. Never throws. */
  send(order: BulkStartOrder): Promise<BulkStartAnswer>;
  discard(): void;
}

/** Starts a wave with one request (`GRAPH_BULK`). It takes no options. */
export interface BulkStarter {
  way: 'bulkActions' | 'managedDevices';
  /** Cloud PCs in one request. */
  mostAtOnce: number;
  /** Whether a Cloud PC can be named to it. */
  canStart(pc: Pick<CloudPc, 'deviceId'>): boolean;
  /** @throws TemporaryError as `Starter.prepare` */
  prepare(): Promise<BulkStartPermit>;
}

/** What a person's own token, got through the bot's OAuth connection, allows now. */
export interface SignedIn {
  /**
   * Ids, in lower case, of the Cloud PCs that Graph lists as this person's own (`GET /me/cloudPCs`): the proof of ownership.
   * @returns null when Graph does not take the token any more: the person must sign in again
   * @throws ConciergeError as `Tenant.read`
   */
  readOwnCloudPcIds(limits: ReadLimits): Promise<string[] | null>;
  /** Sends the reprovision with the person's token; it takes no options. */
  starter: Starter;
}

/** Teams single sign-on. */
export interface SignIns {
  /**
   * Asked anew each time; nothing is kept in this process.
   * @returns null when the person must sign in (again)
   * @throws TemporaryError `signIn.unavailable` when the token service does not answer
   */
  of(personId: string, limits: ReadLimits): Promise<SignedIn | null>;
}

export interface Starter {
  /** Fetches the token and connects now. @throws TemporaryError when that cannot be had: nothing was sent */
  prepare(): Promise<StartPermit>;
}

/** As `StartPermit`, for the end of a grace period. */
export interface GracePermit {
  /**
   * Sends `POST …/cloudPCs/{id}/endGracePeriod` exactly once; no layer repeats it. Never throws.
   * @param mayStillSend asked right before the request is written, with nothing in between; false: nothing is sent
   */
  send(order: { cloudPcId: string; mayStillSend: () => boolean }): Promise<StartAnswer>;
  discard(): void;
}

/** Ends the grace period of a Cloud PC: it is deleted at once, with what is on it. Needs `CloudPC.ReadWrite.All`. */
export interface GraceEnder {
  /** @throws TemporaryError as `Starter.prepare` */
  prepare(): Promise<GracePermit>;
}

/** What became of one change of a group's members. None of these calls is repeated by any layer. */
export type MembershipAnswer =
  /** It is so now. `wasSo`: it was so before, and nothing was changed. */
  | { kind: 'done'; wasSo: boolean; graphRequestId: string | null }
  /**
   * Certain that nothing was changed: throttled, no token, a fault before anything was sent, or it was not to be sent any
   * more (`tooLate`).
   */
  | { kind: 'notApplied'; retryAfterMs: number | null; detail: StatusDetail | null; graphRequestId: string | null }
  /**
   * Graph said no. `gone`: group or person does not exist; `notAllowed`: the permission is missing, or the group can
   * give roles; `refused`: anything else, as of a dynamic group or one that is kept on premises.
   */
  | {
      kind: 'rejected';
      why: 'gone' | 'notAllowed' | 'refused';
      detail: StatusDetail | null;
      graphRequestId: string | null;
    }
  /** It may have been changed. Both calls may be sent again: a second one finds it done, and changes nothing more. */
  | { kind: 'unknown'; detail: StatusDetail | null; graphRequestId: string | null };

export interface MembershipOrder {
  /** Asked right before the request is written, with nothing in between; false: nothing is sent. Left out: it may. */
  mayStillSend?: () => boolean;
}

/** Direct members of a group, by object id. Needs `GroupMember.ReadWrite.All`. */
export interface GroupMembership {
  /** `POST /groups/{id}/members/$ref`. One request. Never throws. */
  add(groupId: string, personId: string, order?: MembershipOrder): Promise<MembershipAnswer>;
  /**
   * `DELETE /groups/{id}/members/{id}/$ref`. One request. Never throws.
   * Graph answers a missing group and a person who is no member with the same words: both are `done`, `wasSo`.
   */
  remove(groupId: string, personId: string, order?: MembershipOrder): Promise<MembershipAnswer>;
}

export interface ActivityNotification {
  personId: string;
  /** What it is about: plain text, in the person's language. */
  topic: string;
  /** Where a press on it leads: a deep link of Teams, `https://teams.microsoft.com/l/…`. */
  webUrl: string;
  /** The sentence that is shown; Teams shows 150 characters. */
  text: string;
}

/** A line in the activity feed of Teams, for somebody who has the app; it makes a sound like a message. */
export interface ActivityFeed {
  /**
   * `POST /users/{id}/teamwork/sendActivityNotification`. One request, not repeated by any layer. Never throws.
   * Needs `TeamsActivity.Send`, the app installed for the person, and `webApplicationInfo` in its manifest.
   */
  notify(notification: ActivityNotification): Promise<MailDelivery>;
}
