// A card or a notice that Teams does not take: the others are told who could not be reached.
import { isForAnother } from '../domain/notices.ts';
import type { Tx } from '../domain/ports.ts';
import type { Audience } from '../domain/views.ts';
import type { Deps } from './deps.ts';
import { audit, order, saveRequest } from './save.ts';
import { countUnreached } from './view.ts';

type TellDeps = Pick<Deps, 'policy' | 'clock' | 'ids'>;

export interface Unreached {
  requestId: string;
  audience: Audience;
  /** Id of the card or notice that was not taken; its row says so. */
  place: string;
}

/**
 * That the owner or the channel could not be reached stands on the other cards; without the channel admins are told.
 * Nothing when it is known already. The request's row must be locked.
 */
export async function tellUnreached(tx: Tx, deps: TellDeps, unreached: Unreached): Promise<void> {
  const { requestId, audience, place } = unreached;
  const request = await tx.requests.lock(requestId);
  if (!request || (audience === 'requester' && isForAnother(request))) return;
  const isKnown = (await countUnreached(tx, requestId, audience, place)) > 0;
  // A bulk request's card says how many.
  if (isKnown && !request.bulk) return;
  const action = audience === 'channel' ? 'channel.unreached' : 'owner.unreached';
  if (!isKnown) await audit(tx, deps, request, null, action, { actor: null });
  const saved = await saveRequest(tx, deps, request, null);
  const isWaiting = audience === 'channel' && saved.state === 'awaitingApproval';
  if (isWaiting && !isKnown)
    await order(tx, deps, saved, [{ via: 'chat', notice: 'noChannel', audience: 'channel' }], `unreached:${place}`);
}
