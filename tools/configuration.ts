// What can be set: `npm run configuration` writes docs/configuration.md from src/settings.ts.
import { writeFileSync } from 'node:fs';
import { z } from 'zod/v4';
import { type Explanation, explanations, grantSettings, sections, settings, storeSettings } from '../src/settings.ts';

export interface Setting extends Explanation {
  name: string;
  isNeeded: boolean;
  /** As it would be written in the environment; null: none, and `without` says what then happens. */
  standard: string | null;
  /** Where it is one of several words. */
  words: readonly string[] | null;
}

/** Every setting that the bot reads. @throws where one is not explained in full */
export function readSettings(): Setting[] {
  return Object.entries(settings.shape).map(([name, schema]) => {
    const explanation = explanations.get(schema);
    if (!explanation) throw new Error(`${name} is not explained`);
    const isNeeded = !schema.safeParse(undefined).success;
    const setting = { ...explanation, name, isNeeded, standard: standardOf(schema), words: wordsOf(schema) };
    if (!setting.words && !setting.values) throw new Error(`${name}: what may stand there?`);
    if (!isNeeded && setting.standard === null && !setting.without)
      throw new Error(`${name}: what is done without it?`);
    return setting;
  });
}

function standardOf(schema: z.ZodType): string | null {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ? String(schema.def.defaultValue) : null;
}

function wordsOf(schema: z.ZodType): string[] | null {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  const hasInner = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return hasInner ? wordsOf(schema.def.innerType as z.ZodType) : null;
}

/** Variables that stand beside the bot's own in the files of this repository, or that a package of the bot reads. */
export const ofOthers: readonly { name: string; reader: string; does: string; isSecret?: true }[] = [
  { name: 'AZURE_TENANT_ID', reader: 'Azure SDK', does: 'Tenant of the registration `AZURE_CLIENT_ID`.' },
  { name: 'AZURE_CLIENT_SECRET', reader: 'Azure SDK', does: 'Its secret.', isSecret: true },
  {
    name: 'AZURE_CLIENT_CERTIFICATE_PATH',
    reader: 'Azure SDK',
    does: 'Instead of a secret: a file with its certificate and private key (PEM).',
  },
  {
    name: 'AZURE_FEDERATED_TOKEN_FILE',
    reader: 'Azure SDK',
    does: 'Instead of a secret: workload identity; Kubernetes sets it.',
  },
  {
    name: 'WEBSITE_RUN_FROM_PACKAGE',
    reader: 'App Service',
    does: '`1`: the code runs out of the archive that was uploaded. Set by `infra/`.',
  },
  {
    name: 'SCM_DO_BUILD_DURING_DEPLOYMENT',
    reader: 'App Service',
    does: '`false`: what is uploaded is built already. Set by `infra/`.',
  },
  {
    name: 'DATABASE_PASSWORD',
    reader: 'compose.yaml',
    does: 'Letters and digits of your choice: the password of the PostgreSQL that it starts.',
    isSecret: true,
  },
  {
    name: 'BOT_DOMAIN',
    reader: 'compose.yaml, toolkit, `npm run package`',
    does: 'The host name under which Teams reaches the bot, without `https://`.',
  },
  { name: 'TEAMSFX_ENV', reader: 'toolkit', does: 'Name of the environment: `dev`, `local` or `testtool`.' },
  { name: 'APP_NAME_SUFFIX', reader: 'toolkit, `npm run package`', does: 'What the app’s name ends with in Teams.' },
  { name: 'AZURE_SUBSCRIPTION_ID', reader: 'toolkit', does: 'Where `provision` makes what `infra/` says.' },
  { name: 'AZURE_RESOURCE_GROUP_NAME', reader: 'toolkit', does: 'The same.' },
  {
    name: 'AZURE_APP_SERVICE_RESOURCE_ID',
    reader: 'toolkit',
    does: 'The App Service that `deploy` fills; `provision` writes it.',
  },
  { name: 'TEAMS_APP_TENANT_ID', reader: 'toolkit', does: 'The tenant of the Teams app; `provision` writes it.' },
  { name: 'TEAMS_APP_PUBLISHED_APP_ID', reader: 'toolkit', does: 'The app in the catalog; `publish` writes it.' },
  { name: 'BOT_OBJECT_ID', reader: 'toolkit', does: 'Object id of the registration; `provision` writes it.' },
  {
    name: 'SECRET_DATABASE_PASSWORD',
    reader: 'toolkit',
    does: 'Password of the PostgreSQL that `infra/` makes, 12 characters or more, with capitals, small letters and digits. In `env/.env.dev.user` alone.',
    isSecret: true,
  },
  {
    name: 'SECRET_AUDIT_KEY',
    reader: 'toolkit',
    does: 'What `infra/` gives the bot as `AUDIT_KEY`. In `env/.env.dev.user` alone.',
    isSecret: true,
  },
  {
    name: 'SECRET_BOT_PASSWORD',
    reader: 'toolkit',
    does: 'What the bot gets as `BOT_PASSWORD`; `provision` writes it. In `env/.env.local.user` alone.',
    isSecret: true,
  },
];

