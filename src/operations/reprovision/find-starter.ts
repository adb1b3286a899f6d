// In whose name the wipe is sent. With single sign-on a person's own Cloud PC is wiped with their own token; a chosen option
// needs the application's form, since only that takes a body.
import type { CloudPc } from '../../domain/cloud-pc.ts';
import type { SkipReason } from '../../domain/item.ts';
import { isForAnother } from '../../domain/notices.ts';
import type { Starter } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { second } from '../../domain/time.ts';
import type { OperationDeps } from '../operation.ts';

const readWithinMs = 20 * second;

export type FoundStarter =
  | { kind: 'starter'; starter: Starter; inWhoseName: 'application' | 'person' }
  | { kind: 'needsSignIn' }
  | { kind: 'refused'; reason: SkipReason };

/** @throws ConciergeError of the token service and of Graph */
export async function findStarter(deps: OperationDeps, request: Request, pc: CloudPc): Promise<FoundStarter> {
  const application: FoundStarter = { kind: 'starter', starter: deps.starter, inWhoseName: 'application' };
  if (!deps.signIns || isForAnother(request)) return application;
  const signedIn = await deps.signIns.of(request.requester.id, { withinMs: readWithinMs });
  const own = signedIn && (await signedIn.readOwnCloudPcIds({ withinMs: readWithinMs }));
  if (!signedIn || !own) return { kind: 'needsSignIn' };
  if (!own.includes(pc.id.toLowerCase())) return { kind: 'refused', reason: 'ownerChanged' };
  const { osVersion, accountType } = request.options;
  if (osVersion !== null || accountType !== null) return application;
  return { kind: 'starter', starter: signedIn.starter, inWhoseName: 'person' };
}
