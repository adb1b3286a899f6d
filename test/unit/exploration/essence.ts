// What tells runs apart: two that go on alike, whatever they have heard before, are one.
import { type Item, isFinished } from '../../../src/domain/item.ts';
import type { Request } from '../../../src/domain/request.ts';
import { type Entry, now, type Rows, type Run } from './model.ts';
import { clip, lostLook } from './time.ts';

/** What a run's way on depends on; two runs with the same go on alike. */
export function essenceOf(run: Run): unknown {
  const { job, log } = run;
  if (log.length === 0) return { job };
  if (job === 'bulk') return { job, log };
  return clip(job === 'watch' ? essenceOfWatch(run) : essenceOfAdvance(run));
}

function essenceOfAdvance({ job, log, awaits }: Run): unknown {
  const [read, ...answers] = log as [Entry & { value: { request: Request; item: Item } }, ...Entry[]];
  const { request, item } = read.value;
  if (item.state === 'queued') return { job, next: 'checkBegan' };
  if (item.state !== 'checking') return { job, next: 'time' };
  const committed = answers.findIndex(hasIntents);
  if (committed > 0) {
    // The permit was got right before.
    const [prepared, intents, ...rest] = answers.slice(committed - 1);
    return { job, prepared, intents: intents?.value, awaits, rest };
  }
  const { id, attempt, baseline } = item;
  return { job, id, attempt, baseline, bulk: request.bulk, heardAt: read.heardAt, answers };
}

/** Whatever it still does will change nothing: as if it had ended. */
export function isSpent({ job, log }: Run, { items }: Rows): boolean {
  const [first] = log;
  if (job === 'watch' && first && (first.value as Item[]).every(({ lookAt }) => lookAt === lostLook)) return true;
  return job !== 'bulk' && items.every(({ state }) => isFinished(state)) && !log.some(hasIntents);
}

const hasIntents = ({ value }: Entry) => Array.isArray(value) && value.some(isIntent);

/** It holds a permit that is still good, and an intent, and has not sent. */
export function isAboutToSend(run: Run | null): boolean {
  const last = run?.log.at(-1);
  return last !== undefined && hasIntents(last) && run?.awaits === null && last.heardAt === now;
}

const isIntent = (value: unknown) => typeof value === 'object' && value !== null && 'committedAt' in value;

function essenceOfWatch({ job, log, next }: Run): unknown {
  const [claimed, , looked] = log as [Entry & { value: Item[] }, ...Entry[]];
  if (!looked || claimed.value.length > 1) return { job, log };
  const items = claimed.value.map(({ cloudPc, lookAt, attempt, intentId, missingSince, buildingAt }) =>
    next === 'postpone'
      ? { lookAt, buildingAt, missingSince }
      : { cloudPc: cloudPc.id, lookAt, attempt, intentId, missingSince },
  );
  return next === 'postpone'
    ? { job, items, next, heardAt: looked.heardAt }
    : { job, items, next, looked: looked.value };
}
