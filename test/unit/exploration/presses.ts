// What people do, and the clock of the approvals: the real use-cases, each at once, since nothing that they read before their
// transaction is used in it but what never changes. Whatever is delivered twice, or pressed too late, is simply done again.
import { ConciergeError } from '../../../src/domain/errors.ts';
import { controlBulk } from '../../../src/requests/bulk/control-bulk.ts';
import { settleBulk } from '../../../src/requests/bulk/settle-bulk.ts';
import { submitBulk } from '../../../src/requests/bulk/submit-bulk.ts';
import { cancelRequest, closeDraft } from '../../../src/requests/cancel.ts';
import { decide } from '../../../src/requests/decide.ts';
import type { Deps } from '../../../src/requests/deps.ts';
import { operate } from '../../../src/requests/operate.ts';
import { submitReprovision } from '../../../src/requests/submit-reprovision.ts';
import { fireTimers } from '../../../src/requests/timers.ts';
import { silentLog } from '../../fakes/store.ts';
import { approvers, tenantOf } from './graph.ts';
import { type Graph, now, type Rows } from './model.ts';
import { IndexRefusal, unitOfWorkOn } from './rows.ts';
import type { Rules } from './rules.ts';

export interface Press {
  label: string;
  /** Nobody need be there for it. */
  isByItself?: true;
  /** It depends on what Graph shows of them. */
  readsCloudPcs?: true;
  /** It is a new permission to destroy. */
  isStartAgain?: true;
  do: (deps: Deps, rows: Rows) => Promise<unknown>;
}

const ref = (id: string) => ({ id, name: id });
const deadline = { left: () => 1000 };
const form = { reason: 'Slow', mail: false, mailText: null, saved: true, osVersion: null, accountType: null };
const nowhere = { conversationId: null, activityId: null };

function decision(verdict: 'approve' | 'decline', by: string, revision: number): Press['do'] {
  const wish = { verdict, comment: 'Because', revision };
  return (deps, { request }) => decide(deps, ref(by), { id: request.id }, wish, null, deadline);
}

function choice(wanted: 'startAgain' | 'treatAsStarted' | 'close', attempt: number): Press['do'] {
  return (deps, { request }) => operate(deps, ref('adam'), { id: request.id }, wanted, attempt, null, deadline);
}

/** Of a request on one Cloud PC; the cards of every attempt are still there to be pressed. */
export function pressesOnOne(mostAttempts: number): Press[] {
  const deciders = ['ada', ...approvers];
  const attempts = Array.from({ length: mostAttempts }, (_, index) => index + 1);
  return [
    {
      label: 'Ada submits',
      readsCloudPcs: true,
      do: (deps, { request }) =>
        submitReprovision(deps, ref('ada'), request.id, { ...form, cloudPcId: 'pc-ada' }, nowhere, null, deadline),
    },
    { label: 'Ada closes the form', do: (deps, { request }) => closeDraft(deps, ref('ada'), request.id, null) },
    ...deciders.map((by) => ({ label: `${by} approves`, do: decision('approve', by, 1) })),
    ...deciders.map((by) => ({ label: `${by} declines`, do: decision('decline', by, 1) })),
    { label: 'ivan approves another revision', do: decision('approve', 'ivan', 2) },
    ...['ada', 'adam'].map((by) => ({
      label: `${by} cancels`,
      do: (deps: Deps, { request }: Rows) => cancelRequest(deps, ref(by), { id: request.id }, null, deadline),
    })),
    ...attempts.flatMap((attempt): Press[] => [
      { label: `adam starts again (${attempt})`, isStartAgain: true, do: choice('startAgain', attempt) },
      { label: `adam treats as started (${attempt})`, do: choice('treatAsStarted', attempt) },
      { label: `adam closes (${attempt})`, do: choice('close', attempt) },
    ]),
    { label: 'the timers fire', isByItself: true, do: (deps) => fireTimers(deps) },
  ];
}

type Control = Parameters<typeof controlBulk>[3];
type Settling = Parameters<typeof settleBulk>[3];

/**
 * Of a request on two Cloud PCs, by an admin.
 * @param mostAttempts of all its items together
 * @param isBrief only what is needed to come to an end
 */
export function pressesOnTwo(mostAttempts: number, isBrief: boolean): Press[] {
  const words = { reason: 'Slow', mail: false, mailText: null, osVersion: null, accountType: null };
  const bulkForm = { ...words, confirmCount: '2', duringMaintenance: false };
  const control = (label: string, wanted: Control): Press => ({
    label: `adam ${label}`,
    do: (deps, { request }) => controlBulk(deps, ref('adam'), request.id, wanted, null, deadline),
  });
  const settle = (label: string, settling: Settling, isStartAgain?: true): Press => ({
    label: `adam ${label} (${settling.attempts})`,
    ...(isStartAgain && { isStartAgain }),
    do: (deps, { request }) => settleBulk(deps, ref('adam'), request.id, settling, null, deadline),
  });
  const attempts = Array.from({ length: mostAttempts }, (_, index) => index + 1);
  const always: Press[] = [
    {
      label: 'adam submits',
      do: (deps, { request }) => submitBulk(deps, ref('adam'), request.id, bulkForm, nowhere, null, deadline),
    },
    control('lets it go on', 'resume'),
    control('stops it', 'stop'),
    ...attempts.map((sum) => settle('closes all', { choice: 'close', attempts: sum, confirmCount: null })),
    { label: 'the timers fire', isByItself: true, do: (deps) => fireTimers(deps) },
  ];
  if (isBrief) return always;
  return [
    ...always,
    ...['adam', ...approvers].map((by) => ({ label: `${by} approves`, do: decision('approve', by, 1) })),
    { label: 'ivan declines', do: decision('decline', 'ivan', 1) },
    {
      label: 'adam cancels',
      do: (deps, { request }) => cancelRequest(deps, ref('adam'), { id: request.id }, null, deadline),
    },
    control('halts it', 'pause'),
    ...attempts.flatMap((sum) => [
      settle('treats all as started', { choice: 'treatAsStarted', attempts: sum, confirmCount: null }),
      settle('starts one again', { choice: 'startAgain', attempts: sum, confirmCount: '1' }, true),
    ]),
  ];
}

/** @returns the rows as the press leaves them; a refusal leaves them as they were */
export async function press(one: Press, rows: Rows, graph: Graph, rules: Rules): Promise<Rows> {
  const kept = { rows };
  let made = 0;
  const nextItemId = () => {
    made += 1;
    return `item-${made}`;
  };
  const deps: Deps = {
    policy: rules.policy,
    clock: { now: () => now, monotonic: () => now },
    // The same for the same rows, so that states that were reached on different ways are the same.
    ids: { next: nextItemId },
    log: silentLog,
    unitOfWork: unitOfWorkOn(kept, rules.alter),
    tenant: tenantOf(graph),
    signIns: null,
    bulkWay: 'each',
  };
  try {
    await one.do(deps, rows);
  } catch (error) {
    if (!(error instanceof ConciergeError) && !(error instanceof IndexRefusal)) throw error;
  }
  return kept.rows;
}
