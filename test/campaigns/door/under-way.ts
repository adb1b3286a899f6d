// What is done in the name of an activity while it is answered, and not by a job that goes on meanwhile: jobs run in a context of
// their own.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DefaultQueryCompiler } from 'kysely';
import type { LogLine } from '../../fakes/running-bot.ts';
import type { WholeBot } from '../../fakes/whole-bot.ts';

export interface Doing {
  /** Without those for debugging. */
  lines: LogLine[];
  /** The beginnings of the statements that change the store. */
  writes: string[];
}

export interface UnderWay {
  /** What the requests that have come to the door since this was asked last have done until now. */
  take(): Doing;
  /** Errors that belong to no request that was taken: those of jobs, and of what goes on after its answer. */
  otherErrors(): LogLine[];
  /** How many lines the whole bot has written to its log, jobs as well, without those for debugging. */
  allLines(): number;
  stop(): void;
}

const started = 'http.server.request.start';
const changing = /\b(?:insert into|(?<!\bfor )update|delete from|merge into|truncate)\b/i;

/** Watches the door of this bot, in this process. */
export function watchDoor({ bot, log }: Pick<WholeBot, 'bot' | 'log'>): UnderWay {
  const context = new AsyncLocalStorage<Doing>();
  let requests: Doing[] = [];
  let allLines = 0;
  const taken = new WeakSet<Doing>();
  const otherErrors: LogLine[] = [];

  const enter = (message: unknown) => {
    const { request, server } = message as { request: IncomingMessage; server: Server };
    if ((server.address() as AddressInfo | null)?.port !== bot.port) return;
    const doing: Doing = { lines: [], writes: [] };
    requests.push(doing);
    context.enterWith(doing);
    // Node tells of the body in the context of the connection.
    request.emit = AsyncResource.bind(request.emit.bind(request)) as typeof request.emit;
  };
  subscribe(started, enter);

  const { push } = log.lines;
  log.lines.push = (...lines) => {
    const telling = lines.filter(({ level }) => level !== 'debug');
    allLines += telling.length;
    const doing = context.getStore();
    if (doing && !taken.has(doing)) doing.lines.push(...telling);
    else otherErrors.push(...telling.filter(({ level }) => level === 'error'));
    return push.apply(log.lines, lines);
  };

  const { prototype } = DefaultQueryCompiler;
  const { compileQuery } = prototype;
  prototype.compileQuery = function (this: DefaultQueryCompiler, ...given) {
    const query = compileQuery.apply(this, given);
    if (changing.test(query.sql)) context.getStore()?.writes.push(query.sql.slice(0, 60));
    return query;
  };

  return {
    take() {
      const ended = requests;
      requests = [];
      for (const doing of ended) taken.add(doing);
      return { lines: ended.flatMap(({ lines }) => lines), writes: ended.flatMap(({ writes }) => writes) };
    },
    otherErrors: () => otherErrors,
    allLines: () => allLines,
    stop() {
      unsubscribe(started, enter);
      prototype.compileQuery = compileQuery;
    },
  };
}
