// What happens by time alone: drafts and approvals run out, approvers are reminded, once more loudly when a request gets old.
import type { Timer, TimerKind, Tx } from '../domain/ports.ts';
import { decideRequest, type Request } from '../domain/request.ts';
import { cancelWaiting } from './cancel-waiting.ts';
import type { Deps } from './deps.ts';
import { order, saveRequest } from './save.ts';

type TimerDeps = Pick<Deps, 'policy' | 'clock' | 'ids' | 'unitOfWork' | 'log'>;

const atOnce = 50;

/** Fires every timer that is due; each in a transaction of its own. */
export async function fireTimers(deps: TimerDeps): Promise<void> {
  const due = await deps.unitOfWork.run((tx) => tx.timers.due(deps.clock.now(), atOnce));
  for (const timer of due) await deps.unitOfWork.run((tx) => fire(tx, deps, timer));
  const next = await deps.unitOfWork.run(async (tx) => {
    const at = await tx.timers.nextDueAt();
    if (at !== null) tx.wake({ queue: 'timers' }, at);
    return at;
  });
  deps.log.debug({ fired: due.length, next }, 'timers fired');
}

const actions: Record<TimerKind, (tx: Tx, deps: TimerDeps, request: Request) => Promise<void>> = {
  expire,
  remind,
  escalate,
};

async function fire(tx: Tx, deps: TimerDeps, timer: Timer): Promise<void> {
  const request = await tx.requests.lock(timer.requestId);
  // Another process may have fired it and set the next one.
  const isDue = await tx.timers.take(timer.requestId, timer.kind, deps.clock.now());
  if (request && isDue) await actions[timer.kind](tx, deps, request);
}

async function expire(tx: Tx, deps: TimerDeps, request: Request): Promise<void> {
  const outcome = decideRequest(request, { type: 'expire' }, deps.clock.now(), deps.policy.approval);
  if ('refused' in outcome) return;
  const counted = await cancelWaiting(tx, deps, outcome.request, { actor: null });
  const saved = await saveRequest(tx, deps, counted, outcome.news);
  await tx.timers.clear(saved.id);
}

async function remind(tx: Tx, deps: TimerDeps, request: Request): Promise<void> {
  if (request.state !== 'awaitingApproval') return;
  const now = deps.clock.now();
  await order(tx, deps, request, [{ via: 'chat', notice: 'approvalReminder', audience: 'channel' }], `remind:${now}`);
  await tx.timers.set({ requestId: request.id, kind: 'remind', dueAt: now + deps.policy.approval.remindEveryMs });
}

async function escalate(tx: Tx, deps: TimerDeps, request: Request): Promise<void> {
  if (request.state !== 'awaitingApproval') return;
  await order(tx, deps, request, [{ via: 'chat', notice: 'approvalEscalation', audience: 'channel' }], 'escalate');
}
