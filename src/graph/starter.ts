// The destructive call: POST …/cloudPCs/{id}/reprovision (https://learn.microsoft.com/graph/api/cloudpc-reprovision).
// It must never be repeated by any layer: after a lost answer nobody can know whether it was applied.
import { TemporaryError } from '../domain/errors.ts';
import type { StartAnswer, Starter, StartPermit } from '../domain/ports.ts';
import type { Options } from '../domain/request.ts';
import { second } from '../domain/time.ts';
import { cloudPcsPath } from './cloud-pcs.ts';
import type { GraphVersion } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { classifyStart, isTokenRefused } from './graph-error.ts';
import { toSegment } from './graph-path.ts';
import type { Prepared } from './send-prepared.ts';

const tokenWithinMs = 10 * second;
const connectedWithinMs = 10 * second;
const answerWithinMs = 30 * second;

export interface StarterSettings {
  /** Which version of Graph gets the POST. */
  version: GraphVersion;
  /** Of the call, and of connecting; for tests, 30 s and 10 s when left out. */
  timeoutMs?: number;
  connectMs?: number;
}

/** One of the documented forms: whose token, which path, which body. */
export interface StartForm {
  fetchToken(): Promise<string>;
  pathOf(cloudPcId: string): string;
  bodyOf(options: Options): Record<string, string> | undefined;
  /** Graph did not take the token (401): nothing was applied. What it throws is nobody's business any more. */
  tokenRefused?(): Promise<void>;
}

interface Order {
  cloudPcId: string;
  options: Options;
}

/** The application's own form: `…/virtualEndpoint/cloudPCs/{id}/reprovision`, with the options that were chosen. */
export function graphStarter(client: GraphClient, settings: StarterSettings): Starter {
  return createStarter(client, settings, {
    fetchToken: () => client.fetchToken(tokenWithinMs),
    pathOf: (cloudPcId) => `${cloudPcsPath}/${toSegment(cloudPcId)}/reprovision`,
    bodyOf: toBody,
  });
}

export function createStarter(client: GraphClient, settings: StarterSettings, form: StartForm): Starter {
  return {
    async prepare(): Promise<StartPermit> {
      const pauseMs = client.pauseLeftMs();
      if (pauseMs > 0)
        throw new TemporaryError('graph.busy', { graphCode: 'waiting' }, { retryAfterMs: Math.ceil(pauseMs) });
      const token = await form.fetchToken();
      // Last, so that it is fresh: whoever waits on the other side does not wait long.
      const connection = await client.openConnection(settings.connectMs ?? connectedWithinMs);
      let isSpent = false;
      return {
        async send({ mayStillSend, ...order }) {
          // A permit is for one request, whatever its holder does.
          if (isSpent) return { kind: 'unknown', detail: { code: 'permitSpent', message: null }, graphRequestId: null };
          isSpent = true;
          try {
            return await sendStart(client, settings, form, token, { connection, mayStillSend }, order);
          } catch {
            return { kind: 'unknown', detail: { code: 'bug', message: null }, graphRequestId: null };
          } finally {
            connection.close();
          }
        },
        discard() {
          if (!isSpent) connection.close();
        },
      };
    },
  };
}

async function sendStart(
  client: GraphClient,
  settings: StarterSettings,
  form: StartForm,
  token: string,
  prepared: Prepared,
  order: Order,
): Promise<StartAnswer> {
  const path = form.pathOf(order.cloudPcId);
  const outcome = await client.sendOnce(
    { method: 'POST', version: settings.version, path, body: form.bodyOf(order.options) },
    { token, timeoutMs: settings.timeoutMs ?? answerWithinMs, prepared },
  );
  const answer = classifyStart(outcome);
  if (answer.kind === 'notApplied' && answer.retryAfterMs !== null) client.pauseReads(answer.retryAfterMs);
  // Not waited for: what Graph said is recorded first.
  if (isTokenRefused(outcome)) form.tokenRefused?.().catch(() => {});
  return answer;
}

/** Only what a person chose; no body at all when nothing was: an implicit account type could demote an administrator. */
function toBody({ osVersion, accountType }: Options): Record<string, string> | undefined {
  const body = {
    ...(osVersion === null ? {} : { osVersion }),
    ...(accountType === null ? {} : { userAccountType: accountType }),
  };
  return Object.keys(body).length === 0 ? undefined : body;
}
