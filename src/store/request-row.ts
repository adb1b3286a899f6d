// A request ↔ its row.
import type { Selectable, Updateable } from 'kysely';
import type { Decision, Request } from '../domain/request.ts';
import { storable } from '../domain/storable.ts';
import {
  fromTime,
  fromTimeOrNull,
  storableOrNull,
  toJson,
  toJsonOrNull,
  toTime,
  toTimeOrNull,
} from './column-values.ts';
import type { RequestsTable } from './tables.ts';

export function toRequestRow(request: Request) {
  return {
    code: request.code,
    operation: request.operation,
    state: request.state,
    revision: request.revision,
    version: request.version,
    requester_id: request.requester.id,
    requester_name: storable(request.requester.name),
    owner_id: request.owner.id,
    owner_name: storable(request.owner.name),
    owner_upn: request.ownerUpn,
    options: toJson(request.options),
    mail: toJson(request.mail),
    reason: storableOrNull(request.reason),
    bulk: toJsonOrNull(request.bulk),
    tally: toJson(request.tally),
    approval: toJson(request.approval),
    cancelled_by: toJsonOrNull(request.cancelledBy),
    created_at: toTime(request.createdAt),
    submitted_at: toTimeOrNull(request.submittedAt),
    approved_at: toTimeOrNull(request.approvedAt),
    expires_at: toTimeOrNull(request.expiresAt),
    ended_at: toTimeOrNull(request.endedAt),
  } satisfies Updateable<RequestsTable>;
}

export function fromRequestRow(row: Selectable<RequestsTable>, decisions: Decision[]): Request {
  return {
    id: row.id,
    code: row.code,
    operation: row.operation,
    state: row.state,
    revision: row.revision,
    version: row.version,
    requester: { id: row.requester_id, name: row.requester_name },
    owner: { id: row.owner_id, name: row.owner_name },
    ownerUpn: row.owner_upn,
    options: row.options,
    mail: row.mail,
    reason: row.reason,
    bulk: row.bulk,
    tally: row.tally,
    approval: row.approval,
    decisions,
    cancelledBy: row.cancelled_by,
    createdAt: fromTime(row.created_at),
    submittedAt: fromTimeOrNull(row.submitted_at),
    approvedAt: fromTimeOrNull(row.approved_at),
    expiresAt: fromTimeOrNull(row.expires_at),
    endedAt: fromTimeOrNull(row.ended_at),
  };
}
