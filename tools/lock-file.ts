// package-lock.json as a list of packages: what `npm ci` installs, and nothing else.
import { readFileSync } from 'node:fs';

export interface LockedPackage {
  /** Where it is installed: 'node_modules/a/node_modules/@b/c'. */
  path: string;
  /** '@b/c'. */
  name: string;
  version: string;
  /** SHA-512 of the archive, as `sha512-<base64>`; null: the lock file has none. */
  integrity: string | null;
  /** As the package says it, mostly an SPDX expression; null: it does not. */
  licence: string | null;
  /** Only builds and tests: left out by `npm ci --omit=dev`. */
  isDev: boolean;
  hasInstallScript: boolean;
  /** Names of what it needs at run time, optional ones and peers included. */
  needs: string[];
}

interface LockEntry {
  version?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const lockFile = new URL('../package-lock.json', import.meta.url);

/** Sorted by path, as npm writes them; the project itself is left out. @throws when there is no lock file of version 3 */
export function readLockFile(): LockedPackage[] {
  const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as {
    lockfileVersion: number;
    packages: Record<string, LockEntry>;
  };
  if (lock.lockfileVersion !== 3) throw new Error(`a lock file of version ${lock.lockfileVersion} is not understood`);
  const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
  return installed.map(([path, entry]) => toPackage(path, entry));
}

function toPackage(path: string, entry: LockEntry): LockedPackage {
  return {
    path,
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: entry.version ?? '',
    integrity: entry.integrity ?? null,
    licence: entry.license ?? null,
    isDev: entry.dev ?? false,
    hasInstallScript: entry.hasInstallScript ?? false,
    needs: Object.keys({ ...entry.peerDependencies, ...entry.optionalDependencies, ...entry.dependencies }),
  };
}
