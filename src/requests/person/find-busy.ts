// Taking a licence away from a Cloud PC that is being rebuilt would end as neither of both.
import type { Refused } from '../../domain/assign-check.ts';
import type { PersonOrder } from '../../domain/person-item.ts';
import type { Deps } from '../deps.ts';

/** Why what would go cannot go now: another request on it has not ended. null: there is none. */
export async function findBusy(
  { unitOfWork }: Pick<Deps, 'unitOfWork'>,
  { cloudPcs }: Pick<PersonOrder, 'cloudPcs'>,
): Promise<Refused | null> {
  if (cloudPcs.length === 0) return null;
  const [busy] = await unitOfWork.run((tx) => tx.items.unfinishedOn(cloudPcs.map(({ id }) => id)));
  return busy ? { code: 'cloudPcBusy', detail: { code: busy.request.code ?? '', message: null } } : null;
}
