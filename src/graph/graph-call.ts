// One call of Graph and what can come of it, as plain data.
import type { Instant } from '../domain/time.ts';

export type GraphVersion = 'v1.0' | 'beta';

/** A reference from a group to a member, not the member itself. */
export type MemberReferencePath = `/groups/${string}/members/${string}/$ref`;

interface CallHeaders {
  version: GraphVersion;
  /** Ask for the members of evolvable enums that Graph otherwise hides as `unknownFutureValue`. */
  wantsUnknownMembers?: boolean;
  /** `ConsistencyLevel: eventual`, which `$search` of the directory asks for: what is new may be missing for minutes. */
  isEventual?: boolean;
}

/** A call that deletes nothing. What only reads may be repeated: every GET, and the POSTs that only ask. */
export interface ReadCall extends CallHeaders {
  method: 'GET' | 'POST';
  /** Below the version, values already encoded: `/users/{id}?$select=id`. Built with `graph-path.ts`. */
  path: string;
  body?: unknown;
}

/** The only thing that is ever deleted. */
export interface DeleteCall extends CallHeaders {
  method: 'DELETE';
  path: MemberReferencePath;
}

export type GraphCall = ReadCall | DeleteCall;

/** An answer with a status; what the status means is known in `graph-error.ts` only. */
export interface GraphReply {
  kind: 'reply';
  status: number;
  /** Parsed JSON; undefined when there was no body or it was not JSON. */
  body: unknown;
  /** No body, or JSON: something that Graph itself may have said. */
  isReadable: boolean;
  /** What Retry-After asks for. */
  retryAfterMs: number | null;
  /** Graph's own `request-id`, for support cases. */
  graphRequestId: string | null;
  /** What was asked, and by whom; left out where no request was sent. */
  asked?: AskedCall;
  /** The time in the answer's `Date`, to the second. */
  serverTime?: Instant | null;
}

export interface AskedCall {
  method: string;
  path: string;
  clientRequestId: string;
  /** Application permissions in the token that the request carried; null: it cannot be read. */
  roles: readonly string[] | null;
}

/** No answer. */
export interface GraphFault {
  kind: 'fault';
  /** `withheld`: `mayStillSend` said no (`tooLate`), or the prepared connection was gone (`connectionClosed`). */
  why: 'timeout' | 'network' | 'noToken' | 'withheld';
  /** `ECONNREFUSED`, `ENOTFOUND`, `tooLate`, …; null when the cause has none. */
  code: string | null;
  /** Certain that Graph got nothing of the request. */
  isBeforeSending: boolean;
  cause: unknown;
  clientRequestId?: string;
}

export type GraphOutcome = GraphReply | GraphFault;

/** How long something may still take. */
export interface Deadline {
  /** Never below 0. */
  remainingMs(): number;
}

export function startDeadline(clock: { monotonic(): number }, withinMs: number): Deadline {
  const endsAt = clock.monotonic() + withinMs;
  return { remainingMs: () => Math.max(0, endsAt - clock.monotonic()) };
}
