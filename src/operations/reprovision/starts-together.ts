// Whether the items of a wave are started with one call.
import { hasOptions, type Request } from '../../domain/request.ts';
import { mayGoOn } from '../../domain/request-bulk.ts';
import type { OperationDeps } from '../operation.ts';

/** A bulk call takes no options: where some were chosen, each Cloud PC is started by itself. */
export function startsTogether({ bulkStarter }: Pick<OperationDeps, 'bulkStarter'>, request: Request): boolean {
  if (request.bulk === null || hasOptions(request)) return false;
  // Started by itself it would not wait.
  return bulkStarter !== null || request.bulk.duringMaintenance;
}

/** Its item is due, whoever made it so: the request's own job looks for all that are. */
export async function leaveToBulk(deps: Pick<OperationDeps, 'unitOfWork'>, request: Request): Promise<false> {
  if (mayGoOn(request)) await deps.unitOfWork.run(async (tx) => tx.wake({ queue: 'bulk', requestId: request.id }));
  return false;
}
