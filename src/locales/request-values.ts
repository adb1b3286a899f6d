// What the sentences about a request may name. One bag for all: a text takes what it needs.
import { approvalsOf } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import type { RequestView } from '../domain/views.ts';
import { bulkSizeOf } from './bulk-values.ts';
import { skipReasonOf } from './outcome.ts';
import { moment, type Sentence, say, type Value, type Values } from './sentence.ts';

/** Without an item there is no name yet; a bulk request as a whole has a number instead. */
export function pcNameOf(view: Pick<RequestView, 'request' | 'item' | 'bulk' | 'person'>): Value {
  if (view.person) return view.person.item.cloudPc?.name || say('label.cloudPc');
  if (view.item === null && view.request.bulk) return say('common.cloudPcs', { n: bulkSizeOf(view) });
  return view.item?.cloudPc.name || say('label.cloudPc');
}

export type RequestValues = ReturnType<typeof requestValues>;

export function requestValues(view: RequestView) {
  const { request, item, usual, now } = view;
  const approvals = approvalsOf(request);
  const declined = request.decisions.find((decision) => decision.verdict === 'decline');
  const givers = approvals.map((decision) => decision.by.name).join(', ');
  const unknown = say('common.unknown');
  return {
    code: request.code ?? '',
    pc: pcNameOf(view),
    newPc: item?.newName ?? pcNameOf(view),
    owner: request.owner.name,
    who: request.requester.name,
    asked: moment(request.submittedAt ?? request.createdAt, 'smart'),
    decider: declined?.by.name ?? (givers || unknown),
    decided: moment(declined?.at ?? request.approvedAt, 'smart', 'common.unknown'),
    canceller: request.cancelledBy?.name ?? request.bulk?.stopped?.by.name ?? say('history.system'),
    ended: moment(endOf(view), 'smart', 'common.unknown'),
    expires: moment(request.expiresAt, 'smart', 'common.unknown'),
    needed: request.approval.needed,
    given: approvals.length,
    givers: givers || unknown,
    since: moment(item?.buildingAt ?? null, 'clock', 'common.unknown'),
    started: moment(item?.startingAt ?? null, 'smart', 'common.unknown'),
    span: { span: (item?.endedAt ?? now) - (item?.startingAt ?? item?.buildingAt ?? now) },
    usual: usual ? usualSpan(usual) : unknown,
    n: usual?.count ?? 0,
    reason: reasonOf(view),
  } satisfies Values;
}

/** One Cloud PC of many ends on its own, and not when all have. */
function endOf({ request, item }: RequestView): Instant | null {
  const ends = request.bulk ? [item?.endedAt, request.endedAt] : [request.endedAt, item?.endedAt];
  return ends.find((at) => at !== null && at !== undefined) ?? null;
}

export function usualSpan({ fromMinutes, toMinutes }: { fromMinutes: number; toMinutes: number }): Sentence {
  return say('span.usual', { from: fromMinutes, to: toMinutes });
}

function reasonOf({ item }: RequestView): Value {
  const reason = skipReasonOf(item);
  return reason ? say(`reason.${reason}.text`) : say('cause.refused');
}
