// The store of the exploration: one request's rows, with what the real tables and their unique indexes do with them. A
// transaction is one step, as it is under the lock of the request's row.
import type { Candidate } from '../../../src/domain/bulk.ts';
import { type Item, isFinished } from '../../../src/domain/item.ts';
import type { Intent, Timer, Tx, UnitOfWork } from '../../../src/domain/ports.ts';
import { aCandidate } from '../../fakes/things.ts';
import { cloudPcOf, upnOf } from './graph.ts';
import type { Rows } from './model.ts';

/** These read what nothing else changes here, or what only wake-ups are made of. */
const quiet = new Set([
  'items.buildDurations',
  'items.nextLookAt',
  'items.successesOn',
  'intents.countSince',
  'settings.startsPaused',
]);

/** What a bulk request would take. */
const chosen: readonly Candidate[] = (['ada', 'ben'] as const).map((person, index) => ({
  ...aCandidate(),
  number: index + 1,
  owner: { id: person, name: person },
  ownerUpn: upnOf(person),
  cloudPc: cloudPcOf(person),
}));

export interface Kept {
  rows: Rows;
}

export type Altered = (tx: Tx) => Tx;

export interface Transacted<T> {
  value: T;
  rows: Rows;
  /** Nobody could tell whether it came sooner or later. */
  isQuiet: boolean;
  /** Tables and their methods. */
  used: ReadonlySet<string>;
}

export async function transact<T>(rows: Rows, alter: Altered, work: (tx: Tx) => Promise<T>): Promise<Transacted<T>> {
  const kept = { rows };
  const used = new Set<string>();
  const value = await work(alter(openTx(kept, used)));
  return { value, rows: kept.rows, isQuiet: [...used].every((name) => quiet.has(name)), used };
}

/** For a use-case that runs without anybody in between. */
export function unitOfWorkOn(kept: Kept, alter: Altered): UnitOfWork {
  return {
    async run(work) {
      const done = await transact(kept.rows, alter, work);
      kept.rows = done.rows;
      return done.value;
    },
  };
}

function openTx(kept: Kept, used: Set<string>): Tx {
  const table = <T extends object>(name: string, methods: Partial<T>): T =>
    new Proxy(methods as T, {
      get(target, method) {
        used.add(`${name}.${String(method)}`);
        const found = Reflect.get(target, method);
        if (!found) throw new Error(`the exploration's store has no ${name}.${String(method)}`);
        return found;
      },
    });
  const nothing = async () => {};
  const tx: Partial<Tx> = {
    requests: table<Tx['requests']>('requests', requestsOf(kept)),
    items: table<Tx['items']>('items', itemsOf(kept)),
    waves: table<Tx['waves']>('waves', wavesOf(kept)),
    intents: table<Tx['intents']>('intents', intentsOf(kept)),
    timers: table<Tx['timers']>('timers', timersOf(kept)),
    cards: table<Tx['cards']>('cards', {
      insert: nothing,
      insertMany: nothing,
      want: async () => [],
      has: async () => false,
      countLost: async () => 0,
    }),
    notices: table<Tx['notices']>('notices', { insert: async () => false, countLost: async () => 0 }),
    conversations: table<Tx['conversations']>('conversations', { ofPerson: async () => null }),
    settings: table<Tx['settings']>('settings', {
      approvalsChannel: async () => 'channel',
      startsPaused: async () => false,
      lockStarts: async () => ({ paused: false }),
    }),
    candidates: table<Tx['candidates']>('candidates', { remaining: async () => [...chosen], resolve: nothing }),
    audit: table<Tx['audit']>('audit', { write: nothing }),
    wake() {},
  };
  return tx as Tx;
}

function requestsOf(kept: Kept): Partial<Tx['requests']> {
  const get = async () => kept.rows.request;
  return {
    get,
    lock: get,
    async save(request) {
      const saved = { ...request, version: request.version + 1 };
      kept.rows = { ...kept.rows, request: saved };
      return saved;
    },
    nextCode: async () => 'R-1001',
  };
}

