// The log: JSON lines by pino. Each says which activity or job it belongs to, and which request. Secrets are taken out here, whatever a
// caller hands over.
import { pino } from 'pino';
import type { Log, LogFields } from './domain/ports.ts';
import { workFields } from './telemetry/current-work.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

interface LogOptions {
  level: LogLevel;
  /** Where the lines go; standard output by default. */
  destination?: { write(line: string): void };
}

export function createLog({ level, destination }: LogOptions): Log {
  const options = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Errors are made plain below.
    serializers: { err: (value: unknown) => value },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = destination ? pino(options, destination) : pino(options);
  const write = (at: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, msg: string) => {
    if (logger.isLevelEnabled(at)) logger[at](clean({ ...workFields(fields), ...fields }, 0, new Set()), msg);
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

const hidden = '[hidden]';
const secretName =
  /authorization|cookie|passw(or)?d|secret|assertion|credential|api-?key|private-?key|connection-?string|database-?url|token$/i;
const secretText: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`],
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, hidden],
  [
    /\b(client_secret|client_assertion|access_token|refresh_token|password|pwd|sig|InstrumentationKey)=[^&\s"']+/gi,
    `$1=${hidden}`,
  ],
  [/(:\/\/[^\s:@/]+:)[^\s@/]+@/g, `$1${hidden}@`],
];
const maxDepth = 6;
const maxText = 4000;

function clean(fields: object, depth: number, path: ReadonlySet<object>): Record<string, unknown> {
  const inner = new Set([...path, fields]);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      return [name, secretName.test(name) && value !== undefined ? hidden : cleanValue(value, depth + 1, inner)];
    }),
  );
}

function cleanValue(value: unknown, depth: number, path: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth || path.has(value)) return '[…]';
  if (value instanceof Error) return cleanError(value, depth, new Set([...path, value]));
  if (value instanceof Date) return value;
  if (Array.isArray(value))
    return value.slice(0, 100).map((part) => cleanValue(part, depth + 1, new Set([...path, value])));
  return clean(value, depth, path);
}

/** Only what names the fault: errors of HTTP clients carry requests with their headers and bodies. */
function cleanError(error: Error, depth: number, path: ReadonlySet<object>): Record<string, unknown> {
  const { code, statusCode, values } = error as { code?: unknown; statusCode?: unknown; values?: unknown };
  const plain = Object.entries({ code, statusCode, values }).filter(([, value]) => value !== undefined);
  return {
    type: error.name,
    message: cleanText(error.message),
    stack: error.stack && cleanText(error.stack),
    ...clean(Object.fromEntries(plain), depth, path),
    ...(error.cause === undefined ? {} : { cause: cleanValue(error.cause, depth + 1, path) }),
  };
}

function cleanText(text: string): string {
  const short = text.length > maxText ? `${text.slice(0, maxText)}…` : text;
  return secretText.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), short);
}
