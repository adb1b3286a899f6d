// Every setting of the environment: its shape, its default, and what docs/configuration.md says of it (`npm run configuration`).
import { z } from 'zod/v4';
import { parseDuration } from './domain/time.ts';

export const sections = ['The bot in Teams', 'Microsoft Graph', 'The store', 'The server', 'Behaviour'] as const;

/** What a person reads of a setting, in Markdown, as far as its schema cannot say it. */
export type Explanation = {
  section: (typeof sections)[number];
  does: string;
  /** What may stand there; where it is one of several words, the schema has them. */
  values?: string;
  /** What is done without it, where it is not needed and has no default. */
  without?: string;
  /** With which other setting it is needed, or says anything at all. */
  goesWith?: string;
  isSecret?: true;
};

/** Of each schema in `settings`. */
export const explanations = z.registry<Explanation>();

/** Of its own, since schemas are shared and an explanation is not. */
function explained<T extends z.ZodType>(schema: T, explanation: Explanation): T {
  const own = schema.clone();
  explanations.add(own, explanation);
  return own;
}

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

export const settings = z
  .object({
    PORT: explained(port.default(3978), {
      section: 'The server',
      does: 'Where Teams’ messages come in (`/api/messages`). Put TLS in front.',
      values: '0 to 65535',
    }),
    HOST: explained(z.string().default('0.0.0.0'), {
      section: 'The server',
      does: 'The address on which `PORT` is opened.',
      values: 'an address of this machine',
    }),
    OPERATIONS_PORT: explained(port.optional(), {
      section: 'The server',
      does: 'A port of their own for `/readyz` and `/metrics`; `PORT` then has `/api/messages` and `/healthz` alone ([who may see them](operations.md#the-door)).',
      values: '0 to 65535, another than `PORT`',
      without: 'they are on `PORT`',
    }),
    OPERATIONS_HOST: explained(z.string().optional(), {
      section: 'The server',
      does: 'The address on which `OPERATIONS_PORT` is opened.',
      values: 'an address of this machine',
      without: 'as `HOST`',
      goesWith: 'only with `OPERATIONS_PORT`',
    }),
    BOT_ID: explained(guid, {
      section: 'The bot in Teams',
      does: 'Client id of the bot’s registration, or of its managed identity.',
      values: 'a GUID',
    }),
    BOT_TYPE: explained(z.enum(['SingleTenant', 'UserAssignedMSI'], 'must be SingleTenant or UserAssignedMSI'), {
      section: 'The bot in Teams',
      does: 'What the bot is in Entra: a registration with a secret, or a user-assigned managed identity, which has none to keep.',
    }),
    BOT_TENANT_ID: explained(guid, {
      section: 'The bot in Teams',
      does: 'The tenant of that registration or identity.',
      values: 'a GUID',
    }),
    BOT_PASSWORD: explained(z.string().optional(), {
      section: 'The bot in Teams',
      does: 'The client secret of the bot’s registration.',
      values: 'any text',
      without: 'none, as an identity needs none',
      goesWith: 'needed with `BOT_TYPE=SingleTenant`, and read with it alone',
      isSecret: true,
    }),
    ALLOWED_TENANTS: explained(guidList.optional(), {
      section: 'The bot in Teams',
      does: 'The tenants whose people are answered. Everybody else is refused at the door.',
      values: 'GUIDs, with commas, semicolons or blanks between',
      without: '`BOT_TENANT_ID` alone',
    }),
    GRAPH_CLOUD: explained(
      z
        .enum(['global', 'usgov'], 'must be global or usgov: Windows 365 for Graph is offered in no other cloud')
        .default('global'),
      {
        section: 'Microsoft Graph',
        does: 'Microsoft’s cloud. The hosts of Graph, of sign-in and of Teams, and who may issue tokens, change together.',
      },
    ),
    GRAPH_BULK: explained(
      z
        .enum(['bulkActions', 'managedDevices', 'each'], 'must be bulkActions, managedDevices or each')
        .default('bulkActions'),
      {
        section: 'Microsoft Graph',
        does: 'How a wave of a bulk request is started: with one of Graph’s two bulk calls, or with one call for each Cloud PC ([which one](operations.md#how-the-waves-of-a-bulk-request-are-started)).',
      },
    ),
    GRAPH_REPROVISION_VERSION: explained(z.enum(['v1.0', 'beta'], 'must be v1.0 or beta').default('v1.0'), {
      section: 'Microsoft Graph',
      does: 'The version of Graph in which the reprovision of one Cloud PC is sent.',
    }),
    AZURE_CLIENT_ID: explained(z.string().optional(), {
      section: 'Microsoft Graph',
      does: 'Client id of the identity with which Graph is asked; it may be the bot’s own.',
      values: 'a client id',
      without: 'with `BOT_TYPE=UserAssignedMSI` the bot’s own identity; else what the Azure SDK finds',
      goesWith: 'for a registration with `AZURE_TENANT_ID` and its secret, [below](#read-by-others)',
    }),
    TEAMS_APP_ID: explained(guid.optional(), {
      section: 'The bot in Teams',
      does: 'The id in the manifest of the Teams app: with it the bot installs itself for people who have never opened it.',
      values: 'a GUID',
      without: 'people are written to once they have opened it',
    }),
    SHAREPOINT_HOSTS: explained(hostList.optional(), {
      section: 'The bot in Teams',
      does: 'The tenant’s SharePoint hosts. Lists that are attached in Teams are read from and written to these alone ([how](operations.md#files-in-teams)).',
      values:
        '`contoso.sharepoint.com`, with commas, semicolons or blanks between; `.sharepoint.us` with `GRAPH_CLOUD=usgov`',
      without: 'any tenant’s in this cloud',
    }),
    SSO_CONNECTION: explained(z.string().max(256).optional(), {
      section: 'The bot in Teams',
      does: 'Name of the bot’s OAuth connection (single sign-on): people prove with their own token whose Cloud PC it is, and their own wipe is sent in their name ([how](operations.md#single-sign-on)).',
      values: 'up to 256 characters',
      without: 'the bot compares by itself, and sends in its own name',
    }),
    SSO_REPROVISION_FORM: explained(z.enum(['me', 'users'], 'must be me or users').default('me'), {
      section: 'The bot in Teams',
      does: 'In which form such a wipe is sent: `/me/cloudPCs/…` or `/users/{id}/cloudPCs/…`.',
      goesWith: 'only with `SSO_CONNECTION`',
    }),
    DATABASE_URL: explained(
      z
        .string()
        .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
        .optional(),
      {
        section: 'The store',
        does: 'PostgreSQL, with user and password. Several replicas may share one database ([more](operations.md#store)).',
        values: '`postgres://…` or `postgresql://…`',
        without:
          'the embedded store in `DATA_DIR`, for trying and small pilots: one process, and it does not survive a loss of power',
        isSecret: true,
      },
    ),
    AUDIT_KEY: explained(z.string().min(32, 'must have at least 32 characters').optional(), {
      section: 'The store',
      does: 'Signs the chain of seals over the audit, so that whoever can write to the database but does not know the key can change nothing unnoticed ([how](operations.md#the-audit)). Keep a copy.',
      values: '32 characters or more',
      without: 'the audit is not sealed',
      isSecret: true,
    }),
    DATA_DIR: explained(z.string().default('./data'), {
      section: 'The store',
      does: 'Directory of the embedded store.',
      values: 'a path',
      goesWith: 'only without `DATABASE_URL`',
    }),
    POLICY_FILE: explained(z.string().default('./policy.yaml'), {
      section: 'Behaviour',
      does: 'The organisation’s rules ([each key](admin-guide.md#the-policy-file)).',
      values: 'a path',
    }),
    WATCH_EVERY: explained(duration.prefault('30s'), {
      section: 'Behaviour',
      does: 'How often builds are looked at around their usual end; more rarely before and after it.',
      values: 'a duration, such as `30s` or `5m`',
    }),
    LOG_LEVEL: explained(
      z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info'),
      { section: 'Behaviour', does: 'The least important lines that are still logged.' },
    ),
    APPLICATIONINSIGHTS_CONNECTION_STRING: explained(
      z
        .string()
        .regex(
          /(?:^|;)\s*InstrumentationKey=[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*(?:;|$)/,
          'must contain InstrumentationKey= and its GUID',
        )
        .optional(),
      {
        section: 'Behaviour',
        does: 'Exports traces and metrics to Application Insights. Microsoft does not count it as a secret; it is not logged either.',
        values: '`InstrumentationKey=…;IngestionEndpoint=…`, as the portal shows it',
        without: 'nothing is exported',
      },
    ),
    NODE_ENV: explained(z.string().default('development'), {
      section: 'Behaviour',
      does: 'With `production` a warning is logged when the store is the embedded one. Packages read it, too.',
      values: '`production`, or any other word',
    }),
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

const { shape } = settings;

/** What the upkeep of the store needs to know; the bot's own settings need not be there. */
export const storeSettings = z.object({
  DATABASE_URL: shape.DATABASE_URL,
  DATA_DIR: shape.DATA_DIR,
  AUDIT_KEY: shape.AUDIT_KEY,
  LOG_LEVEL: shape.LOG_LEVEL,
});

/** What granting permissions needs to know. */
export const grantSettings = z.object({
  BOT_ID: shape.BOT_ID,
  BOT_TENANT_ID: shape.BOT_TENANT_ID,
  AZURE_CLIENT_ID: shape.AZURE_CLIENT_ID,
  GRAPH_CLOUD: shape.GRAPH_CLOUD,
  TEAMS_APP_ID: shape.TEAMS_APP_ID,
  POLICY_FILE: shape.POLICY_FILE,
  LOG_LEVEL: shape.LOG_LEVEL,
});
