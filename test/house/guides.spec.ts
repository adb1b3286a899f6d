// The guides for people and admins: what they say to type is understood, what they quote stands on the cards, every state has its
// row, and the policy is explained as it is.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bulkFaces } from '../../src/cards/bulk-faces.ts';
import { personFaces } from '../../src/cards/person-faces.ts';
import { requestFaces } from '../../src/cards/request-faces.ts';
import { parsePolicy } from '../../src/policy-file.ts';
import { commands } from '../../src/teams/commands/index.ts';
import { findCommand } from '../../src/teams/find-command.ts';
import { cleanText } from '../../src/teams/text.ts';
import { tablesHeaded } from './markdown-table.ts';
import { isSaid, messageOf, patternsOf } from './text-patterns.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const guides = { people: read('docs/user-guide.md'), admins: read('docs/admin-guide.md') };
const inBackticks = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((found) => found[1] ?? '');
const inBold = (text: string): string[] =>
  [...text.matchAll(/\*\*(.+?)\*\*/gs)].map((found) => (found[1] ?? '').replace(/\s+/g, ' '));

/** The command that these words become, by its phrase. */
const commandOf = (typed: string) => findCommand(commands, cleanText(typed, [], '28:bot').text)?.command.phrase ?? null;
const typedIn = (text: string, heading: string) =>
  tablesHeaded(text, heading).flatMap(({ rows }) => rows.flatMap(([words = '']) => inBackticks(words)));

/** `assign [licence] to <person>` as people type it: with what may be left out and without, and somebody for whoever is meant. */
function spelledOut(typed: string): string[] {
  const filled = typed.replace(/<[^>]+>/g, 'ben@contoso.com').replace('…', '2 vCPU');
  return [filled.replaceAll(/[[\]]/g, ''), filled.replaceAll(/\s*\[[^\]]*\]/g, '')];
}

describe('the guides', () => {
  it('When they or the README say what to type, then it is a command, and every command is among it', () => {
    const readme = typedIn(read('README.md'), 'say').flatMap(spelledOut);
    const people = typedIn(guides.people, 'you type');
    const admins = typedIn(guides.admins, 'you type');

    for (const typed of [readme, people, admins]) {
      assert.ok(typed.length > 8);
      assert.deepEqual(
        typed.filter((words) => commandOf(words) === null),
        [],
      );
    }
    const said = new Set([...people, ...admins].map(commandOf));
    assert.deepEqual(
      commands.map(({ phrase }) => phrase).filter((phrase) => !said.has(phrase)),
      [],
    );
  });

  it('When the user guide says it in three languages, then each row is one command', () => {
    const [table] = tablesHeaded(guides.people, 'English');
    const rows = (table?.rows ?? []).map((cells) => cells.flatMap(inBackticks));

    assert.ok(rows.length > 8);
    for (const row of rows) {
      assert.equal(row.length, 3, row.join());
      const found = new Set(row.map(commandOf));
      assert.equal(found.size, 1, row.join());
      assert.ok(!found.has(null), row.join());
    }
  });

  it('When they set words in bold, then the bot says them', () => {
    for (const guide of Object.values(guides)) {
      const quoted = [...new Set(inBold(guide))];

      assert.ok(quoted.length > 25);
      assert.deepEqual(
        quoted.filter((words) => !isSaid(words)),
        [],
      );
    }
  });

  it('When a card shows a state, then a guide explains it by the words of the card', () => {
    const own = [...Object.values(requestFaces), ...Object.values(personFaces)].map(({ self }) => self.title);
    const whole = Object.values(bulkFaces).map(({ requester }) => requester.title);
    const unexplained = (titles: readonly string[], guide: string) => {
      const quoted = inBold(guide);
      const ways = [...new Set(titles)].flatMap((key) => patternsOf(messageOf(key)));
      return ways.filter((pattern) => !quoted.some((words) => pattern.test(words)));
    };

    assert.ok(own.length > 60 && whole.length > 20);
    assert.deepEqual(unexplained(own, guides.people), []);
    assert.deepEqual(unexplained(whole, guides.people + guides.admins), []);
  });

  it('When policy.yaml may say something, then the admin guide has its row, with the default that is used', () => {
    const { properties } = JSON.parse(read('policy.schema.json')) as {
      properties: Record<string, { properties: Record<string, { default?: unknown }> }>;
    };
    const used = Object.entries(properties).flatMap(([section, { properties: keys }]) =>
      Object.entries(keys).map(([key, { default: standard }]) => {
        const isNone = standard === undefined || (Array.isArray(standard) && standard.length === 0);
        return [`\`${section}.${key}\``, isNone ? 'none' : `\`${String(standard)}\``];
      }),
    );
    const explained = tablesHeaded(guides.admins, 'key').flatMap(({ rows }) =>
      rows.map((cells) => [cells[0], cells[2]]),
    );

    assert.ok(used.length > 35);
    assert.deepEqual(explained, used);
  });

  it('When the admin guide shows a policy, then it is one', () => {
    const shown = [...guides.admins.matchAll(/```yaml\n(.+?)```/gs)].map((found) => found[1] ?? '');
    const roles = shown[0] ?? '';

    assert.ok(shown.length > 2);
    for (const policy of shown) assert.doesNotThrow(() => parsePolicy(policy === roles ? policy : roles + policy));
  });

  it('When the page on operations tells lines of the log, then these are written', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const code = sources.filter((path) => path.endsWith('.ts')).map((path) => read(join('src', path)));
    const lines = typedIn(read('docs/operations.md'), '`msg`');

    assert.ok(lines.length > 10);
    assert.deepEqual(
      lines.filter((line) => !code.some((text) => text.includes(`'${line}'`))),
      [],
    );
  });
});
