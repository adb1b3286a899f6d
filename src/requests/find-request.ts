// Finding one request by its id (buttons) or its code (text). Nobody learns here whether they may see it.
import { NotFoundError } from '../domain/errors.ts';
import type { Request } from '../domain/request.ts';
import type { Deps } from './deps.ts';

export type RequestKey = { id: string } | { code: string };

/** A submitted request. @throws NotFoundError `noSuchRequest` also for drafts, which have no code yet */
export async function findRequest(deps: Pick<Deps, 'unitOfWork'>, key: RequestKey): Promise<Request> {
  const found = await deps.unitOfWork.run((tx) =>
    'id' in key ? tx.requests.get(key.id) : tx.requests.findByCode(key.code),
  );
  if (!found || found.code === null) throw noSuchRequest(key);
  return found;
}

/** The same whether it does not exist or may not be seen; a button's id has no code to name. */
export function noSuchRequest(key: RequestKey): NotFoundError {
  return 'code' in key ? new NotFoundError('noSuchRequest', { code: key.code }) : new NotFoundError('unknownRequest');
}
