// The entry for activities: shape, token, tenant, turn, in this order. Whatever comes in, the answer carries no details.
import { AuthenticationError } from 'botframework-connector';
import { TemporaryError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import type { ConciergeAdapter, RunTurn } from './adapter.ts';
import { RefusedError } from './authentication.ts';
import { isFromAllowedTenant, readActivity } from './guard.ts';
import { createRefusalLog, type RefusalLog } from './refusal-log.ts';

export interface ActivityRequest {
  /** The parsed JSON. */
  body: unknown;
  /** The `Authorization` header; empty when there is none. */
  authorization: string;
}

export interface ActivityAnswer {
  status: number;
  /** JSON; undefined for an empty answer. */
  body?: unknown;
}

interface ReceiverParts {
  adapter: ConciergeAdapter;
  allowedTenants: readonly string[];
  log: Log;
  /** The bot itself. */
  runTurn: RunTurn;
}

/** Answers 200 or what an invoke says, 400 (no activity), 401 (token), 403 (tenant), 503 (cannot be judged now). Never throws. */
export function createReceiver({ adapter, allowedTenants, log, runTurn }: ReceiverParts) {
  const allowed = allowedTenants.map((tenant) => tenant.toLowerCase());
  const refusals = createRefusalLog(log);
  return async ({ body, authorization }: ActivityRequest): Promise<ActivityAnswer> => {
    const activity = readActivity(body);
    if (!activity) return { status: 400, body: { error: 'BadRequest' } };
    try {
      const mayRun = () => isFromAllowedTenant(activity, allowed);
      const answer = await adapter.receive(activity, authorization, mayRun, runTurn);
      if (answer === null) refusals.add('warn', {}, 'activity of another tenant refused');
      if (answer === null) return { status: 403, body: { error: 'Forbidden' } };
      return { status: answer?.status ?? 200, body: answer?.body };
    } catch (error) {
      return answerFault(error, log, refusals);
    }
  };
}

function answerFault(error: unknown, log: Log, refusals: RefusalLog): ActivityAnswer {
  if (error instanceof AuthenticationError) {
    const reason = error instanceof RefusedError ? error.reason : null;
    refusals.add('warn', { reason }, 'activity without a good token refused');
    return { status: 401, body: { error: 'Unauthorized' } };
  }
  if (error instanceof TemporaryError) refusals.add('error', { err: error }, 'tokens cannot be checked now');
  else log.error({ err: error }, 'activity could not be processed');
  return { status: 503, body: { error: 'ServiceUnavailable' } };
}
