// Builds the way to Graph out of the settings: the same for the bot and for `doctor`.
import type { TokenCredential } from '@azure/identity';
import type { Config } from './config.ts';
import type { Clock, Log } from './domain/ports.ts';
import { findGraphCloud } from './graph/clouds.ts';
import { createGraphCredential } from './graph/credential.ts';
import { createGraphClient, type GraphClient, type GraphClientDeps } from './graph/graph-client.ts';
import { version } from './version.ts';

export interface GraphParts {
  config: Config;
  log: Log;
  clock: Clock;
  /** Left out in production: DefaultAzureCredential. */
  credential?: TokenCredential;
  /** For the demo and the tests: another root of Graph. */
  graphBaseUrl?: string;
  onRequest?: GraphClientDeps['onRequest'];
}

export function composeGraph({ config, credential, graphBaseUrl, log, clock, onRequest }: GraphParts): GraphClient {
  return createGraphClient({
    cloud: findGraphCloud(config.cloud),
    credential:
      credential ??
      createGraphCredential({ cloud: config.cloud, managedIdentityClientId: config.graphManagedIdentity ?? undefined }),
    version,
    baseUrl: graphBaseUrl,
    log,
    clock,
    onRequest,
  });
}
