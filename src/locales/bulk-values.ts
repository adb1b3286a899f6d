// What the sentences about a bulk request may name, and the numbers on its card.
import { finishedItemStates } from '../domain/item.ts';
import type { RequestView } from '../domain/views.ts';
import { countIn, sizeOf, type Tally, type Wave, waitingIn } from '../domain/waves.ts';
import { sourceOf } from './bulk-words.ts';
import { dotted, moment, say, type Value, type Values, type Words } from './sentence.ts';

export interface BulkNumbers {
  total: number;
  finished: number;
  ready: number;
  warned: number;
  building: number;
  toCome: number;
  failed: number;
  /** Checked again and not started. */
  skipped: number;
  cancelled: number;
  /** Waiting for a person. */
  people: number;
}

export function numbersOf(tally: Tally): BulkNumbers {
  return {
    total: sizeOf(tally),
    finished: countIn(tally, finishedItemStates),
    ready: countIn(tally, ['ready']),
    warned: countIn(tally, ['readyWithWarnings']),
    building: countIn(tally, ['starting', 'building']),
    toCome: waitingIn(tally),
    failed: countIn(tally, ['failed']),
    skipped: countIn(tally, ['skipped']),
    cancelled: countIn(tally, ['cancelled']),
    people: countIn(tally, ['needsOperator', 'timedOut']),
  };
}

/** The wave that runs, or that comes next; the last one when all are over. */
export function currentWave(waves: readonly Wave[]): Wave | null {
  return waves.find(({ endedAt }) => endedAt === null) ?? waves.at(-1) ?? null;
}

/** How many Cloud PCs; a draft has only its preview. */
export function bulkSizeOf({ request, bulk }: Pick<RequestView, 'request' | 'bulk'>): number {
  return (bulk && sizeOf(bulk.tally)) || (request.bulk?.counts.remaining ?? 0);
}

export type BulkValues = ReturnType<typeof bulkValues>;

export function bulkValues(view: RequestView) {
  const { request, bulk, now } = view;
  const { pause = null, stopped = null, retriedBy = null, source = null } = request.bulk ?? {};
  const numbers = numbersOf(bulk?.tally ?? {});
  const failures = pause?.reason === 'failures' ? pause : null;
  const endedAt = request.endedAt ?? now;
  return {
    ...numbers,
    readyInAll: numbers.ready + numbers.warned,
    numbers: wordsFor(numbers),
    source: source ? sourceOf(source) : say('common.unknown'),
    wave: failures?.wave ?? currentWave(bulk?.waves ?? [])?.number ?? 0,
    waves: bulk?.waves.length ?? 0,
    lacks: (pause?.reason === 'wayGone' && pause.lacks) || 'managedDevices',
    failedInWave: failures?.failed ?? 0,
    inWave: failures?.of ?? 0,
    pauser: pause?.reason === 'byAdmin' ? pause.by.name : say('history.system'),
    paused: moment(pause?.at ?? null, 'smart', 'common.unknown'),
    stopper: stopped?.by.name ?? say('history.system'),
    stopped: moment(stopped?.at ?? null, 'smart', 'common.unknown'),
    began: moment(bulk?.startedAt ?? null, 'smart', 'common.unknown'),
    took: { span: endedAt - (bulk?.startedAt ?? endedAt) } as Value,
    retriedAs: retriedBy?.code ?? '',
    unreached: bulk?.unreached ?? 0,
  } satisfies Values;
}

const told = ['failed', 'skipped', 'cancelled', 'people'] as const;

/** `38 ready · 3 failed`: what there is none of is left out. */
function wordsFor(numbers: BulkNumbers): Words {
  const others = told.filter((name) => numbers[name] > 0);
  return dotted(
    say('bulk.told.ready', { n: numbers.ready + numbers.warned }),
    ...others.map((name) => say(`bulk.told.${name}`, { n: numbers[name] })),
  );
}
