// Members of a group: POST /groups/{id}/members/$ref, DELETE /groups/{id}/members/{id}/$ref
// (https://learn.microsoft.com/graph/api/group-post-members, group-delete-members). No layer repeats them; whoever asked
// may, since a second one changes nothing more.
import { InputError, TemporaryError } from '../domain/errors.ts';
import type { GroupMembership, MembershipAnswer, MembershipOrder } from '../domain/ports.ts';
import type { GraphCall, GraphOutcome, GraphReply, MemberReferencePath } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { classifyStart, isAlreadyMember, isForbidden, isNoMember, isNotFound } from './graph-error.ts';
import { prepareStart, type StartLimits, tokenWithinMs } from './prepared-start.ts';

const objectId = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** Token and connection are got first, as for a start, so that nothing is waited for after the last question. */
export function graphGroupMembership(client: GraphClient, limits: StartLimits = {}): GroupMembership {
  async function send(makeCall: () => GraphCall, isSoAlready: IsSoAlready, order: MembershipOrder = {}) {
    let call: GraphCall;
    try {
      call = makeCall();
    } catch {
      return notSendable;
    }
    const way = {
      fetchToken: () => client.fetchToken(tokenWithinMs),
      callOf: () => call,
      classify: (outcome: GraphOutcome) => toAnswer(outcome, isSoAlready),
    };
    try {
      const permit = await prepareStart(client, limits, way);
      const answer = await permit.send({ mayStillSend: order.mayStillSend ?? (() => true) });
      return 'isBusy' in answer ? notSendable : answer;
    } catch (fault) {
      return notPrepared(fault);
    }
  }

  return {
    add: (groupId, personId, order) =>
      send(
        () => {
          const path = memberReferencePath(checkId(groupId));
          // The cloud's own host: a reference to another one is refused.
          const body = { '@odata.id': `${client.root}/v1.0/directoryObjects/${checkId(personId)}` };
          return { method: 'POST', version: 'v1.0', path, body };
        },
        isAlreadyMember,
        order,
      ),
    remove: (groupId, personId, order) =>
      send(
        () => {
          const path = memberReferencePath(checkId(groupId), checkId(personId));
          return { method: 'DELETE', version: 'v1.0', path };
        },
        isNoMember,
        order,
      ),
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

const notSendable: MembershipAnswer = {
  kind: 'rejected',
  why: 'refused',
  detail: { code: 'badId', message: null },
  graphRequestId: null,
};

/** No token, no connection, or Graph told us to wait: there is no request yet. */
function notPrepared(fault: unknown): MembershipAnswer {
  const isKnown = fault instanceof TemporaryError;
  const code = isKnown ? String(fault.values.graphCode ?? fault.code) : 'bug';
  const retryAfterMs = isKnown ? fault.retryAfterMs : null;
  return { kind: 'notApplied', retryAfterMs, detail: { code, message: null }, graphRequestId: null };
}

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
