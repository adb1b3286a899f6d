// The destructive call: POST …/cloudPCs/{id}/reprovision (https://learn.microsoft.com/graph/api/cloudpc-reprovision).
// It must never be repeated by any layer: after a lost answer nobody can know whether it was applied.
import type { Starter } from '../domain/ports.ts';
import type { Options } from '../domain/request.ts';
import { cloudPcsPath } from './cloud-pcs.ts';
import type { GraphVersion } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { classifyStart } from './graph-error.ts';
import { toSegment } from './graph-path.ts';
import { prepareStart, type StartLimits, tokenWithinMs } from './prepared-start.ts';

export interface StarterSettings extends StartLimits {
  /** Which version of Graph gets the POST. */
  version: GraphVersion;
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
  mayStillSend: () => boolean;
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
  const way = {
    fetchToken: form.fetchToken,
    tokenRefused: form.tokenRefused,
    classify: classifyStart,
    callOf: ({ cloudPcId, options }: Order) => ({
      method: 'POST' as const,
      version: settings.version,
      path: form.pathOf(cloudPcId),
      body: form.bodyOf(options),
    }),
  };
  return { prepare: () => prepareStart(client, settings, way) };
}

/** Only what a person chose; no body at all when nothing was: an implicit account type could demote an administrator. */
function toBody({ osVersion, accountType }: Options): Record<string, string> | undefined {
  const body = {
    ...(osVersion === null ? {} : { osVersion }),
    ...(accountType === null ? {} : { userAccountType: accountType }),
  };
  return Object.keys(body).length === 0 ? undefined : body;
}
