// Rules of the bot that are broken on purpose, each at the place that it rests on: so the exploration shows that it can find.
import { type Item, itemStates } from '../../../src/domain/item.ts';
import type { Tx } from '../../../src/domain/ports.ts';
import type { Request } from '../../../src/domain/request.ts';
import { sumTallies } from '../../../src/domain/waves.ts';
import { now } from './model.ts';
import type { Rules } from './rules.ts';
import { asWritten } from './scenarios.ts';

function withTable<Name extends keyof Tx>(tx: Tx, name: Name, changes: Partial<Tx[Name]>): Tx {
  const table = new Proxy(tx[name] as object, {
    get: (target, method) => Reflect.get(changes, method) ?? Reflect.get(target, method),
  });
  return { ...tx, [name]: table };
}

/** @param see how an item is shown to whoever reads it */
function showingItems(tx: Tx, see: (item: Item) => Item): Tx {
  const { items } = tx;
  return withTable(tx, 'items', {
    async get(itemId) {
      const item = await items.get(itemId);
      return item && see(item);
    },
  });
}

const isStarted = ({ state }: Pick<Item, 'state'>) => state === 'starting' || state === 'building';

/** So that nothing else gives the broken rule away. */
function countingAnew(tx: Tx): Tx {
  const { requests, waves, items } = tx;
  const count = async (requestId: string) =>
    sumTallies((await items.inStates(requestId, itemStates, 1)).map(({ state }) => ({ [state]: 1 })));
  const counting = withTable(tx, 'requests', {
    save: async (request) => requests.save({ ...request, tally: await count(request.id) }),
  });
  return withTable(counting, 'waves', {
    save: async (wave) => waves.save({ ...wave, tally: await count(wave.requestId) }),
  });
}

/** An unclear start is taken for one that has yet to be sent, whatever intent it holds. */
export const withoutIntentCheck: Rules = {
  ...asWritten,
  alter: (tx) =>
    showingItems(countingAnew(tx), (item) =>
      item.state === 'starting' && item.unknownSince !== null ? { ...item, state: 'checking', dueAt: now } : item,
    ),
};

/** The intent is not kept. */
export const withoutIntent: Rules = {
  ...asWritten,
  alter: (tx) => withTable(tx, 'intents', { insert: async () => {} }),
};

/** Nobody notices that who approves has asked for it. */
export const requesterCounts: Rules = {
  ...asWritten,
  alter(tx) {
    const { requests } = tx;
    const disguised = (request: Request | null) =>
      request?.state === 'awaitingApproval' ? { ...request, requester: { id: 'nobody', name: 'nobody' } } : request;
    return withTable(tx, 'requests', {
      get: async (requestId) => disguised(await requests.get(requestId)),
      lock: async (requestId) => disguised(await requests.lock(requestId)),
      save: (request) => requests.save({ ...request, requester: { id: 'ada', name: 'ada' } }),
    });
  },
};

/** What has been started is taken for something that waits. */
export const cancelAfterStart: Rules = {
  ...asWritten,
  alter(tx) {
    const { items } = tx;
    return withTable(tx, 'items', {
      async first(requestId) {
        const item = await items.first(requestId);
        return item && isStarted(item) ? { ...item, state: 'queued', attempt: 0 } : item;
      },
    });
  },
};

/** A lost answer is taken for one that is certain to have changed nothing. */
export const unknownIsNotApplied: Rules = {
  ...asWritten,
  understand: (answer) => (answer.kind === 'unknown' ? { ...answer, kind: 'notApplied', retryAfterMs: null } : answer),
};

/** What a start needs next is never due. */
export const unclearIsForgotten: Rules = {
  ...asWritten,
  alter(tx) {
    const { items } = tx;
    return withTable(tx, 'items', {
      save: (item) =>
        items.save(
          item.state === 'starting' && item.unknownSince !== null ? { ...item, dueAt: null, lookAt: null } : item,
        ),
    });
  },
};

/** A wave does not notice what becomes of its items. */
export const waveDoesNotCount: Rules = {
  ...asWritten,
  alter(tx) {
    const { waves } = tx;
    return withTable(tx, 'waves', {
      async save(wave) {
        const before = await waves.get(wave.requestId, wave.number);
        await waves.save({ ...wave, tally: before?.tally ?? wave.tally });
      },
    });
  },
};
