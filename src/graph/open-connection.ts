// A connection to Graph that is opened before it is needed: name, TCP and TLS take time, and a start has none of it to
// lose between its intent and its POST.
import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { TemporaryError } from '../domain/errors.ts';
import { minute } from '../domain/time.ts';
import { findCode } from './network-fault.ts';

/** Who asked for it will have used it long before, or never will. */
const keptForMs = minute;

/** Good for one request. */
export interface OpenConnection {
  /** While it waits it keeps no process alive. */
  readonly socket: Socket;
  /** The other side is still there and has said nothing yet; what it says before it is asked answers nothing. */
  isUsable(): boolean;
  /** From now on it keeps the process alive, and its age no longer ends it. */
  take(): void;
  /** Idempotent. */
  close(): void;
}

/**
 * Connects to the host of `root`, certificate checked, and sends nothing. Ends by itself when it is not used.
 * @throws TemporaryError `graph.unreachable` for every failure: nothing was sent
 */
export async function openConnection(root: string, withinMs: number, keepMs = keptForMs): Promise<OpenConnection> {
  const { socket, opened } = connect(new URL(root));
  // Also later: a connection that breaks while nobody uses it is seen by `isUsable`.
  socket.on('error', () => {});
  const signal = AbortSignal.timeout(withinMs);
  try {
    await once(socket, opened, { signal });
  } catch (cause) {
    socket.destroy();
    const graphCode = signal.aborted ? 'timeout' : (findCode(cause) ?? 'network');
    throw new TemporaryError('graph.unreachable', { graphCode }, { cause });
  }
  socket.unref();
  const end = setTimeout(() => socket.destroy(), keepMs).unref();
  return {
    socket,
    isUsable: () => socket.readable && socket.writable && socket.readableLength === 0,
    take() {
      clearTimeout(end);
      socket.ref();
    },
    close() {
      clearTimeout(end);
      socket.destroy();
    },
  };
}

/** `opened`: the event that says that it is ready; with TLS, that the certificate is good. */
function connect({ protocol, hostname, port }: URL): { socket: Socket; opened: 'connect' | 'secureConnect' } {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:') return { socket: connectTcp({ host, port: Number(port || 80) }), opened: 'connect' };
  // An address is no server name; the certificate is then checked against the address.
  const servername = isIP(host) === 0 ? host : '';
  const socket = connectTls({ host, port: Number(port || 443), servername, ALPNProtocols: ['http/1.1'] });
  return { socket, opened: 'secureConnect' };
}
