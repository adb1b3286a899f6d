// States as five numbers: rows, two runs, Graph, and what may still go wrong; and what has been worked out about their parts, which
// holds for every state with the same parts. The two workers are alike, so their runs stand in one order.
import { essenceOf, isSpent } from './essence.ts';
import { createInterner, type Interner } from './interner.ts';
import type { Budget, Graph, Rows, Run } from './model.ts';
import { ageRun, claimsIn } from './time.ts';

export type State = readonly [rows: number, one: number, other: number, graph: number, budget: number];

export interface Numbers {
  rows: number;
  runs: readonly [number, number];
  graph: number;
  budget: number;
}

export interface Parts {
  rows: Rows;
  runs: (Run | null)[];
  graph: Graph;
  budget: Budget;
}

export interface Known {
  rowsOf: Interner<Rows>;
  runOf: Interner<Run | null>;
  graphOf: Interner<Graph>;
  budgetOf: Interner<Budget>;
  /** The number of a worker that has nothing to do. */
  idle: number;
  once<T>(key: string, find: () => Promise<T> | T): Promise<T> | T;
  toState(numbers: Numbers): State;
  partsOf(state: State): Parts;
}

export function createKnown(): Known {
  const rowsOf = createInterner<Rows>(essenceOfRows);
  const runOf = createInterner<Run | null>((run) => run && essenceOf(run));
  const graphOf = createInterner<Graph>();
  const budgetOf = createInterner<Budget>();
  const idle = runOf.numberOf(null);
  const settled = createSettled(rowsOf, runOf, idle);
  return {
    rowsOf,
    runOf,
    graphOf,
    budgetOf,
    idle,
    once: createOnce(),
    toState({ rows, runs, graph, budget }) {
      const [one, other] = [settled(runs[0], rows), settled(runs[1], rows)];
      return [rows, Math.min(one, other), Math.max(one, other), graph, budget];
    },
    partsOf: ([rows, one, other, graph, budget]) => ({
      rows: rowsOf.valueOf(rows),
      runs: [runOf.valueOf(one), runOf.valueOf(other)],
      graph: graphOf.valueOf(graph),
      budget: budgetOf.valueOf(budget),
    }),
  };
}

/** Of the Cloud PC that is kept with an item, nothing but its id is asked for. */
function essenceOfRows(rows: Rows): unknown {
  return { ...rows, items: rows.items.map((item) => ({ ...item, cloudPc: item.cloudPc.id })) };
}

function createOnce(): Known['once'] {
  const found = new Map<string, unknown>();
  async function find<T>(key: string, work: () => Promise<T> | T): Promise<T> {
    const value = await work();
    found.set(key, value);
    return value;
  }
  return <T>(key: string, work: () => Promise<T> | T) => (found.get(key) as T | undefined) ?? find(key, work);
}

/** What a run has claimed may be somebody else's with these rows, and there may be nothing left to do for it. */
function createSettled(rowsOf: Interner<Rows>, runOf: Interner<Run | null>, idle: number) {
  const found = new Map<string, number>();
  return (number: number, at: number): number => {
    const run = runOf.valueOf(number);
    if (!run) return idle;
    const rows = rowsOf.valueOf(at);
    const key = `${number} ${claimsIn(rows)}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const aged = ageRun(run, 0, rows);
    const settled = isSpent(aged, rows) ? idle : runOf.numberOf(aged);
    found.set(key, settled);
    return settled;
  };
}
