// Everything that may happen next in a state.
import { isFinished } from '../../../src/domain/item.ts';
import { isEnded } from '../../../src/domain/request.ts';
import { isAboutToSend } from './essence.ts';
import { type Manner, movesOfGraph, stopHearing } from './graph.ts';
import { createKnown, type Known, type Numbers, type Parts, type State } from './known.ts';
import type { Budget, Graph, Job, Rows, Run } from './model.ts';
import { type Press, press } from './presses.ts';
import type { Rules } from './rules.ts';
import { type Hearing, step, type World } from './run.ts';
import { ageRows, ageRun, mayPass, stepMs } from './time.ts';

export interface Move {
  label: string;
  to: State;
  /** Nobody need be there for it. */
  isByItself: boolean;
}

export interface Model {
  rules: Rules;
  /** What workers do step by step, with everything else in between. */
  jobs: readonly Job[];
  /** What workers do with nothing in between. */
  jobsAtOnce: readonly Job[];
  presses: readonly Press[];
  workers: 1 | 2;
  graph: Manner;
}

export interface Moves {
  start(rows: Rows, graph: Graph, budget: Budget): State;
  movesFrom(state: State): Promise<Move[]>;
  partsOf(state: State): Parts;
}

export function createMoves(model: Model): Moves {
  const known = createKnown();
  return {
    start(rows, graph, budget) {
      const numbers = { graph: known.graphOf.numberOf(graph), budget: known.budgetOf.numberOf(budget) };
      return known.toState({
        rows: known.rowsOf.numberOf(ageRows(rows, 0)),
        runs: [known.idle, known.idle],
        ...numbers,
      });
    },
    async movesFrom(state) {
      const [rows, one, other, graph, budget] = state;
      const at: Numbers = { rows, runs: [one, other], graph, budget };
      const moves: Move[] = [];
      const add = (label: string, changes: Partial<Numbers>, isByItself: boolean) => {
        const to = known.toState({ ...at, ...changes });
        if (to.some((number, index) => number !== state[index])) moves.push({ label, to, isByItself });
      };
      const place: Place = { ...known, model, at, ...known.partsOf(state), add };
      await addPresses(place);
      await addRuns(place);
      await addJobsAtOnce(place);
      addGraphs(place);
      await addTime(place);
      return moves;
    },
    partsOf: known.partsOf,
  };
}

/** A state, what is known, and where its moves are collected. */
interface Place extends Known, Parts {
  model: Model;
  at: Numbers;
  add(label: string, changes: Partial<Numbers>, isByItself: boolean): void;
}

async function addPresses(place: Place): Promise<void> {
  const { model, at, rows, graph, budget, rowsOf, budgetOf, once, add } = place;
  for (const one of model.presses) {
    if (one.isStartAgain && budget.startAgains === 0) continue;
    const key = `press ${one.label} ${at.rows} ${one.readsCloudPcs ? at.graph : ''}`;
    const after = await once(key, async () => {
      const pressed = await press(one, rows, graph, model.rules);
      return pressed === rows ? at.rows : rowsOf.numberOf(ageRows(pressed, 0));
    });
    const isSpent = one.isStartAgain && after !== at.rows;
    const left = isSpent ? budgetOf.numberOf({ ...budget, startAgains: budget.startAgains - 1 }) : at.budget;
    add(one.label, { rows: after, budget: left }, one.isByItself ?? false);
  }
}

async function addRuns(place: Place): Promise<void> {
  const { model, at, runs, idle } = place;
  const [one, other] = at.runs;
  for (const index of one === other ? [0] : [0, 1]) {
    const theirs = index === 0 ? other : one;
    const run = runs[index];
    if (run) {
      await addSteps(place, run, theirs);
      addCrash(place, run, theirs);
    } else if (theirs === idle || model.workers === 2) {
      for (const job of model.jobs) await addSteps(place, begin(job), theirs);
    }
  }
}

const begin = (job: Job): Run => ({ job, log: [], awaits: null, next: null });

