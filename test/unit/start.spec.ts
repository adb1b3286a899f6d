// The order around the one destructive call: prepared, committed, sent, given up; and the two clocks.
import assert from 'node:assert/strict';
import { TemporaryError } from '../../src/domain/errors.ts';
import type { Item } from '../../src/domain/item.ts';
import type { Intent, StartAnswer, StartPermit, Tx } from '../../src/domain/ports.ts';
import type { Request } from '../../src/domain/request.ts';
import { minute } from '../../src/domain/time.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';
import { start } from '../../src/operations/reprovision/start.ts';
import { silentLog } from '../fakes/store.ts';
import { aBulk, aCloudPc, anItem, aPolicy, aRequest, byTheApplication, someBaseline } from '../fakes/things.ts';

const accepted: StartAnswer = { kind: 'accepted', graphRequestId: 'graph-1' };

interface WorldOptions {
  request?: Partial<Request>;
  item?: Partial<Item>;
  paused?: boolean;
  startsLately?: number;
  prepare?: () => Promise<void>;
  /** Instead of the end of the first transaction. */
  commit?: () => Promise<void>;
  send?: StartPermit['send'];
}

/** One request with one item that is being checked, on rows in plain variables. */
function createWorld(options: WorldOptions = {}) {
  const events: string[] = [];
  const clocks = { wall: 1_000_000, monotonic: 5000 };
  let request = aRequest({ state: 'approved', ...options.request });
  let item = anItem({ state: 'checking', checkingAt: 1, ...options.item });
  const checked = anItem({ state: 'checking', checkingAt: 1 });
  const intents: Pick<Intent, 'id' | 'state'>[] = [];
  const tx = {
    requests: {
      lock: async () => request,
      save: async (saved: Request) => {
        request = saved;
        return saved;
      },
    },
    items: {
      get: async () => item,
      save: async (saved: Item) => {
        item = saved;
        return true;
      },
    },
    waves: { get: async () => null },
    intents: {
      countSince: async () => options.startsLately ?? 0,
      insert: async ({ id, state }: Intent) => void intents.push({ id, state }),
      answer: async (id: string, state: Intent['state']) => void intents.push({ id, state }),
    },
    settings: { lockStarts: async () => ({ paused: options.paused ?? false }) },
    cards: { want: async () => [] },
    notices: { insert: async () => false },
    audit: { write: async () => {} },
    wake: () => {},
  } as unknown as Tx;
  let commits = 0;
  const deps = {
    policy: aPolicy,
    clock: { now: () => clocks.wall, monotonic: () => clocks.monotonic },
    ids: { next: () => 'intent-1' },
    log: silentLog,
    unitOfWork: {
      async run(work) {
        const result = await work(tx);
        commits += 1;
        if (commits === 1) await options.commit?.();
        events.push('committed');
        return result;
      },
    },
    starter: {
      async prepare() {
        await options.prepare?.();
        events.push('prepared');
        return {
          async send(order) {
            events.push('sent');
            return options.send ? options.send(order) : accepted;
          },
          discard: () => void events.push('discarded'),
        };
      },
    },
  } as Partial<OperationDeps> as OperationDeps;
  return {
    events,
    clocks,
    intents,
    item: () => item,
    run: (checkedAt = 5000) =>
      start(deps, request, checked, byTheApplication(deps.starter), {
        pc: aCloudPc(),
        baseline: someBaseline(),
        checkedAt,
      }),
  };
}

