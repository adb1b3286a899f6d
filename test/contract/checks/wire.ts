// Text as it went over the wire.
import type { SentCall } from './check-call.ts';

/** undefined: no text, or no JSON. */
export function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Each segment on its own; what is not validly encoded stays as it is. */
export function decodeSegments(path: string): string {
  return path.split('/').map(decodeSegment).join('/');
}

function decodeSegment(segment: string): string {
  try {
    // A slash within a value must not become one of the path.
    return decodeURIComponent(segment).replaceAll('/', '%2F');
  } catch {
    return segment;
  }
}

/** A whole HTTP/1.1 request with a known length; null: not yet, or something else. */
export function readRequest(text: string): SentCall | null {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const [, method, target] = /^([A-Z]+) (\/\S*) HTTP\/1\.1$/.exec(first) ?? [];
  if (rest.length === 0 || method === undefined || target === undefined) return null;
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = rest.join('\r\n\r\n');
  return Buffer.byteLength(body) < Number(headers['content-length'] ?? 0) ? null : { method, target, headers, body };
}