async function addSteps({ model, at, rows, graph, add, ...known }: Place, run: Run, theirs: number): Promise<void> {
  const { awaits } = run;
  const hasAnswer = graph.posts.some(({ intentId, answer }) => intentId === awaits && answer !== null);
  const hearings: Hearing[] = awaits !== null && hasAnswer ? ['answer', 'nothing'] : ['nothing'];
  for (const hearing of hearings) {
    const key = `step ${known.runOf.numberOf(run)} ${at.rows} ${at.graph} ${hearing}`;
    const next = await known.once(key, async () =>
      numbersOf(known, at, { rows, graph }, await step(run, { rows, graph }, model.rules, hearing)),
    );
    const label = `${run.job} goes on${awaits === null ? '' : ` with ${hearing}`}`;
    add(label, { rows: next.rows, runs: [next.run, theirs], graph: next.graph }, true);
  }
}

type Interners = Pick<Known, 'rowsOf' | 'runOf' | 'graphOf'>;

/** What has not changed keeps its number without being looked at. */
function numbersOf(
  { rowsOf, runOf, graphOf }: Interners,
  at: Numbers,
  before: World,
  after: World & { run: Run | null },
) {
  const rows = after.rows === before.rows ? at.rows : rowsOf.numberOf(ageRows(after.rows, 0));
  const run = runOf.numberOf(after.run && ageRun(after.run, 0, rowsOf.valueOf(rows)));
  return { rows, run, graph: after.graph === before.graph ? at.graph : graphOf.numberOf(after.graph) };
}

function addCrash({ graph, budget, idle, graphOf, budgetOf, at, add }: Place, run: Run, theirs: number): void {
  if (budget.crashes === 0) return;
  const after = run.awaits ? graphOf.numberOf(stopHearing(graph, run.awaits)) : at.graph;
  const left = budgetOf.numberOf({ ...budget, crashes: budget.crashes - 1 });
  add(`the worker of ${run.job} is killed`, { runs: [idle, theirs], graph: after, budget: left }, false);
}

async function addJobsAtOnce({ model, at, rows, graph, rowsOf, once, add }: Place): Promise<void> {
  for (const job of model.jobsAtOnce) {
    const after = await once(`whole ${job} ${at.rows} ${at.graph}`, async () => {
      let run: Run | null = begin(job);
      let world: World = { rows, graph };
      while (run) ({ run, ...world } = await step(run, world, model.rules, 'nothing'));
      return rowsOf.numberOf(ageRows(world.rows, 0));
    });
    add(job, { rows: after }, true);
  }
}

function addGraphs(place: Place): void {
  const { model, graph, budget, graphOf, budgetOf, at, add } = place;
  // What Graph does after the end is of no account.
  if (isEndOf(place)) return;
  for (const { label, graph: after, isRefusal } of movesOfGraph(graph, model.graph)) {
    if (isRefusal && budget.refusals === 0) continue;
    const left = isRefusal ? budgetOf.numberOf({ ...budget, refusals: budget.refusals - 1 }) : at.budget;
    add(label, { graph: graphOf.numberOf(after), budget: left }, true);
  }
}

/** A permit that runs out by it counts as an answer that changed nothing. */
async function addTime({ at, rows, runs, graph, budget, rowsOf, runOf, budgetOf, once, add }: Place): Promise<void> {
  const late = runs.filter(isAboutToSend).length;
  if (late > budget.refusals || !mayPass(rows, runs, graph)) return;
  const left = late === 0 ? at.budget : budgetOf.numberOf({ ...budget, refusals: budget.refusals - late });
  const older = await once(`older ${at.rows}`, () => rowsOf.numberOf(ageRows(rows, stepMs)));
  const ageOne = (number: number) => {
    const run = runOf.valueOf(number);
    return once(`older ${number} ${at.rows}`, () => runOf.numberOf(run && ageRun(run, stepMs, rows)));
  };
  const aged = [await ageOne(at.runs[0]), await ageOne(at.runs[1])] as const;
  add('time passes', { rows: older, runs: aged, budget: left }, true);
}

/** The request and all that belongs to it have come to an end. */
export function isEndOf({ rows, runs, graph }: Pick<Parts, 'rows' | 'runs' | 'graph'>): boolean {
  const isOver = isEnded(rows.request.state) && rows.items.every(({ state }) => isFinished(state));
  return isOver && runs.every((run) => run === null) && graph.posts.every(({ isOnItsWay }) => !isOnItsWay);
}
