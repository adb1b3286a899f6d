// Keeps what the whole run logs, and what must never stand in it: each process writes both into files of its own, and the end of the
// run looks for the one in the other (run.ts). Tokens and mails are taken from the wire as they come to the fakes, passwords and
// people's words from where the tests give them.
import { subscribe } from 'node:diagnostics_channel';
import { openSync, writeSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { format } from 'node:util';
import type { Log } from '../../src/domain/ports.ts';
import { createLog } from '../../src/log.ts';
import { onBody } from '../contract/recorder.ts';

/** Set for the run: where the files are. Without it nothing is kept. */
export const folderVariable = 'LOG_RECORDS';
export const secretKinds = [
  'token',
  'password',
  'client secret',
  'text of a mail',
  'words of a person',
  'address of a file',
] as const;
export type SecretKind = (typeof secretKinds)[number];

export interface KeptSecret {
  kind: SecretKind;
  text: string;
}

const files = new Map<string, number>();
const kept = new Set<string>();
/** Given when a file was loaded, before the run began. */
const early: KeptSecret[] = [];

function write(name: 'lines' | 'secrets', text: string): void {
  const folder = process.env[folderVariable];
  if (folder === undefined) return;
  const path = join(folder, `${process.pid}.${name}`);
  const file = files.get(path) ?? openSync(path, 'a');
  files.set(path, file);
  writeSync(file, `${text}\n`);
}

/** A line that the bot or one of its libraries printed. */
export function keepLine(line: string): void {
  write('lines', line.replace(/\n$/, ''));
}

/** What stands before it and after it was logged in that test. */
export function noteTest(title: string): void {
  write('lines', `# ${title.replaceAll('\n', ' ')}`);
}

/** From now on no line may hold it. Too short ones are left out: they would be found in other words. */
export function keepSecret(kind: SecretKind, text: string): void {
  const key = `${kind} ${text}`;
  if (text.length < shortest[kind] || kept.has(key)) return;
  kept.add(key);
  early.push({ kind, text });
  if (process.env[folderVariable] === undefined) return;
  for (const secret of early.splice(0)) write('secrets', JSON.stringify(secret));
}

const shortest: Readonly<Record<SecretKind, number>> = {
  token: 10,
  password: 8,
  'client secret': 8,
  'text of a mail': 16,
  'words of a person': 12,
  'address of a file': 12,
};

/** The product's own log at its most talkative, into the files. */
export const keptLog: Log = createLog({ level: 'debug', destination: { write: keepLine } });

/** Besides what a test does with its lines, they are kept as production would write them. */
export function alsoKept(log: Log): Log {
  const both = (level: keyof Log) => (fields: Record<string, unknown>, msg: string) => {
    log[level](fields, msg);
    keptLog[level](fields, msg);
  };
  return { debug: both('debug'), info: both('info'), warn: both('warn'), error: both('error') };
}

/** Printed past the log: by libraries, mostly. Called when mocha has taken its own `console.log`. */
export function keepConsole(): void {
  if (isConsoleKept) return;
  isConsoleKept = true;
  for (const name of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    const print = console[name];
    console[name] = (...values: unknown[]) => {
      keepLine(format(...values));
      print.apply(console, values);
    };
  }
}

let isConsoleKept = false;

const privateInputs = ['reason', 'mailText', 'declineReason', 'people'];

/** What Teams is about to bring to the bot. */
export function keepActivity(activity: Readonly<Record<string, unknown>>): void {
  const { text, value, attachments } = activity as { text?: unknown; value?: Given; attachments?: unknown };
  if (typeof text === 'string') keepTyped(text.replace(/<at>.*?<\/at>(?:&nbsp;)?/g, '').trim());
  const data = value?.action?.data ?? value ?? {};
  for (const name of privateInputs)
    if (typeof data[name] === 'string') keepSecret('words of a person', data[name].trim());
  if (typeof value?.token === 'string') keepSecret('token', value.token);
  for (const one of Array.isArray(attachments) ? attachments : []) keepAddress(one?.content?.downloadUrl);
  keepAddress(value?.uploadInfo?.uploadUrl);
}

/** A bare command ("bulk reprovision") is nobody's own words, and the fixed words of a line may hold it. */
function keepTyped(text: string): void {
  if (!/^[a-z ]{0,30}$/.test(text)) keepSecret('words of a person', text);
}

type Given = Record<string, unknown> & {
  action?: { data?: Record<string, unknown> };
  uploadInfo?: { uploadUrl?: unknown };
};

/** Whoever has it may read or write the file. */
function keepAddress(url: unknown): void {
  if (typeof url === 'string' && URL.canParse(url)) keepSecret('address of a file', new URL(url).search);
}

subscribe('http.server.request.start', (message) => {
  if (process.env[folderVariable] === undefined) return;
  const { request } = message as { request: IncomingMessage };
  const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  // Those of three parts are known by their looks.
  if (token && !token.startsWith('eyJ')) keepSecret('token', token);
  const path = request.url?.split('?', 1)[0] ?? '';
  if (path.endsWith('/sendMail')) onBody(request, keepMail);
  if (path.endsWith('/token')) onBody(request, keepClientSecret);
});

/** The settings of a process of the bot: those that are secrets. */
export function keepEnvironment(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (/PASSWORD|SECRET|_KEY$/.test(name)) keepSecret('password', value);
    if (URL.canParse(value)) keepSecret('password', decodeURIComponent(new URL(value).password));
  }
}

function keepMail(body: string): void {
  const { message } = readJson(body) as { message?: { subject?: unknown; body?: { content?: unknown } } };
  for (const part of [message?.subject, message?.body?.content]) {
    const words = String(part ?? '').split(/<[^>]*>|\s{2,}|\n/);
    for (const one of words) keepSecret('text of a mail', one.trim());
  }
}

function keepClientSecret(body: string): void {
  const form = new URLSearchParams(body);
  for (const name of ['client_secret', 'client_assertion']) keepSecret('client secret', form.get(name) ?? '');
}

function readJson(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
