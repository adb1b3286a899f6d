// What is changed through Graph: starts that may be sent once, members of groups, lines in the activity feed.
import type { CloudPc, StatusDetail } from './cloud-pc.ts';
import type { ReadLimits } from './ports-graph.ts';
import type { MailDelivery } from './ports-teams.ts';
import type { Options } from './request.ts';

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
