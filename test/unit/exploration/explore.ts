// Goes to every state that can be reached, the nearest first, and judges each; then looks back from the ends: a state from which
// no way leads to one is stuck.
import type { ItemState } from '../../../src/domain/item.ts';
import type { RequestState } from '../../../src/domain/request.ts';
import { judgeChange, judgePosts, judgeRows } from './invariants.ts';
import type { Parts, State } from './known.ts';
import type { Budget, Graph, Rows } from './model.ts';
import { createMoves, isEndOf, type Model, type Move, type Moves } from './moves.ts';

export interface Start {
  rows: Rows;
  graph: Graph;
  budget: Budget;
}

export interface Explored {
  states: number;
  transitions: number;
  /** What did not hold, and the moves that lead there; null: everything held. */
  broken: { what: string; moves: string[] } | null;
  requestStates: Set<RequestState>;
  itemStates: Set<ItemState>;
}

interface Reached {
  states: State[];
  /** By state: the state it was first reached from, and by which move. */
  from: number[];
  by: string[];
  /** Moves as pairs of states, and whether nobody need be there for it. */
  moves: { from: number[]; to: number[]; isByItself: boolean[] };
}

/** @throws Error when there are more states than `most`: then nothing was shown */
export async function explore(model: Model, start: Start, most: number): Promise<Explored> {
  const { random } = Math;
  // The pause until the next look is spread by chance; here it is as long as it can be.
  Math.random = () => 1;
  try {
    return await exploreAll(model, start, most);
  } finally {
    Math.random = random;
  }
}

async function exploreAll(model: Model, start: Start, most: number): Promise<Explored> {
  const moves = createMoves(model);
  const judge = createJudge(moves, start.budget);
  const reached: Reached = { states: [], from: [], by: [], moves: { from: [], to: [], isByItself: [] } };
  const numbers = new Map<string, number>();
  const reach = (state: State, from: number, by: string): number => {
    const key = state.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = reached.states.push(state) - 1;
    numbers.set(key, number);
    reached.from.push(from);
    reached.by.push(by);
    return number;
  };
  reach(moves.start(start.rows, start.graph, start.budget), 0, '');
  for (let at = 0; at < reached.states.length; at += 1) {
    if (reached.states.length > most) throw new Error(`more than ${most} states`);
    const state = reached.states[at] as State;
    for (const move of await moves.movesFrom(state)) {
      const to = reach(move.to, at, move.label);
      note(reached, at, to, move);
      const what = judge(state, move.to);
      if (what !== null) return toExplored(moves, reached, { what, moves: [...wayTo(reached, at), move.label] });
    }
  }
  return toExplored(moves, reached, findStuck(moves, reached));
}

function note({ moves }: Reached, from: number, to: number, { isByItself }: Move): void {
  moves.from.push(from);
  moves.to.push(to);
  moves.isByItself.push(isByItself);
}

/** Each part is judged once; most states share theirs with others. */
function createJudge(moves: Moves, budget: Budget): (before: State, after: State) => string | null {
  const judged = new Map<string, string | null>();
  const once = (key: string, find: () => Generator<string>): string | null => {
    const known = judged.get(key);
    if (known !== undefined) return known;
    const [what = null] = find();
    judged.set(key, what);
    return what;
  };
  return (before, after) => {
    const { rows, graph, budget: left } = moves.partsOf(after);
    const startAgains = budget.startAgains - left.startAgains;
    return (
      once(`${after[0]}`, () => judgeRows(rows)) ??
      once(`${after[0]} ${after[3]} ${startAgains}`, () => judgePosts(rows, graph, startAgains)) ??
      once(`${before[0]}>${after[0]}`, () => judgeChange(moves.partsOf(before).rows, rows))
    );
  };
}

function wayTo({ from, by }: Reached, number: number): string[] {
  const labels: string[] = [];
  for (let at = number; at !== 0; at = from[at] ?? 0) labels.unshift(by[at] ?? '');
  return labels;
}

/** Waits for an admin: what was sent never answered, the build never ended, or a bulk request has halted. */
function needsPerson({ rows }: Parts): boolean {
  const isHalted = rows.request.bulk !== null && rows.request.bulk.pause !== null;
  return isHalted || rows.items.some(({ state }) => state === 'needsOperator' || state === 'timedOut');
}

function findStuck(moves: Moves, reached: Reached): Explored['broken'] {
  const parts = reached.states.map((state) => moves.partsOf(state));
  const withoutWay = (isGoal: (one: Parts) => boolean, onlyByItself: boolean) => {
    const leads = leadTo(reached, parts.map(isGoal), onlyByItself);
    return leads.indexOf(0);
  };
  const stuck = withoutWay(isEndOf, false);
  if (stuck >= 0) return { what: 'no way leads to an end', moves: wayTo(reached, stuck) };
  const idle = withoutWay((one) => isEndOf(one) || needsPerson(one), true);
  return idle < 0 ? null : { what: 'by itself it comes to no end', moves: wayTo(reached, idle) };
}

/** @returns by state: whether a way leads from it to a goal */
function leadTo({ moves }: Reached, goals: boolean[], onlyByItself: boolean): Uint8Array {
  const leads = Uint8Array.from(goals, Number);
  const into: number[][] = goals.map(() => []);
  for (const [index, to] of moves.to.entries())
    if (!onlyByItself || moves.isByItself[index]) into[to]?.push(moves.from[index] ?? 0);
  const open = goals.flatMap((isGoal, number) => (isGoal ? [number] : []));
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const before of into[at] ?? []) {
      if (leads[before]) continue;
      leads[before] = 1;
      open.push(before);
    }
  }
  return leads;
}

function toExplored(moves: Moves, reached: Reached, broken: Explored['broken']): Explored {
  const rows = new Map(reached.states.map((state) => [state[0], moves.partsOf(state).rows]));
  return {
    states: reached.states.length,
    transitions: reached.moves.to.length,
    broken,
    requestStates: new Set([...rows.values()].map(({ request }) => request.state)),
    itemStates: new Set([...rows.values()].flatMap(({ items }) => items.map(({ state }) => state))),
  };
}
