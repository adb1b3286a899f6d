// The entry of the bot as it really is (server, guard, authentication, adapter), with a turn of the test's choosing behind it.
import type { TurnContext } from 'botbuilder';
import type { LogFields } from '../../src/domain/ports.ts';
import { createServer, type ServerParts } from '../../src/server.ts';
import { createAdapter } from '../../src/teams/adapter.ts';
import { type AuthenticationOptions, createBotAuthentication } from '../../src/teams/authentication.ts';
import { type Cloud, clouds } from '../../src/teams/clouds.ts';
import { createReceiver } from '../../src/teams/receive.ts';
import { alsoKept } from '../logs/recorder.ts';
import { FakeCredentials, startTokenAuthority } from './bot-tokens.ts';
import { startConnector } from './connector.ts';
import { botAppId, tenantId, testBotPassword } from './teams.ts';

export interface LogLine {
  level: string;
  fields: LogFields;
  msg: string;
}

export function createFakeLog() {
  const lines: LogLine[] = [];
  const write = (level: string) => (fields: LogFields, msg: string) => void lines.push({ level, fields, msg });
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  return { lines, ...alsoKept(log) };
}

export interface RunningBotOptions {
  endorsements?: string[];
  cloud?: Cloud;
  turn?: (context: TurnContext) => Promise<void>;
  options?: Partial<AuthenticationOptions>;
  server?: Partial<ServerParts>;
}

export async function startRunningBot({
  endorsements,
  cloud = 'global',
  turn,
  options,
  server,
}: RunningBotOptions = {}) {
  const credentials = new FakeCredentials(botAppId);
  const connector = await startConnector({ token: credentials.token });
  const authority = await startTokenAuthority({
    appId: botAppId,
    issuer: clouds[cloud].tokenIssuer,
    ...(endorsements && { endorsements }),
  });
  const log = createFakeLog();
  const turns: unknown[] = [];
  const authentication = createBotAuthentication(
    {
      type: 'SingleTenant',
      appId: botAppId,
      tenantId,
      password: testBotPassword,
      cloud,
      allowedTenants: [tenantId],
    },
    { metadataUrl: authority.metadataUrl, credentials, serviceOrigins: [connector.origin], ...options },
  );
  const adapter = createAdapter(authentication, { log });
  const processActivity = createReceiver({
    adapter,
    allowedTenants: [tenantId],
    log,
    async runTurn(context) {
      turns.push(context.activity);
      await turn?.(context);
    },
  });
  const http = createServer({ port: 0, host: '127.0.0.1', processActivity, isReady: async () => true, log, ...server });
  const { port } = await http.start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    connector,
    authority,
    credentials,
    adapter,
    log,
    /** The activities whose turn has run. */
    turns,
    async stop() {
      await http.stop();
      await connector.stop();
      await authority.stop();
    },
  };
}
