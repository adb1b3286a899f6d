// How long a bulk request has taken, and how long it usually takes from here. Nothing is said without a history.
import type { Usual } from '../domain/estimates.ts';
import { minute } from '../domain/time.ts';
import type { RequestView } from '../domain/views.ts';
import { currentWave } from '../locales/bulk-values.ts';
import { usualSpan } from '../locales/request-values.ts';
import { type Sentence, say } from '../locales/sentence.ts';

/** The waves run one after the other, and all of one wave at the same time. */
export function usualOfWaves(usual: Usual | null, waves: number): Sentence {
  if (!usual) return say('bulk.usualNone');
  const each = { usual: usualSpan(usual), count: usual.count };
  if (waves === 1) return say('bulk.usualOne', each);
  const from = { span: usual.fromMinutes * waves * minute };
  const to = { span: usual.toMinutes * waves * minute };
  return say('bulk.usual', { ...each, waves, from, to });
}

/** @param isMoving whether the waves go on; while they stand still, nobody knows how long it takes */
export function timeSoFar({ request, bulk, usual, now }: RequestView, isMoving: boolean): Sentence | null {
  if (!bulk || bulk.startedAt === null || request.endedAt !== null) return null;
  const soFar = say('bulk.soFar', { span: { span: now - bulk.startedAt } });
  const left = isMoving && usual && !request.bulk?.duringMaintenance ? timeLeft(bulk.waves, usual, now) : null;
  return left ? say('common.and', { a: soFar, b: left }) : soFar;
}

function timeLeft(
  waves: NonNullable<RequestView['bulk']>['waves'],
  { fromMinutes, toMinutes }: Usual,
  now: number,
): Sentence | null {
  const current = currentWave(waves);
  const toCome = waves.filter(({ beganAt }) => beganAt === null).length;
  const runsSince = current && current.endedAt === null ? current.beganAt : null;
  const left = (minutes: number) => {
    const ofCurrent = runsSince === null ? 0 : Math.max(0, runsSince + minutes * minute - now);
    return toCome * minutes * minute + ofCurrent;
  };
  const from = left(fromMinutes);
  const to = left(toMinutes);
  if (to < minute) return null;
  return from < minute
    ? say('bulk.leftAtMost', { to: { span: to } })
    : say('bulk.left', { from: { span: from }, to: { span: to } });
}
