// Members of a group: POST /groups/{id}/members/$ref, DELETE /groups/{id}/members/{id}/$ref
// (https://learn.microsoft.com/graph/api/group-post-members, group-delete-members). No layer repeats them; whoever asked
// may, since a second one changes nothing more.
import { InputError } from '../domain/errors.ts';
import type { GroupMembership, MembershipAnswer } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import type { GraphCall, GraphOutcome, GraphReply, MemberReferencePath } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { classifyStart, isAlreadyMember, isForbidden, isNoMember, isNotFound } from './graph-error.ts';

const answerWithinMs = 30 * second;
const objectId = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** @param timeoutMs of one call; for tests, 30 s when left out */
export function graphGroupMembership(client: GraphClient, { timeoutMs = answerWithinMs } = {}): GroupMembership {
  async function send(makeCall: () => GraphCall, isSoAlready: IsSoAlready): Promise<MembershipAnswer> {
    const pauseMs = client.pauseLeftMs();
    if (pauseMs > 0) return { ...nothingSent, retryAfterMs: Math.ceil(pauseMs) };
    let call: GraphCall;
    try {
      call = makeCall();
    } catch {
      return { kind: 'rejected', why: 'refused', detail: { code: 'badId', message: null }, graphRequestId: null };
    }
    const outcome = await client.sendOnce(call, { timeoutMs });
    const answer = toAnswer(outcome, isSoAlready);
    if (answer.kind === 'notApplied' && answer.retryAfterMs !== null) client.pauseReads(answer.retryAfterMs);
    return answer;
  }

  return {
    add: (groupId, personId) =>
      send(() => {
        const path = memberReferencePath(checkId(groupId));
        // The cloud's own host: a reference to another one is refused.
        const body = { '@odata.id': `${client.root}/v1.0/directoryObjects/${checkId(personId)}` };
        return { method: 'POST', version: 'v1.0', path, body };
      }, isAlreadyMember),
    remove: (groupId, personId) =>
      send(() => {
        const path = memberReferencePath(checkId(groupId), checkId(personId));
        return { method: 'DELETE', version: 'v1.0', path };
      }, isNoMember),
  };
}

/**
 * The one place where this path is built. Without `/$ref` it would name the member itself, and a DELETE could delete the
 * person's account.
 */
function memberReferencePath(groupId: string): string;
function memberReferencePath(groupId: string, personId: string): MemberReferencePath;
function memberReferencePath(groupId: string, personId?: string): string {
  return `/groups/${groupId}/members/${personId === undefined ? '' : `${personId}/`}$ref`;
}

/** @throws InputError for anything but an object id: no UPN, and nothing that would make another path */
function checkId(id: string): string {
  if (!objectId.test(id)) throw new InputError('graph.badRequest', { graphCode: 'badId' });
  return id;
}

type IsSoAlready = (reply: GraphReply) => boolean;

const nothingSent = {
  kind: 'notApplied',
  detail: { code: 'waiting', message: null },
  graphRequestId: null,
} as const;

function toAnswer(outcome: GraphOutcome, isSoAlready: IsSoAlready): MembershipAnswer {
  const answer = classifyStart(outcome);
  const { graphRequestId } = answer;
  if (answer.kind === 'accepted') return { kind: 'done', wasSo: false, graphRequestId };
  if (answer.kind !== 'rejected') return answer;
  if (outcome.kind === 'reply' && isSoAlready(outcome)) return { kind: 'done', wasSo: true, graphRequestId };
  return { kind: 'rejected', why: whyRejected(outcome), detail: answer.detail, graphRequestId };
}

function whyRejected(outcome: GraphOutcome): 'gone' | 'notAllowed' | 'refused' {
  if (outcome.kind === 'fault') return 'refused';
  if (isNotFound(outcome)) return 'gone';
  return isForbidden(outcome) ? 'notAllowed' : 'refused';
}
