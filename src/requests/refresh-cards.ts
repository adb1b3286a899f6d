// Something changed that stands on many cards (starts paused, a place that can be reached again): show them anew.
import type { Tx } from '../domain/ports.ts';
import type { Deps } from './deps.ts';
import { wantCards } from './save.ts';

/** More than this are not open at once; each is a transaction of its own, so that nobody waits for all of them. */
const atMost = 1000;

type RefreshDeps = Pick<Deps, 'unitOfWork' | 'clock'>;

export async function refreshOpenCards(deps: RefreshDeps): Promise<void> {
  await refreshCards(deps, await deps.unitOfWork.run((tx) => tx.requests.openIds(atMost)));
}

export async function refreshCards(deps: RefreshDeps, requestIds: Iterable<string>): Promise<void> {
  for (const requestId of new Set(requestIds)) {
    await deps.unitOfWork.run((tx) => refreshRequest(tx, deps, requestId));
  }
}

/** In the caller's transaction. */
export async function refreshRequest(tx: Tx, deps: Pick<Deps, 'clock'>, requestId: string): Promise<void> {
  const request = await tx.requests.lock(requestId);
  if (request) await wantCards(tx, deps, await tx.requests.save(request), null);
}
