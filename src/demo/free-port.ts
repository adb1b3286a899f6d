import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** The port asked for when nobody listens on it, else any free one. */
export async function freePort(preferred: number): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? preferred;
}

async function tryPort(port: number): Promise<number | null> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return null;
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}
