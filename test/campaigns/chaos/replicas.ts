// The bot as production runs it, several times on one PostgreSQL or once on the embedded store, and Teams in front of it: each
// activity goes to the next replica, to another one when the first does not answer, and now and then to two at once.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { minute, second } from '../../../src/domain/time.ts';
import { type BotProcess, createBotProcess } from '../../fakes/bot-process.ts';
import { type Microsoft, serviceUrl } from '../../fakes/microsoft/index.ts';
import { policyText, productionEnv } from '../../fakes/production.ts';
import type { Random } from '../../fakes/random.ts';
import type { TestDatabase } from '../../fakes/store.ts';
import { type Activity, postActivity, type TeamsAnswer } from '../../fakes/teams.ts';
import { type StoreProxy, startStoreProxy } from '../bad-days/store-proxy.ts';

export interface Replica {
  bot: BotProcess;
  /** Its wire to PostgreSQL. */
  wire: StoreProxy | null;
  /** Somebody kills, stops or starts it just now. */
  isTaken: boolean;
  /** Its wire is cut just now. */
  isCut: boolean;
  setClock(offsetMs: number): Promise<void>;
  /** Of the embedded store. */
  fillDisk(isFull: boolean): Promise<void>;
}

export interface Replicas {
  all: readonly Replica[];
  /** As Teams delivers: again while nobody answers. */
  deliver(activity: Activity): Promise<TeamsAnswer>;
  /** Starts it, again and again while its store is away. */
  revive(replica: Replica): Promise<void>;
  /** From now on who ends by itself is started again, as by a supervisor. */
  supervise(): void;
  /** How often one ended by itself. */
  readonly endedByItself: number;
  /** From now on nobody is started again. */
  dismiss(): Promise<void>;
  remove(): Promise<void>;
}

export interface ReplicasOptions {
  microsoft: Microsoft;
  database: TestDatabase | null;
  count: number;
  env: Record<string, string>;
  policy: string;
  dataFrom: string | null;
  /** How many activities of a hundred go to two replicas at once. */
  doubledPercent: number;
  random: Random;
}

const answeredWithinMs = 20 * second;
const deliveredWithinMs = 5 * minute;
const aliveWithinMs = 3 * minute;
const fullDisk = new URL('../../fakes/full-disk.ts', import.meta.url).href;

export async function createReplicas(options: ReplicasOptions): Promise<Replicas> {
  const { microsoft, random } = options;
  const clocks = await mkdtemp(join(tmpdir(), 'concierge-clocks-'));
  const all: Replica[] = [];
  for (let at = 0; at < options.count; at += 1) all.push(await createReplica(options, join(clocks, String(at))));
  let turn = 0;
  const next = () => {
    turn += 1;
    return all[turn % all.length] as Replica;
  };
  const post = ({ bot }: Replica, activity: Activity) =>
    Promise.race([
      postActivity(bot, activity, { ...microsoft, serviceUrl }).catch(() => null),
      wait(answeredWithinMs, null, { ref: false }),
    ]);
  const revive = async ({ bot }: Replica) => {
    const end = Date.now() + aliveWithinMs;
    for (;;) {
      const error = await bot.start().then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error === null) return;
      if (Date.now() > end) throw error;
      await bot.kill();
      await wait(second);
    }
  };
  let endedByItself = 0;
  let supervision: Promise<void> | null = null;
  let isDismissed = false;
  const watch = async () => {
    for (; !isDismissed; await wait(500)) {
      const gone = all.find(({ bot, isTaken }) => !isTaken && hasEnded(bot));
      if (!gone) continue;
      endedByItself += 1;
      gone.isTaken = true;
      await revive(gone);
      gone.isTaken = false;
    }
  };
  return {
    all,
    revive,
    supervise() {
      supervision = watch();
      supervision.catch(() => {});
    },
    get endedByItself() {
      return endedByItself;
    },
    async dismiss() {
      isDismissed = true;
      await supervision;
    },
    async deliver(activity) {
      const end = Date.now() + deliveredWithinMs;
      if (random.next() * 100 < options.doubledPercent) void post(next(), activity);
      for (;;) {
        const answer = await post(next(), activity);
        // Where a clock is wrong a good token may be refused.
        if (answer && answer.status < 500 && answer.status !== 401) return answer;
        if (Date.now() > end) throw new Error('never came: an answer of the bot');
        await wait(200);
      }
    },
    async remove() {
      for (const { bot, wire } of all) {
        await bot.remove();
        await wire?.close();
      }
      await rm(clocks, { recursive: true, force: true });
    },
  };
}

async function createReplica(options: ReplicasOptions, clockFile: string): Promise<Replica> {
  const { microsoft, database, env, policy, dataFrom } = options;
  await writeFile(clockFile, '0');
  const wire = database ? await startStoreProxy(database.databaseUrl) : null;
  const mark = `${clockFile}.full`;
  const full = { NODE_OPTIONS: `${microsoft.env.NODE_OPTIONS ?? ''} --import=${fullDisk}`, FULL_DISK: mark };
  const store: Record<string, string> = wire && database ? { DATABASE_URL: wire.urlOf(database.databaseUrl) } : full;
  const bot = await createBotProcess({
    policy: policyText(policy),
    dataFrom: dataFrom ?? undefined,
    env: { ...productionEnv(microsoft), CLOCK_FILE: clockFile, ...store, ...env },
  });
  return {
    bot,
    wire,
    isTaken: false,
    isCut: false,
    setClock: (offsetMs) => writeFile(clockFile, String(offsetMs)),
    fillDisk: (isFull) => (isFull ? writeFile(mark, '') : rm(mark, { force: true })),
  };
}

function hasEnded({ child }: BotProcess): boolean {
  return child !== null && (child.exitCode !== null || child.signalCode !== null);
}
