// One assignment on the simulator, over real HTTP and from the first word to the last, on a clock that moves on by itself from
// job to job: what Graph was asked, and how long was waited. Messages in Teams are left out; they are none of Graph's.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isFinishedPerson, type PersonItem } from '../../src/domain/person-item.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { WakeUp } from '../../src/domain/ports.ts';
import { hour, minute, second } from '../../src/domain/time.ts';
import type { CardView } from '../../src/domain/views.ts';
import { graphGraceEnder } from '../../src/graph/grace-ender.ts';
import { graphGroupMembership } from '../../src/graph/group-members.ts';
import { graphMailer } from '../../src/graph/mailer.ts';
import { advancePerson } from '../../src/operations/person/advance-person.ts';
import type { PersonDeps } from '../../src/operations/person/step.ts';
import { decide } from '../../src/requests/decide.ts';
import { deliverNotice } from '../../src/requests/deliver-notice.ts';
import { createDeadline } from '../../src/requests/deps.ts';
import type { NoticeDeps } from '../../src/requests/notice-row.ts';
import { askAssign } from '../../src/requests/person/ask-assign.ts';
import { askUnassign } from '../../src/requests/person/ask-unassign.ts';
import { submitAssign } from '../../src/requests/person/submit-assign.ts';
import { submitUnassign } from '../../src/requests/person/submit-unassign.ts';
import { type Delays, demoMailboxes, demoPeople, type RecordedRequest } from '../../src/simulator/index.ts';
import { assignPolicy, licenceNames } from './assigning.ts';
import { startGraph } from './graph.ts';
import { openTestStore, recordingOutbox, silentLog } from './store.ts';
import { aPolicy, limits } from './things.ts';
import { testPolicy } from './whole-bot.ts';

export interface AssignPlan {
  delays: Partial<Delays>;
  wantsMail: boolean;
}

export interface Phase {
  name: 'form' | 'submit' | 'approval' | 'groups' | 'licence' | 'cloudPc' | 'build' | 'mail';
  /** HTTP requests; a `$batch` is one. */
  requests: number;
  /** A `$batch` counts as its parts. */
  parts: number;
  waitedMs: number;
}

export interface AssignPlay {
  phases: Phase[];
  item: PersonItem;
  /** Mails that arrived. */
  mails: number;
}

const phaseOf: Partial<Record<PersonItem['step'], Phase['name']>> = {
  awaitLicence: 'licence',
  awaitCloudPc: 'cloudPc',
  awaitBuild: 'build',
};

/** Adam asks for Cléo, Ivan approves at once, and it is followed to its end and to the last mail. */
export async function playAssign({ delays, wantsMail }: AssignPlan): Promise<AssignPlay> {
  const stage = await startAssignStage({ delays });
  const { time, simulator } = stage;
  const phases = new Map<Phase['name'], Phase>();
  let counted = 0;
  let since = time.now;
  const count = (name: Phase['name']): void => {
    const phase = phases.get(name) ?? { name, requests: 0, parts: 0, waitedMs: 0 };
    const made = simulator.requests.slice(counted);
    phase.requests += made.length;
    phase.parts += made.reduce((sum, one) => sum + partsOf(one), 0);
    phase.waitedMs += time.now - since;
    phases.set(name, phase);
    counted += made.length;
    since = time.now;
  };
  try {
    const form = await stage.asks('cleo@contoso.com');
    count('form');
    await stage.submits(form, { mail: wantsMail });
    count('submit');
    await stage.approves(form.requestId);
    count('approval');
    // What is looked at after a wait belongs to what was waited for.
    const item = await stage.follows(form.requestId, (job, step) =>
      count(job === 'mail' ? 'mail' : (phaseOf[step] ?? 'groups')),
    );
    assert.ok(simulator.requests.every(({ status }) => status !== null && status < 300));
    return { phases: [...phases.values()], item, mails: simulator.tenant.mails.length };
  } finally {
    await stage.stop();
  }
}

const partsOf = ({ parts }: RecordedRequest): number => parts?.length ?? 1;

