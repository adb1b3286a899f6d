// The app package and the toolkit's files: valid by Microsoft's schemas, complete, and without secrets.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { graphActivityFeed } from '../../src/graph/activity-feed.ts';
import { demoPeople } from '../../src/simulator/index.ts';
import { commands } from '../../src/teams/commands/index.ts';
import { findCommand } from '../../src/teams/find-command.ts';
import { drawColourIcon, drawOutlineIcon } from '../../tools/icons.ts';
import { startGraph } from '../fakes/graph.ts';
import { type Picture, readPng } from './read-png.ts';
import { faultsOf } from './toolkit-schemas.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const languageFiles = ['en.json', 'de.json', 'fr.json'];
const environments = ['dev', 'local', 'testtool'];
const ymls = { dev: 'teamsapp.yml', local: 'teamsapp.local.yml', testtool: 'teamsapp.testtool.yml' } as const;

function readEnvironment(name: string): Map<string, string> {
  const lines = read(`env/.env.${name}`).split('\n');
  const settings = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(settings.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function variablesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\$\{\{([A-Z0-9_]+)\}\}/g)].map((found) => found[1] ?? ''))];
}

/** As the toolkit fills it in; ids that are not given yet get a GUID. */
function filled(path: string): string {
  const environment = readEnvironment('dev');
  return read(path).replace(/\$\{\{([A-Z0-9_]+)\}\}/g, (_, name: string) => {
    if (name === 'APP_NAME_SUFFIX') return '-testtool';
    return environment.get(name) || (name.endsWith('_ID') ? '12345678-1234-4234-8234-123456789abc' : 'bot.contoso.com');
  });
}

const personId = demoPeople.ada;
const manifest = () => JSON.parse(filled('appPackage/manifest.json'));
const commandsIn = (scope: string): string[] => {
  const lists: { scopes: string[]; commands: { title: string }[] }[] = manifest().bots[0].commandLists;
  return lists.filter(({ scopes }) => scopes.includes(scope)).flatMap(({ commands }) => commands.map((c) => c.title));
};

