// A card or a notice that Teams does not take: the others are told who could not be reached.
import { isForAnother } from '../domain/notices.ts';
import type { Tx } from '../domain/ports.ts';
import type { Instant } from '../domain/time.ts';
import type { Audience } from '../domain/views.ts';
import type { Deps } from './deps.ts';
import { audit, order } from './save.ts';
import { isUnreached } from './view.ts';

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
export async function tellUnreached(tx: Tx, deps: TellDeps, unreached: Unreached, now: Instant): Promise<void> {
  const { requestId, audience, place } = unreached;
  const request = await tx.requests.lock(requestId);
  if (!request || (audience === 'requester' && isForAnother(request))) return;
  const cards = (await tx.cards.of(requestId)).filter(({ id }) => id !== place);
  const lost = (await tx.notices.lost(requestId)).filter(({ id }) => id !== place);
  if (isUnreached(cards, lost, audience)) return;
  const action = audience === 'channel' ? 'channel.unreached' : 'owner.unreached';
  await audit(tx, deps, request, null, action, { actor: null });
  const saved = await tx.requests.save(request);
  for (const cardId of await tx.cards.want(saved.id, saved.version, now)) tx.wake({ queue: 'deliverCard', cardId });
  const isWaiting = audience === 'channel' && saved.state === 'awaitingApproval';
  if (isWaiting)
    await order(tx, deps, saved, [{ via: 'chat', notice: 'noChannel', audience: 'channel' }], `unreached:${place}`);
}