function itemsOf(kept: Kept): Partial<Tx['items']> {
  const put = (changed: readonly Item[]) => {
    const byId = new Map(changed.map((item) => [item.id, item]));
    kept.rows = { ...kept.rows, items: kept.rows.items.map((item) => byId.get(item.id) ?? item) };
  };
  const unfinished = (ids: readonly string[]) =>
    kept.rows.items.filter((item) => ids.includes(item.cloudPc.id) && !isFinished(item.state));
  const toBeStarted = (lastWave: number) =>
    kept.rows.items.filter(
      (item) => item.wave <= lastWave && (item.state === 'queued' || item.state === 'checking') && item.dueAt !== null,
    );
  return {
    first: async () => kept.rows.items[0] ?? null,
    get: async (id) => kept.rows.items.find((item) => item.id === id) ?? null,
    async insertMany(items) {
      const free = items.filter(({ cloudPc }) => unfinished([cloudPc.id]).length === 0);
      kept.rows = { ...kept.rows, items: [...kept.rows.items, ...free] };
      return new Set(free.map(({ id }) => id));
    },
    async beginWave(_requestId, wave, at) {
      const due = kept.rows.items.filter((item) => item.wave === wave && item.state === 'queued');
      put(due.map((item) => ({ ...item, dueAt: at })));
      return due;
    },
    async save(item) {
      const holder = unfinished([item.cloudPc.id]).find(({ id }) => id !== item.id);
      if (holder && !isFinished(item.state)) return false;
      put([item]);
      return true;
    },
    unfinishedOn: async (ids) => unfinished(ids).map((item) => ({ item, request: kept.rows.request })),
    successesOn: async () => [],
    async claimLooks(at, until) {
      const claimed = kept.rows.items
        .filter(({ lookAt }) => lookAt !== null && lookAt <= at)
        .map((item) => ({ ...item, lookAt: until }));
      put(claimed);
      return claimed;
    },
    async postponeLooks(looks) {
      const still = kept.rows.items.flatMap((item) => {
        const look = looks.find(({ itemId, from }) => itemId === item.id && from === item.lookAt);
        return look ? [{ ...item, lookAt: look.to }] : [];
      });
      put(still);
    },
    nextLookAt: async () => null,
    buildDurations: async () => [],
    inStates: async (_requestId, states, limit) =>
      kept.rows.items.filter(({ state }) => states.includes(state)).slice(0, limit),
    dueInWaves: async (_requestId, lastWave, at) => toBeStarted(lastWave).filter(({ dueAt }) => (dueAt ?? at) <= at),
    nextDueInWaves: async (_requestId, lastWave) => {
      const times = toBeStarted(lastWave).map(({ dueAt }) => dueAt ?? 0);
      return times.length > 0 ? Math.min(...times) : null;
    },
    sumAttempts: async () => kept.rows.items.reduce((sum, { attempt }) => sum + attempt, 0),
    troubled: async () => [],
    firstStartAt: async () => null,
    async wakeHeld(reason, at) {
      const held = kept.rows.items.filter(
        ({ hold, state }) => hold === reason && (state === 'queued' || state === 'checking'),
      );
      put(held.map((item) => ({ ...item, dueAt: at })));
      return held.map(({ id }) => id);
    },
  };
}

function wavesOf(kept: Kept): Partial<Tx['waves']> {
  return {
    async insertMany(waves) {
      kept.rows = { ...kept.rows, waves: [...kept.rows.waves, ...waves] };
    },
    of: async () => [...kept.rows.waves],
    get: async (_requestId, number) => kept.rows.waves.find((wave) => wave.number === number) ?? null,
    async save(wave) {
      const waves = kept.rows.waves.map((one) => (one.number === wave.number ? wave : one));
      kept.rows = { ...kept.rows, waves };
    },
  };
}

/** As `store/intents.ts`, with the index that lets one open intent exist per item. */
function intentsOf(kept: Kept): Partial<Tx['intents']> {
  return {
    async insert(intent) {
      const before = kept.rows.intents.map((one): Intent => {
        const isOld = one.itemId === intent.itemId && one.state === 'open' && one.attempt < intent.attempt;
        return isOld ? { ...one, state: 'unknown', answeredAt: intent.committedAt } : one;
      });
      if (before.some(({ itemId, state }) => itemId === intent.itemId && state === 'open'))
        throw new IndexRefusal('intents_open');
      kept.rows = { ...kept.rows, intents: [...before, intent] };
    },
    async answer(intentId, state, at) {
      const intents = kept.rows.intents.map((one) =>
        one.id === intentId && (one.state === 'open' || one.state === 'unknown')
          ? { ...one, state, answeredAt: at }
          : one,
      );
      kept.rows = { ...kept.rows, intents };
    },
    countSince: async () => 0,
  };
}

/** A unique index did not take it: the transaction is rolled back, and the job ends. */
export class IndexRefusal extends Error {}

function timersOf(kept: Kept): Partial<Tx['timers']> {
  const put = (timers: readonly Timer[]) => {
    kept.rows = { ...kept.rows, timers };
  };
  return {
    async set(timer) {
      put([...kept.rows.timers.filter(({ kind }) => kind !== timer.kind), timer]);
    },
    async clear() {
      put([]);
    },
    async take(_requestId, kind, at) {
      const found = kept.rows.timers.some((timer) => timer.kind === kind && timer.dueAt <= at);
      if (found) put(kept.rows.timers.filter((timer) => timer.kind !== kind));
      return found;
    },
    due: async (at) => kept.rows.timers.filter(({ dueAt }) => dueAt <= at),
    nextDueAt: async () => null,
  };
}