describe('app package', () => {
  it('When the manifest is filled in, then it is valid by the schema of 1.29', () => {
    const given = manifest();

    const faults = faultsOf('MicrosoftTeams.v1.29.schema.json', given);

    assert.equal(given.manifestVersion, '1.29');
    assert.deepEqual(faults, []);
  });

  it('When a person opens the command menu, then it offers what the bot understands in that place', () => {
    assert.deepEqual(commandsIn('personal'), [
      'reprovision',
      'my cloud pcs',
      'status',
      'assign',
      'unassign',
      'bulk reprovision',
      'check',
      'pause all starts',
      'resume starts',
      'help',
    ]);
    assert.deepEqual(commandsIn('groupChat'), ['reprovision', 'my cloud pcs', 'status', 'bulk reprovision', 'help']);
    assert.deepEqual(commandsIn('team'), [
      'reprovision',
      'my cloud pcs',
      'status',
      'bulk reprovision',
      'use this channel for approvals',
      'help',
    ]);
  });

  it('When a person picks an entry of the command menu, then its title is understood as a command', () => {
    const titles = ['personal', 'team', 'groupChat'].flatMap(commandsIn);

    const strange = titles.filter((title) => findCommand(commands, title)?.command.phrase !== title);

    assert.deepEqual(strange, []);
  });

  it('When the app is installed, then it asks for no more than it needs', () => {
    const given = manifest();

    assert.deepEqual(given.validDomains, ['token.botframework.com', 'bot.contoso.com']);
    assert.equal(given.supportsChannelFeatures, 'tier1');
    assert.equal(given.webApplicationInfo.resource, `api://botid-${given.bots[0].botId}`);
    assert.deepEqual(given.devicePermissions, []);
    // Lists come in and go out as files, in the personal chat.
    assert.equal(given.bots[0].supportsFiles, true);
    // With any of these the bot could no longer install itself for people: docs/decisions/0012-no-resource-specific-consent.md.
    assert.equal(given.authorization, undefined);
  });

  it('When the bot writes to the activity feed, then with a type of the manifest and what its text is made of', async () => {
    const [declared] = manifest().activities.activityTypes;
    const graph = await startGraph();
    try {
      const [app] = graph.simulator.tenant.teamsApps;
      graph.simulator.tenant.installations.push({ id: 'i', personId, teamsAppId: app?.id ?? '', createdDateTime: '' });
      const webUrl = 'https://teams.microsoft.com/l/chat/0/0';
      await graphActivityFeed(graph.client).notify({
        personId,
        topic: 'R-1042',
        webUrl,
        text: 'Your Cloud PC is ready',
      });

      const [sent] = graph.simulator.tenant.activities;
      assert.equal(sent?.activityType, declared.type);
      const placeholders = [...declared.templateText.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
      assert.deepEqual(
        sent?.templateParameters.map(({ name }) => name),
        placeholders,
      );
      assert.equal(manifest().activities.activityTypes.length, 1);
    } finally {
      await graph.simulator.close();
    }
  });

  for (const file of languageFiles) {
    it(`When Teams reads ${file}, then it is valid and translates every text of the manifest`, () => {
      const given = manifest();
      const strings = JSON.parse(filled(`appPackage/${file}`));

      const faults = faultsOf('MicrosoftTeams.Localization.v1.29.schema.json', strings);

      assert.deepEqual(faults, []);
      assert.deepEqual(Object.keys(strings).sort(), ['$schema', ...textPaths(given)].sort());
    });
  }

  it('When the language is English, then the strings say the same as the manifest', () => {
    const given = manifest();
    const strings = JSON.parse(filled('appPackage/en.json'));

    const different = textPaths(given).filter((path) => strings[path] !== at(given, path));

    assert.deepEqual(different, []);
  });

  it('When a text has something filled in, then so it is in every language', () => {
    const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String);
    const given = manifest();

    const different = languageFiles.flatMap((file) => {
      const strings: Record<string, string> = JSON.parse(filled(`appPackage/${file}`));
      const paths = textPaths(given).filter((path) => path.endsWith('templateText'));
      return paths.filter(
        (path) => String(placeholders(strings[path] ?? '')) !== String(placeholders(String(at(given, path)))),
      );
    });

    assert.deepEqual(different, []);
  });

  it('When languages are listed in the manifest, then their files are those of the package', () => {
    const { defaultLanguageFile, additionalLanguages } = manifest().localizationInfo;
    const listed = [defaultLanguageFile, ...additionalLanguages.map(({ file }: { file: string }) => file)];
    const present = readdirSync(join(root, 'appPackage')).filter((name) => /^[a-z-]+\.json$/i.test(name));

    assert.deepEqual(listed, languageFiles);
    assert.deepEqual(present.filter((name) => name !== 'manifest.json').sort(), [...languageFiles].sort());
  });
});

describe('icons', () => {
  it('When the colour icon is looked at, then it is 192×192, solid, with its symbol in the middle 96×96', () => {
    const icon = readPng(readFileSync(join(root, 'appPackage/color.png')));
    const background = [15, 108, 189, 255];

    assert.deepEqual([icon.width, icon.height], [192, 192]);
    assert.ok(pixels(icon).every(({ colour }) => colour[3] === 255));
    assert.deepEqual(manifest().accentColor.toLowerCase(), '#0f6cbd');
    const drawn = pixels(icon).filter(({ colour }) => colour.some((value, index) => value !== background[index]));
    assert.ok(drawn.length > 1500, `only ${drawn.length} pixels are drawn`);
    assert.ok(drawn.every(({ x, y }) => x >= 48 && x < 144 && y >= 48 && y < 144));
  });

  it('When the outline icon is looked at, then it is 32×32, white on transparent, and fills its square', () => {
    const icon = readPng(readFileSync(join(root, 'appPackage/outline.png')));

    assert.deepEqual([icon.width, icon.height], [32, 32]);
    assert.ok(pixels(icon).every(({ colour }) => colour.slice(0, 3).every((value) => value === 255)));
    const drawn = pixels(icon).filter(({ colour }) => colour[3] === 255);
    const clear = pixels(icon).filter(({ colour }) => colour[3] === 0);
    assert.ok(drawn.length > 200 && clear.length > 200);
    assert.deepEqual([Math.min(...drawn.map(({ x }) => x)), Math.max(...drawn.map(({ x }) => x))], [0, 31]);
    assert.deepEqual([Math.min(...drawn.map(({ y }) => y)), Math.max(...drawn.map(({ y }) => y))], [0, 31]);
  });
});

