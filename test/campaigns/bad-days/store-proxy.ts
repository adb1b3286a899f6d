// A wire to PostgreSQL that can be cut: it refuses and resets, or it swallows what is sent until it is mended.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export type Cut = 'refuses' | 'swallows';

export interface StoreProxy {
  /** The same database, by way of this wire. */
  urlOf(databaseUrl: string): string;
  cut(how: Cut): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

interface Wire {
  near: Socket;
  far: Socket | null;
}

export async function startStoreProxy(databaseUrl: string): Promise<StoreProxy> {
  const { hostname, port: farPort } = new URL(databaseUrl);
  const wires = new Set<Wire>();
  let isSwallowing = false;
  let server: Server | null = null;

  function join(wire: Wire): void {
    const far = connect(Number(farPort || 5432), hostname);
    wire.far = far;
    far.on('error', () => wire.near.destroy());
    far.on('close', () => wire.near.destroy());
    wire.near.pipe(far).pipe(wire.near);
  }

  function accept(near: Socket): void {
    const wire: Wire = { near, far: null };
    wires.add(wire);
    near.on('error', () => wire.far?.destroy());
    near.on('close', () => {
      wires.delete(wire);
      wire.far?.destroy();
    });
    if (!isSwallowing) join(wire);
  }

  async function listen(port: number): Promise<number> {
    server = createServer(accept).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  const port = await listen(0);

  async function refuse(): Promise<void> {
    const closed = server && once(server, 'close');
    server?.close();
    server = null;
    for (const { near } of wires) near.resetAndDestroy();
    await closed;
  }

  return {
    urlOf(url) {
      const proxied = new URL(url);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(port);
      return proxied.href;
    },
    async cut(how) {
      if (how === 'refuses') return refuse();
      isSwallowing = true;
      for (const { near, far } of wires) {
        near.unpipe();
        far?.unpipe();
        near.pause();
        far?.pause();
      }
    },
    async mend() {
      if (server === null) await listen(port);
      isSwallowing = false;
      // What was sent meanwhile arrives now, as after a network that drops packets.
      for (const wire of wires) {
        if (wire.far === null) join(wire);
        else wire.near.pipe(wire.far).pipe(wire.near);
      }
    },
    close: refuse,
  };
}
