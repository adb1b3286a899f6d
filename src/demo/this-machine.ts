// The demo runs without authentication, so it hears nobody but this machine.
import type { IncomingHttpHeaders } from 'node:http';

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];
const forwardedHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/**
 * False for a request under another name than loopback's (a web page that points its own name at 127.0.0.1) and for one that
 * a proxy or a tunnel passed on.
 */
export function isFromThisMachine({ headers }: { headers: IncomingHttpHeaders }): boolean {
  if (forwardedHeaders.some((name) => headers[name] !== undefined)) return false;
  const host = URL.parse(`http://${headers.host ?? ''}`);
  return host !== null && loopbackHosts.includes(host.hostname);
}
