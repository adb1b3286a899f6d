// What was approved begins.
import type { Tx } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import { beginWave } from './begin-wave.ts';
import type { Deps } from './deps.ts';
import { beginPerson } from './person/begin-person.ts';

/** The request's row must be locked, and nothing may stand against its going on. */
export async function beginRequest(
  tx: Tx,
  deps: Pick<Deps, 'policy' | 'clock' | 'ids' | 'bulkWay'>,
  request: Request,
): Promise<void> {
  if (request.operation === 'reprovision') await beginWave(tx, deps, request, 1);
  else await beginPerson(tx, deps, request);
}
