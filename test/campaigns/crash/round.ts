// One round: Microsoft, the bot as production runs it, the story under the kills of its plan, and the judgement.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { second } from '../../../src/domain/time.ts';
import { loadPolicyFile } from '../../../src/policy-file.ts';
import { type BotProcess, createBotProcess } from '../../fakes/bot-process.ts';
import { type Microsoft, startMicrosoft } from '../../fakes/microsoft/index.ts';
import { policyText, productionEnv } from '../../fakes/production.ts';
import { createTestDatabase } from '../../fakes/store.ts';
import { readEvidence, untilNothingIsLeft } from './evidence.ts';
import { createKiller, type Killed } from './killer.ts';
import { type Judgement, judge } from './oracle.ts';
import { type Plan, planRound } from './plan.ts';
import { playStory } from './story.ts';

export type StoreKind = 'embedded' | 'postgres';

export interface Round extends Judgement {
  seed: number;
  store: StoreKind;
  plan: Plan;
  kills: Killed[];
  operatorStops: number;
  /** From the restart to the first thing that the bot asked of Graph or Teams, for each kill. */
  recoveriesMs: number[];
  ms: number;
}

/** Edits of a card are five seconds apart. (On PostgreSQL a killed process's lease has to end as well.) */
const quietMs = 7 * second;
const quietWithinMs = 90 * second;
const settledWithinMs = 60 * second;

/** @param dataFrom for the embedded store: the folder of `makeEmptyStore` */
export async function runRound(seed: number, kind: StoreKind, dataFrom: string | null): Promise<Round> {
  const startedAt = Date.now();
  const plan = planRound(seed);
  const microsoft = await startMicrosoft({ buildMs: 1500 });
  const database = kind === 'postgres' ? await createTestDatabase() : null;
  const from = plan.fromEmpty ? null : dataFrom;
  const bot = await createBot(microsoft, database ? { DATABASE_URL: database.databaseUrl } : {}, from);
  const killer = createKiller(bot, microsoft, plan);
  const told = { operatorStops: 0 };
  let stuck: string[] = [];
  try {
    if (plan.fromEmpty) killer.arm();
    await bot.start().catch((error: unknown) => killer.kills.length === 0 && Promise.reject(error));
    await killer.settled();
    killer.arm();
    try {
      Object.assign(told, await playStory(bot.url, microsoft, plan));
    } catch (error) {
      stuck = [String(error), `last log lines:\n${bot.lines.slice(-15).join('\n')}`];
    }
    killer.disarm();
    await killer.settled();
    await becomeQuiet(microsoft);
    if (database) await untilNothingIsLeft(database.databaseUrl, settledWithinMs);
    const code = await bot.kill('SIGTERM');
    const policy = await loadPolicyFile(join(bot.folder, 'policy.yaml'));
    const where = database ? { databaseUrl: database.databaseUrl } : { dataDir: join(bot.folder, 'data') };
    const judgement = judge(await readEvidence(where, policy), microsoft, killer);
    const faults = [...stuck, ...judgement.faults, ...(code === 0 ? [] : [`it ended with ${code}`])];
    const { kills } = killer;
    return {
      ...judgement,
      faults,
      seed,
      store: kind,
      plan,
      kills,
      operatorStops: told.operatorStops,
      recoveriesMs: recoveriesOf(kills, microsoft),
      ms: Date.now() - startedAt,
    };
  } finally {
    await bot.remove();
    await microsoft.stop();
    await database?.drop();
  }
}

/** A store of the embedded kind that a bot has made and left: to begin rounds with. The caller removes the bot. */
export async function makeEmptyStore(): Promise<BotProcess> {
  const microsoft = await startMicrosoft();
  const bot = await createBot(microsoft, {}, null);
  await bot.start();
  await bot.kill('SIGTERM');
  await microsoft.stop();
  return bot;
}

function createBot(microsoft: Microsoft, store: Record<string, string>, dataFrom: string | null): Promise<BotProcess> {
  return createBotProcess({
    policy: policyText('limits: { unknownAfter: 4s }'),
    dataFrom: dataFrom ?? undefined,
    env: { ...productionEnv(microsoft), ...store },
  });
}

async function becomeQuiet({ front }: Microsoft): Promise<void> {
  const end = Date.now() + quietWithinMs;
  while (Date.now() < end) {
    const lastAt = front.passages.at(-1)?.at ?? 0;
    if (Date.now() - lastAt > quietMs) return;
    await wait(250);
  }
}

function recoveriesOf(kills: readonly Killed[], { front }: Microsoft): number[] {
  return kills.flatMap(({ readyAt }) => {
    if (readyAt === null) return [];
    const first = front.passages.find(({ at, host }) => at >= readyAt && /^(graph|smba)\./.test(host));
    return first ? [first.at - readyAt] : [];
  });
}