/** The content of docs/configuration.md. */
export function renderConfiguration(): string {
  const all = readSettings();
  const needed = all.filter(({ isNeeded }) => isNeeded).map(({ name }) => code(name));
  return `# Configuration

Written by \`npm run configuration\` from \`src/settings.ts\`; a test compares. These are the variables of the environment with which the bot is run. What the organisation allows stands in
\`policy.yaml\` ([the admin guide](admin-guide.md#the-policy-file)).

Needed are ${needed.join(', ')}, and with \`BOT_TYPE=SingleTenant\` \`BOT_PASSWORD\`. An empty value counts as none. A fault stops the start, and every fault is named at once, without its value. No setting weakens a check.

${sections.map((section) => renderSection(section, all)).join('\n\n')}

## Which program reads what

| program | reads |
|---|---|
| \`npm start\`, \`npm run doctor\` | everything above |
| \`npm run backup\`, \`npm run restore\`, \`npm run move-to-postgres\`, \`npm run verify-audit\` | ${namesOf(storeSettings)} |
| \`npm run grant\` | ${namesOf(grantSettings)} |
| \`npm run demo\` | nothing that it would need |

## Read by others

| variable | read by | what it is | secret |
|---|---|---|---|
${ofOthers.map((one) => row(code(one.name), one.reader, one.does, one.isSecret ? 'yes' : 'no')).join('\n')}

The Azure SDK is \`DefaultAzureCredential\` of \`@azure/identity\`: Graph is asked with the first identity that it finds. The toolkit is the Microsoft 365 Agents Toolkit with its files \`teamsapp*.yml\` and \`env/\`.
`;
}

function renderSection(section: Setting['section'], all: readonly Setting[]): string {
  const rows = all.filter((setting) => setting.section === section).map(renderSetting);
  return [
    `## ${section}`,
    '',
    '| setting | needed, or its default | may be | what it does | secret |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function renderSetting({
  name,
  isNeeded,
  standard,
  without,
  words,
  values,
  does,
  goesWith,
  isSecret,
}: Setting): string {
  const otherwise = standard === null ? (without ?? '') : code(standard);
  const may = words ? words.map(code).join(', ') : values;
  const text = goesWith ? `${does} *${capital(goesWith)}.*` : does;
  return row(code(name), isNeeded ? '**needed**' : otherwise, may ?? '', text, isSecret ? 'yes' : 'no');
}

function namesOf({ shape }: z.ZodObject): string {
  return Object.keys(shape).map(code).join(', ');
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (import.meta.main) writeFileSync(new URL('../docs/configuration.md', import.meta.url), renderConfiguration());
