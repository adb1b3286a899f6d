// Loaded before the bot's own code, in its process: Microsoft's host names lead to this machine (MICROSOFT_PORT), and no other
// name leads anywhere. With CLOCK_OFFSET_MS this machine's clock is wrong by that much, with CLOCK_FILE by what stands in it now.
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import net from 'node:net';

const port = Number(process.env.MICROSOFT_PORT);
const hosts = (process.env.MICROSOFT_HOSTS ?? '').split(',');
const loopback = ['localhost', '127.0.0.1', '::1'];

const lookup = dns.lookup;
dns.lookup = ((host: string, options: unknown, callback: unknown) => {
  const done = (typeof options === 'function' ? options : callback) as (...values: unknown[]) => void;
  if (loopback.includes(host)) return (lookup as (...values: unknown[]) => unknown)(host, options, callback);
  if (hosts.includes(host)) {
    const wantsAll = typeof options === 'object' && options !== null && 'all' in options && options.all === true;
    process.nextTick(() => (wantsAll ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)));
    return {};
  }
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', hostname: host });
  process.nextTick(() => done(error));
  return {};
}) as typeof dns.lookup;

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (this: net.Socket, ...args: Parameters<typeof connect>) {
  const [first] = args as unknown[];
  const options = (Array.isArray(first) ? first[0] : first) as { host?: string; port?: number | string };
  if (typeof options === 'object' && options?.host && hosts.includes(options.host) && Number(options.port) === 443)
    options.port = port;
  else if (typeof options === 'object' && options?.host && net.isIP(options.host) && !options.host.startsWith('127.'))
    throw new Error(`Network is off in tests: ${options.host} was asked for.`);
  return connect.apply(this, args);
} as typeof connect;

/** Read again and again from CLOCK_FILE, where there is one: the clock may jump while the process runs. */
let offset = Number(process.env.CLOCK_OFFSET_MS ?? 0);
const clockFile = process.env.CLOCK_FILE;
if (clockFile)
  setInterval(() => {
    offset = Number(readFileSync(clockFile, 'utf8'));
  }, 250).unref();
if (clockFile || offset !== 0) {
  const RealDate = Date;
  const now = () => RealDate.now() + offset;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
}
