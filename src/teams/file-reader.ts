// Fetches a list that somebody attached. The address lets us in by itself: no token and no cookie goes with it.
import { InputError, TemporaryError } from '../domain/errors.ts';
import { second } from '../domain/time.ts';
import { decodeFile } from './file-text.ts';
import type { AttachedFile } from './incoming-files.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface FileReader {
  /**
   * The text of a file, within `withinMs` (ten seconds at most).
   * @throws InputError `fileHost` (not on the tenant's SharePoint, or sent on to elsewhere), `fileGone` (no longer there, or it
   * did not come in ten seconds), `fileTooBig` (more than 1 MB), `fileNotCsv` (no text)
   * @throws TemporaryError `file.slow` when only a shorter `withinMs` has passed
   */
  read(file: AttachedFile, withinMs?: number): Promise<string>;
}

export interface FileReaderParts {
  isFileUrl: (url: string) => boolean;
  fetch?: Fetch;
  timeoutMs?: number;
}

const mostBytes = 1024 * 1024;

export function createFileReader({
  isFileUrl,
  fetch = globalThis.fetch,
  timeoutMs = 10 * second,
}: FileReaderParts): FileReader {
  return {
    async read({ url }, withinMs = timeoutMs) {
      if (!isFileUrl(url)) throw new InputError('fileHost');
      try {
        // A signal takes whole milliseconds alone.
        const signal = AbortSignal.timeout(Math.max(0, Math.ceil(Math.min(withinMs, timeoutMs))));
        return decodeFile(await download(fetch, url, signal));
      } catch (error) {
        if (error instanceof InputError) throw error;
        const isOverdue = error instanceof DOMException && error.name === 'TimeoutError';
        if (isOverdue && withinMs < timeoutMs) throw new TemporaryError('file.slow', {}, { cause: error });
        throw new InputError('fileGone', {}, { cause: error });
      }
    },
  };
}

async function download(fetch: Fetch, url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, {
    redirect: 'manual',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    // What is counted is then what comes over the wire.
    headers: { 'Accept-Encoding': 'identity' },
    signal,
  });
  try {
    // Sent on to another place, which nobody has checked; 0 is how a browser's fetch says it.
    if (response.status === 0 || (response.status >= 300 && response.status < 400)) throw new InputError('fileHost');
    if (!response.ok || !response.body)
      throw new InputError('fileGone', {}, { cause: new Error(`HTTP ${response.status}`) });
    return await readAtMost(response.body, mostBytes);
  } finally {
    // Ends a connection that would go on sending.
    if (!response.bodyUsed) await response.body?.cancel();
  }
}

/** Counts what comes, whatever the headers say. */
async function readAtMost(body: NonNullable<Response['body']>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) throw new InputError('fileTooBig');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
