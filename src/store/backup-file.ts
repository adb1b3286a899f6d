// A backup: a line that says what it is, with the checksum of all that follows; a line of JSON that says what is in it; then
// the database as PGlite dumps it, tar and gzip. (By hand: `tail -n +3 FILE | tar xz`.)
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod/v4';
import { InputError } from '../domain/errors.ts';

const manifest = z.object({
  /** The version of this program that wrote it. */
  program: z.string(),
  /** The major version of PostgreSQL that the files are of. */
  engine: z.string(),
  migrations: z.array(z.string()),
  takenAt: z.iso.datetime(),
  requests: z.number().int(),
});

export type Manifest = z.infer<typeof manifest>;

export interface Backup {
  manifest: Manifest;
  content: Buffer;
}

const title = 'cloud-pc-concierge-backup 1 sha256:';
const firstLine = new RegExp(`^${title}([0-9a-f]{64})\n$`);
const firstLineLength = title.length + 64 + 1;

/** @throws InputError `backup.exists` */
export function assertFree(file: string): void {
  if (existsSync(file)) throw new InputError('backup.exists', { file });
}

/**
 * Writes it for its owner alone, since people's names are in it, and under its name only when it is whole.
 * @throws InputError `backup.exists`, `backup.unwritable`
 */
export async function writeBackup(file: string, backup: Backup): Promise<void> {
  const rest = Buffer.concat([Buffer.from(`${JSON.stringify(backup.manifest)}\n`), backup.content]);
  const partial = `${file}.partial`;
  assertFree(file);
  try {
    // An old one might be open to others.
    await rm(partial, { force: true });
    await writeFile(partial, Buffer.concat([Buffer.from(`${title}${sha256(rest)}\n`), rest]), {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw new InputError('backup.unwritable', { file }, { cause: error });
  }
}

/**
 * Reads it, and believes nothing before the checksum fits.
 * @throws InputError `backup.unreadable`, `backup.foreign` (not one of ours), `backup.damaged`
 */
export async function readBackup(file: string): Promise<Backup> {
  const bytes = await readStart(file);
  const [, expected] = firstLine.exec(bytes) ?? [];
  if (!expected) throw new InputError('backup.foreign', { file });
  const rest = (await readFile(file)).subarray(firstLineLength);
  if (sha256(rest) !== expected) throw new InputError('backup.damaged', { file });
  const end = rest.indexOf('\n');
  try {
    return { manifest: manifest.parse(JSON.parse(rest.toString('utf8', 0, end))), content: rest.subarray(end + 1) };
  } catch (error) {
    throw new InputError('backup.foreign', { file }, { cause: error });
  }
}

/** Of a file that may be anything, as large as it likes. */
async function readStart(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(firstLineLength), 0, firstLineLength, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new InputError('backup.unreadable', { file }, { cause: error });
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
