// The bot as the demo runs it: the real one, with the simulator as Graph and without authentication. This is the only place
// where it runs so; it listens on the loopback address and hears nobody but this machine.
import { type Bot, composeBot } from '../compose.ts';
import type { Config } from '../config.ts';
import type { Log } from '../domain/ports.ts';
import { demoTenantId } from '../simulator/index.ts';
import { createOpenAuthentication } from '../teams/open-authentication.ts';
import { botAppId } from './cast.ts';
import { demoPolicy, watchEveryMs } from './demo-policy.ts';
import { isFromThisMachine } from './this-machine.ts';

export interface DemoBotOptions {
  port: number;
  dataDir: string;
  graphUrl: string;
  log: Log;
}

/** Listens on any free port when the one asked for was taken while the store was being opened. */
export async function startDemoBot(options: DemoBotOptions): Promise<Bot> {
  try {
    return await compose(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return compose({ ...options, port: 0 });
  }
}

function compose({ port, dataDir, graphUrl, log }: DemoBotOptions): Promise<Bot> {
  return composeBot({
    config: demoConfig(port, dataDir),
    policy: demoPolicy,
    authentication: createOpenAuthentication(),
    credential: { getToken: async () => ({ token: 'simulated', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    graphBaseUrl: graphUrl,
    requestFilter: isFromThisMachine,
    log,
  });
}

function demoConfig(port: number, dataDir: string): Config {
  return {
    port,
    host: '127.0.0.1',
    operations: null,
    bot: {
      type: 'SingleTenant',
      appId: botAppId,
      tenantId: demoTenantId,
      password: undefined,
      allowedTenants: [demoTenantId],
    },
    cloud: 'global',
    graphManagedIdentity: null,
    reprovisionVersion: 'v1.0',
    bulk: 'bulkActions',
    ssoConnection: null,
    sharePointHosts: null,
    ssoReprovisionForm: 'me',
    teamsAppId: null,
    store: { databaseUrl: undefined, dataDir },
    auditKey: null,
    policyFile: '',
    watchEveryMs,
    logLevel: 'warn',
    applicationInsights: null,
    isProduction: false,
  };
}
