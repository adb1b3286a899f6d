// The settings (environment). Every fault is named at once, the result is frozen, and no setting weakens a check.
import { z } from 'zod/v4';
import { InputError } from './domain/errors.ts';
import { parseDuration } from './domain/time.ts';
import { freezeDeep } from './freeze-deep.ts';

const guid = z.guid('must be a GUID').transform((value) => value.toLowerCase());

const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms === null || ms <= 0) {
    context.addIssue({ code: 'custom', message: 'must be a duration such as 30s or 5m' });
    return z.NEVER;
  }
  return ms;
});

const guidList = z
  .string()
  .transform((text) => text.split(/[\s,;]+/).filter((part) => part !== ''))
  .pipe(z.array(guid).min(1, 'must name at least one tenant'));

const hostList = z
  .string()
  .transform((text) =>
    text
      .toLowerCase()
      .split(/[\s,;]+/)
      .filter((part) => part !== ''),
  )
  .pipe(
    z
      .array(
        z.string().regex(/^[a-z0-9-]{1,63}\.sharepoint\.(?:com|us)$/, 'must be a host such as contoso.sharepoint.com'),
      )
      .min(1, 'must name at least one host'),
  );

const port = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65535, 'must be a number from 0 to 65535')
  .transform(Number);

const settings = z
  .object({
    PORT: port.default(3978),
    HOST: z.string().default('0.0.0.0'),
    OPERATIONS_PORT: port.optional(),
    OPERATIONS_HOST: z.string().optional(),
    BOT_ID: guid,
    BOT_TYPE: z.enum(['SingleTenant', 'UserAssignedMSI'], 'must be SingleTenant or UserAssignedMSI'),
    BOT_TENANT_ID: guid,
    BOT_PASSWORD: z.string().optional(),
    ALLOWED_TENANTS: guidList.optional(),
    GRAPH_CLOUD: z
      .enum(['global', 'usgov'], 'must be global or usgov: Windows 365 for Graph is offered in no other cloud')
      .default('global'),
    GRAPH_BULK: z
      .enum(['bulkActions', 'managedDevices', 'each'], 'must be bulkActions, managedDevices or each')
      .default('bulkActions'),
    GRAPH_REPROVISION_VERSION: z.enum(['v1.0', 'beta'], 'must be v1.0 or beta').default('v1.0'),
    AZURE_CLIENT_ID: z.string().optional(),
    TEAMS_APP_ID: guid.optional(),
    SHAREPOINT_HOSTS: hostList.optional(),
    SSO_CONNECTION: z.string().max(256).optional(),
    SSO_REPROVISION_FORM: z.enum(['me', 'users'], 'must be me or users').default('me'),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
      .optional(),
    AUDIT_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
    DATA_DIR: z.string().default('./data'),
    POLICY_FILE: z.string().default('./policy.yaml'),
    WATCH_EVERY: duration.default(30_000),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info'),
    NODE_ENV: z.string().default('development'),
  })
  .refine((value) => value.BOT_TYPE !== 'SingleTenant' || Boolean(value.BOT_PASSWORD), {
    path: ['BOT_PASSWORD'],
    message: 'is needed with BOT_TYPE=SingleTenant',
    // Also beside other faults, so that all are named at once.
    when: () => true,
  })
  .refine((value) => value.OPERATIONS_PORT === undefined || value.OPERATIONS_PORT !== value.PORT, {
    path: ['OPERATIONS_PORT'],
    message: 'must be another than PORT',
  })
  .refine((value) => value.OPERATIONS_HOST === undefined || value.OPERATIONS_PORT !== undefined, {
    path: ['OPERATIONS_HOST'],
    message: 'says nothing without OPERATIONS_PORT',
  })
  .refine(
    ({ SHAREPOINT_HOSTS: hosts, GRAPH_CLOUD: cloud }) =>
      hosts?.every((host) => host.endsWith('.us') === (cloud === 'usgov')) ?? true,
    { path: ['SHAREPOINT_HOSTS'], message: 'must end in .sharepoint.com, or in .sharepoint.us with GRAPH_CLOUD=usgov' },
  );

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
  const { DATABASE_URL, DATA_DIR, AUDIT_KEY, LOG_LEVEL } = settings.shape;
  const value = read(z.object({ DATABASE_URL, DATA_DIR, AUDIT_KEY, LOG_LEVEL }), env);
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
  const { BOT_ID, BOT_TENANT_ID, AZURE_CLIENT_ID, GRAPH_CLOUD, TEAMS_APP_ID, POLICY_FILE, LOG_LEVEL } = settings.shape;
  const shape = { BOT_ID, BOT_TENANT_ID, AZURE_CLIENT_ID, GRAPH_CLOUD, TEAMS_APP_ID, POLICY_FILE, LOG_LEVEL };
  const value = read(z.object(shape), env);
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
    isProduction: value.NODE_ENV === 'production',
  };
}
