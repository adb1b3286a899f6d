// A job of a worker, one step at a time, by the real code. What a run knows follows from what its ports have answered so far:
// to go on, the job is begun anew and given the same answers at the same times, and then the next port is asked for real. A
// run that nobody plays on has stopped: for a while (a paused process) or for good (a killed one).

import type { Intent, StartAnswer, StartPermit, Tx } from '../../../src/domain/ports.ts';
import { advance } from '../../../src/jobs/advance.ts';
import { advanceBulk } from '../../../src/operations/bulk/advance-bulk.ts';
import type { OperationDeps } from '../../../src/operations/operation.ts';
import { watchItems } from '../../../src/requests/watch-items.ts';
import { silentLog } from '../../fakes/store.ts';
import { look, stopHearing, tenantOf, write } from './graph.ts';
import { type Entry, type Graph, type Job, now, type Rows, type Run, watchEveryMs } from './model.ts';
import { IndexRefusal, transact } from './rows.ts';
import type { Rules } from './rules.ts';

/** What comes back to a run that has written its POST: Graph's answer, or none. */
export type Hearing = 'answer' | 'nothing';

export interface World {
  rows: Rows;
  graph: Graph;
}

/** A run that is being played on. */
interface Play extends World {
  rules: Rules;
  hearing: Hearing;
  log: Entry[];
  awaits: string | null;
  cursor: number;
  clock: number;
  hasStepped: boolean;
  next: Run['next'];
  /** The run has come to a port that is not asked in this step. */
  stop: () => void;
}

/** Asks the next port of a run. `run` null: it has ended. */
export async function step(
  run: Run,
  world: World,
  rules: Rules,
  hearing: Hearing,
): Promise<World & { run: Run | null }> {
  const { promise: stopped, resolve } = Promise.withResolvers<boolean>();
  const play: Play = {
    ...world,
    rules,
    hearing,
    log: [...run.log],
    awaits: run.awaits,
    cursor: 0,
    clock: now,
    hasStepped: false,
    next: null,
    stop: () => resolve(false),
  };
  const ended = perform(run.job, depsOf(play), world.rows).then(() => true, endedBy);
  const hasEnded = await Promise.race([stopped, ended]);
  const { rows, graph, log, awaits, next } = play;
  return { rows, graph, run: hasEnded ? null : { job: run.job, log, awaits, next } };
}

function perform(job: Job, deps: OperationDeps, { request, items }: Rows): Promise<void> {
  if (job === 'watch') return watchItems(deps, watchEveryMs);
  if (job === 'bulk') return advanceBulk(deps, request.id);
  return advance(deps, items[job === 'advance:0' ? 0 : 1]?.id ?? '');
}

/** The job would be repeated, which any worker may do at any time here. */
function endedBy(error: unknown): true {
  if (error instanceof IndexRefusal) return true;
  throw error;
}

const never = new Promise<never>(() => {});

/** What the run has been answered before; undefined: it asks for the first time. */
function recall(play: Play): Entry | undefined {
  const known = play.log[play.cursor];
  play.cursor += 1;
  play.clock = known?.heardAt ?? now;
  return known;
}

function keep<T>(play: Play, value: T): T {
  play.hasStepped = true;
  play.log.push({ value, heardAt: now });
  return value;
}

function stop(play: Play): Promise<never> {
  play.stop();
  return never;
}

async function inTransaction<T>(play: Play, work: (tx: Tx) => Promise<T>): Promise<T> {
  const known = recall(play);
  if (known) return known.value as T;
  const done = await transact(play.rows, play.rules.alter, work);
  if (play.hasStepped && !done.isQuiet) {
    play.next = done.used.has('items.postponeLooks') ? 'postpone' : 'other';
    return stop(play);
  }
  play.rows = done.rows;
  // Each round of `advance` begins with this, and forgets what was before.
  const isNewRound = done.used.has('requests.get') && !done.used.has('requests.lock');
  if (isNewRound) {
    play.log.length = 0;
    play.cursor = 1;
  }
  return keep(play, done.value);
}

async function asked<T>(play: Play, answer: () => Promise<T>): Promise<T> {
  const known = recall(play);
  if (known) return known.value as T;
  return play.hasStepped ? stop(play) : keep(play, await answer());
}

function permitOf(play: Play): StartPermit {
  return {
    async send({ mayStillSend }) {
      const known = recall(play);
      if (known) return known.value as StartAnswer;
      if (play.awaits !== null) return play.hasStepped ? stop(play) : hear(play, play.awaits);
      if (play.hasStepped) return stop(play);
      if (!mayStillSend()) return keep(play, notApplied);
      const [intent] = (play.log.at(-1)?.value ?? []) as Intent[];
      if (!intent) throw new Error('sent without an intent');
      play.graph = write(play.graph, intent.id, intent.cloudPcId);
      play.awaits = intent.id;
      return stop(play);
    },
    discard() {},
  };
}

const plain = { detail: null, graphRequestId: null };
const notApplied: StartAnswer = { kind: 'notApplied', retryAfterMs: null, ...plain };

function hear(play: Play, intentId: string): StartAnswer {
  const said = play.graph.posts.find((post) => post.intentId === intentId)?.answer ?? null;
  play.graph = stopHearing(play.graph, intentId);
  play.awaits = null;
  return keep(play, play.rules.understand(toAnswer(play.hearing === 'answer' ? said : null)));
}

function toAnswer(said: 'accepted' | 'notApplied' | 'rejected' | 'busy' | null): StartAnswer {
  if (said === null) return { kind: 'unknown', ...plain };
  if (said === 'accepted') return { kind: 'accepted', graphRequestId: null };
  if (said === 'notApplied') return notApplied;
  return { kind: 'rejected', isBusy: said === 'busy', ...plain };
}

function depsOf(play: Play): OperationDeps {
  return {
    policy: play.rules.policy,
    clock: { now: () => play.clock, monotonic: () => play.clock },
    // The same for the same rows, so that states that were reached on different ways are the same.
    ids: { next: () => `intent-${play.rows.intents.length + 1}` },
    log: silentLog,
    unitOfWork: { run: (work) => inTransaction(play, work) },
    tenant: {
      ...tenantOf(play.graph),
      look: ((queries: Parameters<typeof look>[1]) => asked(play, () => look(play.graph, queries))) as never,
    },
    signIns: null,
    bulkWay: 'each',
    starter: {
      async prepare() {
        await asked(play, async () => null);
        return permitOf(play);
      },
    },
    bulkStarter: null,
  };
}
