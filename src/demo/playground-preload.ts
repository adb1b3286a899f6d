// Loaded into the Playground's process before its own code. By itself the Playground listens on every address, and hands on to the
// bot whatever reaches it; here it listens on this machine only. It also ends when the demo does, however that came about.
import { Server } from 'node:net';

const listen = Server.prototype.listen;

Server.prototype.listen = function listenOnLoopback(this: Server, ...given: unknown[]): Server {
  const [port, ...rest] = given;
  const listener = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
  return listen.call(this, { port: Number(port), host: '127.0.0.1' }, listener);
};

process.stdin.on('close', () => process.exit());
process.stdin.resume();