describe('operations: start', () => {
  it('When all is well, then it is prepared, the intent is committed, and only then it is sent', async () => {
    const world = createWorld();

    await world.run();

    assert.deepEqual(world.events, ['prepared', 'committed', 'sent', 'committed', 'discarded']);
    assert.deepEqual(world.intents, [
      { id: 'intent-1', state: 'open' },
      { id: 'intent-1', state: 'accepted' },
    ]);
    assert.equal(world.item().state, 'building');
  });

  it('When it cannot be prepared, then there is no intent, and it is tried again as Graph asks', async () => {
    const prepare = async () => {
      throw new TemporaryError('graph.unreachable', { graphCode: 'ECONNREFUSED' }, { retryAfterMs: 2 * minute });
    };
    const world = createWorld({ prepare });

    await world.run();

    assert.deepEqual(world.events, ['committed']);
    assert.deepEqual(world.intents, []);
    const { state, hold, dueAt } = world.item();
    assert.deepEqual([state, hold, dueAt], ['checking', 'graph', world.clocks.wall + 2 * minute]);
  });

  it('When preparing fails as a bug, then the bug travels and nothing is written', async () => {
    const world = createWorld({ prepare: () => Promise.reject(new Error('bug')) });

    await assert.rejects(world.run(), /^Error: bug$/);

    assert.deepEqual([world.events, world.intents], [[], []]);
  });

  const withheld: [string, WorldOptions][] = [
    ['the starts are paused', { paused: true }],
    ['there were too many starts lately', { startsLately: aPolicy.limits.startsPerHour }],
    ['the item has been cancelled meanwhile', { item: { state: 'cancelled' } }],
    ['the item has another attempt', { item: { attempt: 1 } }],
    ['the request has ended', { request: { state: 'cancelled' } }],
    ['the bulk request halts', { request: { bulk: aBulk({ pause: { reason: 'wayGone', at: 1 } }) } }],
    [
      'the rest of the bulk request is to be cancelled',
      { request: { bulk: aBulk({ stopped: { by: { id: 'adam', name: 'Adam Acker' }, at: 1 } }) } },
    ],
  ];
  for (const [name, options] of withheld) {
    it(`When ${name}, then no intent is committed, and what was prepared is given up`, async () => {
      const world = createWorld(options);

      await world.run();

      assert.deepEqual(world.events, ['prepared', 'committed', 'discarded']);
      assert.deepEqual(world.intents, []);
    });
  }

  const held: [WorldOptions, Item['hold']][] = [
    [{ paused: true }, 'paused'],
    [{ startsLately: aPolicy.limits.startsPerHour }, 'quota'],
    [{ request: { bulk: aBulk({ pause: { reason: 'wayGone', at: 1 } }) } }, 'bulk'],
    [{ paused: true, request: { bulk: aBulk({ pause: { reason: 'wayGone', at: 1 } }) } }, 'bulk'],
  ];
  for (const [options, hold] of held) {
    it(`When it is held for ${hold}${options.paused ? ' while starts are paused' : ''}, then it waits and knows why`, async () => {
      const world = createWorld(options);

      await world.run();

      assert.deepEqual([world.item().state, world.item().hold], ['checking', hold]);
      assert.ok((world.item().dueAt ?? 0) > world.clocks.wall);
    });
  }

  it('When the check is too old, then no intent is committed, and what was prepared is given up', async () => {
    const world = createWorld();

    await world.run(world.clocks.monotonic - minute - 1);

    assert.deepEqual(world.events, ['prepared', 'committed', 'discarded']);
    assert.deepEqual(world.intents, []);
  });

  it('When the intent cannot be committed, then nothing is sent, and what was prepared is given up', async () => {
    const world = createWorld({ commit: () => Promise.reject(new Error('store is away')) });

    await assert.rejects(world.run(), /store is away/);

    assert.deepEqual(world.events, ['prepared', 'discarded']);
  });

  const clockCases: [string, { wall: number; monotonic: number }, boolean][] = [
    ['no time has passed', { wall: 0, monotonic: 0 }, true],
    ['almost ten seconds have passed', { wall: 9999, monotonic: 9999 }, true],
    ['ten seconds have passed by the monotonic clock alone', { wall: 0, monotonic: 10_000 }, false],
    ['ten seconds have passed by the wall clock alone', { wall: 10_000, monotonic: 0 }, false],
    ['the wall clock was set back', { wall: -10_000, monotonic: 0 }, false],
  ];
  for (const [name, passed, isAllowed] of clockCases) {
    it(`When ${name} since the intent, then it may ${isAllowed ? 'still' : 'no longer'} be sent`, async () => {
      const asked: boolean[] = [];
      const world = createWorld({
        send: async ({ mayStillSend }) => {
          world.clocks.wall += passed.wall;
          world.clocks.monotonic += passed.monotonic;
          asked.push(mayStillSend());
          return accepted;
        },
      });

      await world.run();

      assert.deepEqual(asked, [isAllowed]);
    });
  }

  it('When the commit itself takes ten seconds, then it may no longer be sent', async () => {
    const asked: boolean[] = [];
    const world = createWorld({
      commit: async () => {
        world.clocks.monotonic += 10_000;
      },
      send: async ({ mayStillSend }) => {
        asked.push(mayStillSend());
        return accepted;
      },
    });

    await world.run();

    assert.deepEqual(asked, [false]);
  });
});
