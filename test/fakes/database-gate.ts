// A way to PostgreSQL that can hold back one answer: that of the commit which ends a transaction in which certain words were sent.
// So a process stands exactly between what it has committed and what it would do next.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DatabaseGate {
  /** The database's URL through the gate. */
  databaseUrl: string;
  /** Resolves when the commit has been sent on; its answer is held until `open`. */
  commitHeld: Promise<void>;
  open(): void;
  stop(): Promise<void>;
}

/** A statement of its own, as a simple query or as a parsed one. */
const isCommit = /(?:Q[\s\S]{4}|\0)commit;?\0/i;

/** @param words what a statement of the transaction contains, such as `insert into "intents"` */
export async function startDatabaseGate(databaseUrl: string, words: string): Promise<DatabaseGate> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const held = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  let isUsed = false;
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    let isMarked = false;
    let gate: Promise<void> = Promise.resolve();
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    client.on('data', (data) => {
      const text = data.toString('latin1');
      if (!isUsed && text.includes(words)) isMarked = true;
      if (isMarked && !isUsed && isCommit.test(text)) {
        isUsed = true;
        gate = opened.promise;
        database.write(data, () => held.resolve());
        return;
      }
      database.write(data);
    });
    database.on('data', (data) => void gate.then(() => client.write(data)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    databaseUrl: url.href,
    commitHeld: held.promise,
    open: () => opened.resolve(),
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