describe('what draws the icons', () => {
  it('When it draws, then pixel by pixel what is in the package', () => {
    for (const [file, drawing] of [
      ['color.png', drawColourIcon()],
      ['outline.png', drawOutlineIcon()],
    ] as const)
      assert.ok(
        Buffer.from(readPng(readFileSync(join(root, 'appPackage', file))).rgba).equals(drawing.rgba),
        `run npm run icons: ${file}`,
      );
  });
});

describe('toolkit files', () => {
  for (const environment of environments) {
    const file = ymls[environment as keyof typeof ymls];

    it(`When the toolkit reads ${file}, then it is valid by the schema of v1.13`, () => {
      const faults = faultsOf('m365agents-yaml.v1.13.schema.json', parse(read(file)));

      assert.deepEqual(faults, []);
    });

    it(`When ${file} names a file of the project, then it is there`, () => {
      const named = [...read(file).matchAll(/(?:manifestPath|ignoreFile|path|parameters): (\S+)/g)];

      const missing = named.map((found) => found[1] ?? '').filter((path) => !existsSync(join(root, path)));

      assert.deepEqual(missing, []);
    });

    it(`When ${file} or the app package names a variable, then env/.env.${environment} has it or it is a secret`, () => {
      const files = [file, ...['manifest.json', ...languageFiles].map((name) => `appPackage/${name}`)];

      const known = readEnvironment(environment);

      const unknown = variablesIn(files.map(read).join('\n')).filter((name) => !known.has(name));
      assert.deepEqual(
        unknown.filter((name) => !name.startsWith('SECRET_')),
        [],
      );
      assert.equal(known.get('TEAMSFX_ENV'), environment);
    });

    it(`When env/.env.${environment} is committed, then nothing in it is a secret`, () => {
      const names = [...readEnvironment(environment).keys()];

      const secrets = names.filter((name) => /SECRET|PASSWORD|TOKEN|CONNECTION_STRING|DATABASE_URL/.test(name));

      assert.deepEqual(secrets, []);
    });
  }

  it('When provisioning writes a variable, then env/.env.dev has a line for it', () => {
    const { provision } = parse(read('teamsapp.yml'));
    const steps: { writeToEnvironmentFile?: Record<string, string> }[] = provision;
    const known = readEnvironment('dev');

    const written = steps.flatMap((step) => Object.values(step.writeToEnvironmentFile ?? {}));

    assert.deepEqual(written, ['TEAMS_APP_ID', 'TEAMS_APP_TENANT_ID']);
    const outputs = [...read('infra/azure.bicep').matchAll(/^output (\w+)/gm)].map((found) => found[1] ?? '');
    assert.deepEqual(
      [...written, ...outputs].filter((name) => !known.has(name)),
      [],
    );
  });

  it('When a person has secrets in env/.env.*.user, then git ignores them', () => {
    const ignored = read('.gitignore').split('\n');

    assert.ok(ignored.includes('env/.env.*.user'));
    assert.ok(ignored.includes('.localConfigs'));
    assert.deepEqual(
      readdirSync(join(root, 'env')).filter((name) => !name.endsWith('.user')),
      environments.map((name) => `.env.${name}`),
    );
  });
});

function pixels(icon: Picture): { x: number; y: number; colour: number[] }[] {
  const points = Array.from({ length: icon.width * icon.height }, (_, index) => index);
  return points.map((index) => ({
    x: index % icon.width,
    y: Math.floor(index / icon.width),
    colour: [...icon.rgba.subarray(index * 4, index * 4 + 4)],
  }));
}

/** The paths that a strings file can translate, as far as this manifest has them. */
function textPaths(given: ReturnType<typeof manifest>): string[] {
  const lists: { commands: unknown[] }[] = given.bots[0].commandLists;
  const commands = lists.flatMap((list, index) =>
    list.commands.map((_, place) => `bots[0].commandLists[${index}].commands[${place}].description`),
  );
  const activities: unknown[] = given.activities.activityTypes;
  const kinds = activities.flatMap((_, index) =>
    ['description', 'templateText'].map((text) => `activities.activityTypes[${index}].${text}`),
  );
  return ['name.short', 'name.full', 'description.short', 'description.full', ...commands, ...kinds];
}

function at(given: unknown, path: string): unknown {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], given);
}
