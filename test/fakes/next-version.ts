// The version after this one, as far as the database goes: migrations that are not there yet, and a copy of the build with them.
import { cp, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copiedTables } from '../../src/store/copy-tables.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import type { Migration } from '../../src/store/migrations/migration.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Whatever a migration may add, on every table that there is. */
export const expanding: Migration = {
  name: '9001-further-columns',
  worksWith: migrations.at(-1)?.name ?? '',
  statements: [
    'create table further_things (id text primary key, request_id text not null references requests (id))',
    ...copiedTables.flatMap((table) => [
      `alter table ${table} add column further_words text, add column further_number integer not null default 0`,
      `create index ${table}_further on ${table} (further_number)`,
    ]),
  ],
};

/** A later one takes away what the version of `expanding` no longer uses. */
export const contracting: Migration = {
  name: '9002-nobody-decides-twice',
  worksWith: expanding.name,
  statements: ['alter table decisions drop column comment'],
};

/** A folder with the build and these migrations after its own; `remove` deletes it. */
export async function createNextVersion(
  further: readonly Migration[],
): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'concierge-next-'));
  await cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const index = join(folder, 'dist/store/migrations/index.js');
  await rename(index, join(folder, 'dist/store/migrations/present.js'));
  await writeFile(
    index,
    `import { migrations as present } from './present.js';
export const migrations = [...present, ...${JSON.stringify(further)}];\n`,
  );
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
