// Loaded before every test: nothing leaves this machine. A connection or a name that is not loopback's fails the test.
import dns from 'node:dns';
import net from 'node:net';

const isLoopback = (host: string | undefined) =>
  host === undefined || host === 'localhost' || host === '::1' || host === '[::1]' || host.startsWith('127.');

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (this: net.Socket, ...args: Parameters<typeof connect>) {
  const [first] = args as unknown[];
  const options = (Array.isArray(first) ? first[0] : first) as { host?: string; path?: string } | undefined;
  const host = typeof options === 'object' && options !== null ? options.host : undefined;
  // A name comes to `lookup` below, and is answered there.
  if (host !== undefined && net.isIP(host) !== 0 && !isLoopback(host))
    throw new Error(`Network is off in tests: ${host} was asked for.`);
  return connect.apply(this, args);
} as typeof connect;

const lookup = dns.lookup;
// A name that does not exist, as a resolver says it: what tests of DNS faults need, and others notice.
dns.lookup = ((host: string, options: unknown, callback: unknown) => {
  if (isLoopback(host)) return (lookup as (...args: unknown[]) => unknown)(host, options, callback);
  const done = (typeof options === 'function' ? options : callback) as (error: Error) => void;
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname: host,
  });
  process.nextTick(() => done(error));
  return {};
}) as typeof dns.lookup;