/** The use-cases and the jobs with the real Graph client on the simulator. The caller stops it. */
export async function startAssignStage({
  delays,
  policy,
}: {
  delays?: Partial<Delays>;
  policy?: Partial<Policy>;
} = {}) {
  const time = { now: Date.now() };
  const clock = { now: () => time.now, monotonic: () => time.now };
  const graph = await startGraph({ simulator: { now: clock.now, delays }, clock });
  const store = await openTestStore();
  const outbox = recordingOutbox();
  const unitOfWork = store.unitOfWork(outbox);
  const mailer = graphMailer(graph.client, {
    from: demoMailboxes.sender,
    render: ({ mail }) => ({ subject: mail, html: '<p>…</p>' }),
    renderTicket: () => ({ subject: 'ticket', html: '<p>…</p>' }),
    log: silentLog,
  });
  const send = async () => ({ kind: 'refused', reason: 'gone' }) as never;
  const deps: PersonDeps & NoticeDeps = {
    policy: {
      ...aPolicy,
      ...assignPolicy,
      roles: testPolicy.roles,
      limits,
      mail: { ...aPolicy.mail, from: demoMailboxes.sender },
      ...policy,
    },
    clock,
    ids: { next: randomUUID },
    log: silentLog,
    unitOfWork,
    tenant: graph.tenant,
    signIns: null,
    bulkWay: 'each',
    membership: graphGroupMembership(graph.client),
    graceEnder: graphGraceEnder(graph.client),
    mailer,
    messenger: { send, edit: send },
  };
  const soon = () => createDeadline(clock, 25 * second);
  const adam = { id: demoPeople.adam, name: 'Adam Acker' };
  const plain = {
    reason: 'New colleague',
    saved: true,
    osVersion: null,
    accountType: null,
    mail: false,
    mailText: null,
  };
  const nowhere = { conversationId: null, activityId: null };
  const readItem = async (requestId: string): Promise<PersonItem> => {
    const item = await unitOfWork.run((tx) => tx.personItems.ofRequest(requestId));
    assert.ok(item);
    return item;
  };

  return {
    time,
    deps,
    simulator: graph.simulator,
    tenant: graph.simulator.tenant,
    readItem,
    /** The form that Adam gets. */
    async asks(upn: string, licence: string = licenceNames.cpu4): Promise<View<'assign'>> {
      const card = await askAssign(deps, adam, { type: 'words', text: upn }, licence, null, soon());
      assert.ok(card.card === 'assign', JSON.stringify(card));
      return card;
    },
    /** The form as it was preset. */
    submits(
      form: View<'assign'>,
      changes: { mail?: boolean; ticket?: boolean; licence?: string; reason?: string } = {},
    ): Promise<CardView> {
      const { chosen: licence, provisioning, settings } = form;
      const choice = {
        licence,
        provisioning: provisioning?.preset ?? null,
        settings: settings?.preset ?? null,
        ticket: false,
      };
      return submitAssign(deps, adam, form.requestId, { ...plain, ...choice, ...changes }, nowhere, null, soon());
    },
    async takesBack(
      upn: string,
      licence: string | null,
      endGrace = false,
      confirmEndGrace = endGrace,
    ): Promise<string> {
      const form = await askUnassign(deps, adam, { type: 'words', text: upn }, null, soon());
      assert.ok(form.card === 'unassign', JSON.stringify(form));
      const choice = { licence, endGrace, confirmEndGrace };
      const card = await submitUnassign(deps, adam, form.requestId, { ...plain, ...choice }, nowhere, null, soon());
      assert.equal(card.card, 'request', JSON.stringify(card));
      return form.requestId;
    },
    async approves(requestId: string): Promise<void> {
      const wish = { verdict: 'approve', comment: null, revision: null } as const;
      await decide(deps, { id: demoPeople.ivan, name: 'Ivan Ilić' }, { id: requestId }, wish, null, soon());
    },
    /** Its jobs one after the other, mails among them, until there is nothing more to do. */
    async follows(
      requestId: string,
      heard: (job: 'person' | 'mail', step: PersonItem['step']) => void = () => {},
    ): Promise<PersonItem> {
      let queue: { wakeUp: WakeUp; at: number }[] = [];
      for (;;) {
        queue.push(...outbox.sent.splice(0).map(({ wakeUp, at }) => ({ wakeUp, at: at ?? time.now })));
        queue.sort((a, b) => a.at - b.at);
        const next = queue.shift();
        const { step, queuedAt } = await readItem(requestId);
        if (!next) break;
        const { wakeUp, at } = next;
        if (wakeUp.queue === 'person') {
          time.now = Math.max(time.now, at);
          assert.ok(time.now - queuedAt < 12 * hour, 'it does not end');
          await advancePerson(deps, wakeUp.personItemId);
          heard('person', step);
        } else if (wakeUp.queue === 'deliverNotice' && (await isMail(deps, wakeUp.noticeId))) {
          time.now = Math.max(time.now, at);
          await deliverNotice(deps, wakeUp.noticeId);
          heard('mail', step);
        }
        queue = queue.filter((one) => ['person', 'deliverNotice'].includes(one.wakeUp.queue));
      }
      const item = await readItem(requestId);
      assert.ok(isFinishedPerson(item) || item.state === 'needsOperator', `${item.state} ${item.step}`);
      return item;
    },
    async stop(): Promise<void> {
      await store.close();
      await graph.simulator.close();
    },
  };
}

