// Whether the items of a wave are started with one call.
import type { Request } from '../../domain/request.ts';
import type { OperationDeps } from '../operation.ts';

/** A bulk call takes no options: where some were chosen, each Cloud PC is started by itself. */
export function startsTogether({ bulkStarter }: Pick<OperationDeps, 'bulkStarter'>, request: Request): boolean {
  const { osVersion, accountType } = request.options;
  return bulkStarter !== null && request.bulk !== null && osVersion === null && accountType === null;
}
