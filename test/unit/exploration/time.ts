// Time passes by everything getting older. A time that has come is "now", and an age counts no further than the longest
// limit that asks for it: so what behaves the same is the same state.
import { isFinished } from '../../../src/domain/item.ts';
import type { Request } from '../../../src/domain/request.ts';
import { minute } from '../../../src/domain/time.ts';
import { type Graph, now, policy, type Rows, type Run } from './model.ts';

/** Time passes in steps of this: longer than every claim, wait and permit, and as long as the shortest limit of the policy. */
export const stepMs = 15 * minute;

/** When something is due: all that is past is due alike. */
const dues = new Set(['dueAt', 'expiresAt']);
/** Since when something is so, and how old it may be told to be, in ms. */
const ages: Record<string, number> = {
  heardAt: stepMs,
  startingAt: stepMs,
  unknownSince: policy.limits.giveUpAfterMs,
  missingSince: policy.limits.giveUpAfterMs,
  buildingAt: policy.limits.giveUpAfterMs,
};
/** Nothing asks for these (`checkingAt` counts only while Graph does not answer before a start). */
const forgotten = new Set([
  'at',
  'queuedAt',
  'checkingAt',
  'endedAt',
  'createdAt',
  'submittedAt',
  'approvedAt',
  'committedAt',
  'answeredAt',
  'beganAt',
]);
/** Nor, at the end, for these. */
const forgottenAtEnd = { startingAt: null, unknownSince: null, missingSince: null, buildingAt: null };

/** A look that is due, and one that its run has claimed and that is somebody else's by now. */
const dueLook = now - 1;
export const lostLook = now - 2;

interface Change {
  instant(key: string, instant: number): number;
  name(name: string): string;
}

/** What Graph said, and what people chose: no times of ours are in there. */
const asItIs = new Set(['cloudPc', 'baseline', 'lastSeen', 'options', 'mail', 'counts']);

function changed(value: unknown, change: Change, key = ''): unknown {
  if (typeof value === 'number') return change.instant(key, value);
  if (typeof value === 'string') return change.name(value);
  if (typeof value !== 'object' || value === null || asItIs.has(key)) return value;
  if (Array.isArray(value)) return value.map((one) => changed(one, change, key));
  const copy: Record<string, unknown> = {};
  for (const name in value) copy[name] = changed((value as Record<string, unknown>)[name], change, name);
  return copy;
}

function lookAged(instant: number, byMs: number, looks: ReadonlySet<number>): number {
  return looks.has(instant) ? Math.max(dueLook, instant - byMs) : lostLook;
}

/** Counts no further than anything asks. */
function clipped(key: string, instant: number): number {
  if (dues.has(key)) return Math.max(now, instant);
  const longest = ages[key];
  return longest === undefined ? instant : Math.max(now - longest, instant);
}

function aged(key: string, instant: number, byMs: number): number {
  if (forgotten.has(key)) return now;
  // Every save counts it up; nothing else asks for it.
  if (key === 'version') return 1;
  return dues.has(key) || key in ages ? instant - byMs : instant;
}

function looksIn({ items }: Rows): Set<number> {
  return new Set(items.flatMap(({ lookAt }) => (lookAt === null ? [] : [lookAt])));
}

/** All of the rows that a run under way is compared with. */
export function claimsIn({ items }: Rows): string {
  return items.map(({ state, lookAt }) => `${isFinished(state)} ${lookAt}`).join();
}

/** @param byMs 0: only what nothing asks for is forgotten */
export function ageRows(rows: Rows, byMs: number): Rows {
  const looks = looksIn(rows);
  const items = rows.items.map((item) => (isFinished(item.state) ? { ...item, ...forgottenAtEnd } : item));
  const instant = (key: string, at: number) =>
    key === 'lookAt' ? lookAged(at, byMs, looks) : clipped(key, aged(key, at, byMs));
  return changed({ ...rows, items }, { instant, name: renamed(rows.request) }) as Rows;
}

/**
 * What a run has heard stays as exact as it was, since it is told it again.
 * @param rows that its claims are compared with, as they are before they get older
 */
export function ageRun(run: Run, byMs: number, rows: Rows): Run {
  const looks = looksIn(rows);
  const read = run.log[0]?.value as { request?: Request } | undefined;
  const instant = (key: string, at: number) => (key === 'lookAt' ? lookAged(at, byMs, looks) : aged(key, at, byMs));
  return changed(run, { instant, name: renamed(read?.request) }) as Run;
}

/** For telling runs apart. */
export function clip(essence: unknown): unknown {
  return changed(essence, { instant: clipped, name: (name) => name });
}

/** The two approvers are alike: who decides first is Ivan. */
function renamed(request: Request | undefined): (name: string) => string {
  if (request?.decisions?.[0]?.by.id !== 'ines') return (name) => name;
  const names: Record<string, string> = { ines: 'ivan', ivan: 'ines' };
  return (name) => names[name] ?? name;
}

/** Whether time alone changes anything; what the network has taken is delivered or lost before. */
export function mayPass({ request, items, waves, timers }: Rows, runs: readonly (Run | null)[], graph: Graph): boolean {
  if (graph.posts.some(({ isOnItsWay }) => isOnItsWay)) return false;
  const instants = [
    request.expiresAt,
    ...items.flatMap(({ dueAt, lookAt }) => [dueAt, lookAt]),
    ...waves.map(({ dueAt }) => dueAt),
    ...timers.map(({ dueAt }) => dueAt),
    // A check becomes too old, a permit runs out.
    ...runs.map((run) => run && (run.log[0]?.heardAt ?? 0) + stepMs),
  ];
  return instants.some((instant) => instant !== null && instant > now);
}
