// Runs turns and jobs, and tells of them when they are over.
import type { Clock } from '../domain/ports.ts';
import { type Call, runWork, type Work } from './current-work.ts';
import type { Harmless } from './harmless.ts';
import type { Traces } from './traces.ts';

type WorkStart = Pick<Work, 'kind' | 'name' | 'attributes' | 'logFields'>;

/** Gives what runs a turn or a job, hears of its calls, and writes its spans when it is over: only then it is known whose they are. */
export function createWorks(clock: Clock, harmless: Harmless, traces: Traces) {
  const end = harmless((work: Work, calls: readonly Call[], ms: number, error: unknown) => {
    // A look that found nothing to do says nothing; what it took is among the figures.
    const isIdle = work.kind === 'job' && error === undefined && calls.length === 0 && work.requests.size === 0;
    if (!isIdle) work.onCall = traces.work(work, calls, ms, error);
  });
  return async function begin(
    start: WorkStart,
    run: () => Promise<void>,
    over: (ms: number, hasFailed: boolean) => void,
  ): Promise<void> {
    const calls: Call[] = [];
    const work: Work = {
      ...start,
      startedAt: clock.now(),
      requests: new Map(),
      onCall: (call) => void calls.push(call),
    };
    const startedAt = clock.monotonic();
    let fault: unknown;
    try {
      await runWork(work, run);
    } catch (error) {
      fault = error ?? new Error('nothing was thrown');
      throw error;
    } finally {
      const ms = clock.monotonic() - startedAt;
      harmless(over)(ms, fault !== undefined);
      end(work, calls, ms, fault);
    }
  };
}