export type AssignStage = Awaited<ReturnType<typeof startAssignStage>>;

type View<Card extends CardView['card']> = Extract<CardView, { card: Card }>;

function isMail({ unitOfWork }: NoticeDeps, noticeId: string): Promise<boolean> {
  return unitOfWork.run(async (tx) => ['mail', 'ticket'].includes((await tx.notices.lock(noticeId))?.via ?? ''));
}

export interface WorkedExample {
  name: string;
  plan: AssignPlan;
  theirs: { requests: number; waitedMs: number };
  /** Up to where theirs goes. */
  isUpToGroups?: boolean;
}

const slow = {
  membershipVisibleMs: 10 * second,
  licensingMs: 10 * second,
  appearMs: 170 * second,
  firstBuildMs: 30 * minute,
};
const instant = { membershipVisibleMs: 0, licensingMs: 0, appearMs: 0, firstBuildMs: 1 };

/** What `assign-windows365` takes for two groups of each prefix; each membership visible at its first look, after 15 s. */
export const workedExamples: readonly WorkedExample[] = [
  {
    name: 'without mail, until the licence group is joined',
    plan: { delays: slow, wantsMail: false },
    theirs: { requests: 23, waitedMs: 30 * second },
    isUpToGroups: true,
  },
  {
    name: 'with mail, everything there at once',
    plan: { delays: instant, wantsMail: true },
    theirs: { requests: 28, waitedMs: 105 * second },
  },
  {
    name: 'with mail, appears after 3 min, ready 30 min later',
    plan: { delays: slow, wantsMail: true },
    theirs: { requests: 70, waitedMs: 2085 * second },
  },
];

const untilJoined: readonly Phase['name'][] = ['form', 'submit', 'approval', 'groups'];

/** Ours for one of them: everything, the form and the approval included, that theirs has no part of. */
export async function measure({ plan, isUpToGroups = false }: WorkedExample): Promise<Omit<Phase, 'name'>> {
  const { phases, item, mails } = await playAssign(plan);
  assert.equal(item.outcome?.code, 'ready');
  assert.equal(mails, plan.wantsMail ? 1 : 0);
  return sumOf(isUpToGroups ? phases.filter(({ name }) => untilJoined.includes(name)) : phases);
}

function sumOf(phases: readonly Phase[]): Omit<Phase, 'name'> {
  const sum = { requests: 0, parts: 0, waitedMs: 0 };
  for (const { requests, parts, waitedMs } of phases) {
    sum.requests += requests;
    sum.parts += parts;
    sum.waitedMs += waitedMs;
  }
  return sum;
}
