// With single sign-on the person's own token proves whose Cloud PC it is: Graph itself lists what is theirs.
import type { CloudPc } from '../domain/cloud-pc.ts';
import { SignInNeededError } from '../domain/errors.ts';
import type { Deadline, Deps } from './deps.ts';

/**
 * Those of these Cloud PCs that Graph lists as the person's own; all of them where single sign-on is not set up.
 * @throws SignInNeededError; ConciergeError of the token service and of Graph
 */
export async function onlyProven(
  deps: Pick<Deps, 'signIns'>,
  personId: string,
  cloudPcs: readonly CloudPc[],
  deadline: Deadline,
): Promise<readonly CloudPc[]> {
  if (!deps.signIns || cloudPcs.length === 0) return cloudPcs;
  const signedIn = await deps.signIns.of(personId, { withinMs: deadline.left() });
  const own = signedIn && (await signedIn.readOwnCloudPcIds({ withinMs: deadline.left() }));
  if (!own) throw new SignInNeededError();
  return cloudPcs.filter(({ id }) => own.includes(id.toLowerCase()));
}
