// SharePoint as the bot meets it: addresses that let whoever has them read a file, or put one there.

export interface FakeSharePoint {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** What is there to be read, by address. */
  files: Map<string, string | Uint8Array<ArrayBuffer>>;
  asked: { method: string; url: string; headers: Headers; body: Buffer | null }[];
  /** What was put there. */
  puts(): { url: string; text: string }[];
  /** Answers the next one so. */
  failNext(status: number): void;
}

export function createSharePoint(): FakeSharePoint {
  const files: FakeSharePoint['files'] = new Map();
  const asked: FakeSharePoint['asked'] = [];
  const faults: number[] = [];
  return {
    files,
    asked,
    puts: () =>
      asked.flatMap(({ method, url, body }) =>
        method === 'PUT' && body ? [{ url, text: body.toString('utf8').replace(/^\ufeff/, '') }] : [],
      ),
    failNext: (status) => void faults.push(status),
    async fetch(url, { method = 'GET', headers, body }) {
      const bytes = body ? Buffer.from(body as Uint8Array) : null;
      asked.push({ method, url, headers: new Headers(headers), body: bytes });
      const fault = faults.shift();
      if (fault) return new Response(null, { status: fault });
      if (method === 'PUT') return new Response(null, { status: 201 });
      const file = files.get(url);
      return file === undefined ? new Response(null, { status: 404 }) : new Response(file);
    },
  };
}
