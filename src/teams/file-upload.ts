// Puts a file where the person agreed to have it: their own OneDrive, by an address that Teams has made for this one file and that
// lets us in by itself. No token goes with it.
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError, TemporaryError } from '../domain/errors.ts';
import { second } from '../domain/time.ts';
import type { FileHosts } from './file-hosts.ts';
import type { Fetch } from './file-reader.ts';
import type { UploadPlace } from './incoming-files.ts';

export interface FileUpload {
  /**
   * The same bytes put there again change nothing.
   * @throws InputError `fileHost` (not the tenant's OneDrive, or sent on to elsewhere)
   * @throws TemporaryError `file.notSaved`
   */
  put(place: UploadPlace, bytes: Buffer): Promise<void>;
}

export interface FileUploadParts {
  hosts: FileHosts;
  fetch?: Fetch;
  /** For each try. */
  timeoutMs?: number;
  wait?: (ms: number) => Promise<unknown>;
}

const longestPauseMs = 5 * second;

export function createFileUpload(parts: FileUploadParts): FileUpload {
  const { hosts, wait = sleep } = parts;
  return {
    async put({ uploadUrl, contentUrl }, bytes) {
      if (!hosts.isUploadUrl(uploadUrl) || !hosts.isFileUrl(contentUrl)) throw new InputError('fileHost');
      const first = await putOnce(parts, uploadUrl, bytes);
      if (first.ok) return;
      const isWorthRepeating = first.status === 429 || first.status >= 500;
      if (isWorthRepeating) await wait(pauseOf(first));
      const last = isWorthRepeating ? await putOnce(parts, uploadUrl, bytes) : first;
      if (!last.ok) throw new TemporaryError('file.notSaved', {}, { cause: new Error(`HTTP ${last.status}`) });
    },
  };
}

async function putOnce(
  { fetch = globalThis.fetch, timeoutMs = 15 * second }: FileUploadParts,
  url: string,
  bytes: Buffer,
): Promise<Response> {
  const range = `bytes 0-${bytes.length - 1}/${bytes.length}`;
  const response = await fetch(url, {
    method: 'PUT',
    body: new Uint8Array(bytes),
    redirect: 'manual',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    headers: { 'Content-Range': range, 'Content-Type': 'application/octet-stream' },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new TemporaryError('file.notSaved', {}, { cause: error });
  });
  await response.body?.cancel();
  if (response.status === 0 || (response.status >= 300 && response.status < 400)) throw new InputError('fileHost');
  return response;
}

function pauseOf(response: Response): number {
  const asked = Number(response.headers.get('retry-after') ?? 1) * second;
  return Number.isFinite(asked) && asked >= 0 ? Math.min(asked, longestPauseMs) : second;
}
