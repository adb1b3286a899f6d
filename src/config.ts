// The configuration, read from the environment. Every fault is named at once, the result is frozen, and no setting weakens a check.
import type { z } from 'zod/v4';
import { InputError } from './domain/errors.ts';
import { freezeDeep } from './freeze-deep.ts';
import { grantSettings, settings, storeSettings } from './settings.ts';

export interface Config {
  port: number;
  host: string;
  /** Where alone `/readyz` and `/metrics` are answered; null: beside `/api/messages`. */
  operations: { port: number; host: string } | null;
  bot: {
    type: 'SingleTenant' | 'UserAssignedMSI';
    appId: string;
    tenantId: string;
    password: string | undefined;
    allowedTenants: readonly string[];
  };
  cloud: 'global' | 'usgov';
  /** The managed identity that Graph is asked with; null: what AZURE_CLIENT_ID and its companions say. */
  graphManagedIdentity: string | null;
  reprovisionVersion: 'v1.0' | 'beta';
  /** How a wave of many is started: with one of Graph's two bulk calls, or with one POST for each Cloud PC. */
  bulk: 'bulkActions' | 'managedDevices' | 'each';
  /** The manifest id of the Teams app; null: the bot cannot install itself for people. */
  teamsAppId: string | null;
  /** The tenant's SharePoint hosts, where files are read and written; null: any tenant's in this cloud. */
  sharePointHosts: readonly string[] | null;
  /** Name of the bot's OAuth connection; null: no single sign-on. */
  ssoConnection: string | null;
  /** Which of the two delegated forms sends the wipe: `/me/…` or `/users/{id}/…`. */
  ssoReprovisionForm: 'me' | 'users';
  store: { databaseUrl: string | undefined; dataDir: string };
  /** Signs the chain of seals over the audit; null: it is not sealed. */
  auditKey: string | null;
  policyFile: string;
  watchEveryMs: number;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Connection string of Application Insights, not to be logged; null: nothing is exported. */
  applicationInsights: string | null;
  isProduction: boolean;
}

/**
 * Reads the settings. Empty values count as unset (environment files leave them so).
 * @throws InputError `settings` whose message names every fault
 */
export function loadConfig(env: Record<string, string | undefined>): Readonly<Config> {
  return freezeDeep(toConfig(read(settings, env)));
}

/** What the upkeep of the store needs to know; the bot's own settings need not be there. */
export type StoreConfig = Pick<Config, 'store' | 'auditKey' | 'logLevel'>;

/** @throws InputError `settings` */
export function loadStoreConfig(env: Record<string, string | undefined>): Readonly<StoreConfig> {
  const value = read(storeSettings, env);
  return freezeDeep({
    store: { databaseUrl: value.DATABASE_URL, dataDir: value.DATA_DIR },
    auditKey: value.AUDIT_KEY ?? null,
    logLevel: value.LOG_LEVEL,
  });
}

/** What granting permissions needs to know. */
export interface GrantConfig {
  /** Client id of the identity that Graph is asked with. */
  clientId: string;
  tenantId: string;
  cloud: Config['cloud'];
  teamsAppId: string | null;
  policyFile: string;
  logLevel: Config['logLevel'];
}

/** @throws InputError `settings` */
export function loadGrantConfig(env: Record<string, string | undefined>): Readonly<GrantConfig> {
  const value = read(grantSettings, env);
  return freezeDeep({
    clientId: value.AZURE_CLIENT_ID ?? value.BOT_ID,
    tenantId: value.BOT_TENANT_ID,
    cloud: value.GRAPH_CLOUD,
    teamsAppId: value.TEAMS_APP_ID ?? null,
    policyFile: value.POLICY_FILE,
    logLevel: value.LOG_LEVEL,
  });
}

function read<T extends z.ZodType>(schema: T, env: Record<string, string | undefined>): z.output<T> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const found = schema.safeParse(given);
  if (found.success) return found.data;
  const faults = found.error.issues.map((issue) => `${issue.path.join('.')}: ${describe(issue)}`);
  throw new InputError('settings', { faults: faults.join('\n') });
}

/** Every value is text, so the only wrong type is none at all. */
function describe(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? 'is missing' : issue.message;
}

function toConfig(value: z.output<typeof settings>): Config {
  return {
    port: value.PORT,
    host: value.HOST,
    operations:
      value.OPERATIONS_PORT === undefined
        ? null
        : { port: value.OPERATIONS_PORT, host: value.OPERATIONS_HOST ?? value.HOST },
    bot: {
      type: value.BOT_TYPE,
      appId: value.BOT_ID,
      tenantId: value.BOT_TENANT_ID,
      password: value.BOT_PASSWORD,
      allowedTenants: value.ALLOWED_TENANTS ?? [value.BOT_TENANT_ID],
    },
    cloud: value.GRAPH_CLOUD,
    graphManagedIdentity: value.BOT_TYPE === 'UserAssignedMSI' && !value.AZURE_CLIENT_ID ? value.BOT_ID : null,
    reprovisionVersion: value.GRAPH_REPROVISION_VERSION,
    bulk: value.GRAPH_BULK,
    teamsAppId: value.TEAMS_APP_ID ?? null,
    sharePointHosts: value.SHAREPOINT_HOSTS ?? null,
    ssoConnection: value.SSO_CONNECTION ?? null,
    ssoReprovisionForm: value.SSO_REPROVISION_FORM,
    store: { databaseUrl: value.DATABASE_URL, dataDir: value.DATA_DIR },
    auditKey: value.AUDIT_KEY ?? null,
    policyFile: value.POLICY_FILE,
    watchEveryMs: value.WATCH_EVERY,
    logLevel: value.LOG_LEVEL,
    applicationInsights: value.APPLICATIONINSIGHTS_CONNECTION_STRING ?? null,
    isProduction: value.NODE_ENV === 'production',
  };
}
