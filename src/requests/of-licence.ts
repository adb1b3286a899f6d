// "reprovision <person> with <licence>": the Cloud PCs of the plans that come with a licence group's SKU.
import { cloudPcsFor } from '../domain/assign-check.ts';
import { findLicences, findMeant } from '../domain/assign-form.ts';
import type { CloudPc } from '../domain/cloud-pc.ts';
import type { Group, SubscribedSku } from '../domain/directory.ts';
import { NotFoundError } from '../domain/errors.ts';
import type { Query } from '../domain/ports.ts';
import type { Deadline, Deps } from './deps.ts';

/**
 * One Graph request.
 * @param words of a licence group that the policy names
 * @throws NotFoundError `licenceUnclear` when they mean none or several, `noCloudPcOfLicence`
 */
export async function onlyOfLicence(
  deps: Pick<Deps, 'policy' | 'tenant'>,
  cloudPcs: readonly CloudPc[],
  words: string,
  deadline: Deadline,
): Promise<CloudPc[]> {
  const names = deps.policy.windows365.licenceGroups;
  const queries: Record<string, Query> = { skus: { ask: 'skus' } };
  for (const name of names) queries[`named:${name}`] = { ask: 'groupsNamed', name };
  const answers: Record<string, unknown> = await deps.tenant.read(queries, { withinMs: deadline.left() });
  const groupsNamed = new Map(names.map((name) => [name, answers[`named:${name}`] as Group[]]));
  const meant = findMeant(findLicences(names, { groupsNamed, skus: answers.skus as SubscribedSku[] }), words);
  if (!meant) throw new NotFoundError('licenceUnclear', { text: words });
  const found = cloudPcsFor(meant, cloudPcs);
  if (found.length === 0) throw new NotFoundError('noCloudPcOfLicence', { name: meant.group.name });
  return found;
}
