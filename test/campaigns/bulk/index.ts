// `npm run bulk -- --cloudPcs N [--kills K] [--way bulkActions|managedDevices|each] [--store embedded|postgres] [--failEvery M]`:
// a group of N people is rebuilt by the bot as production runs it, with throttling on the way, and killed K times in the middle.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { minute, second } from '../../../src/domain/time.ts';
import { endProcess } from '../../../src/end-process.ts';
import { assertBuilt, type BotProcess, createBotProcess } from '../../fakes/bot-process.ts';
import { type Microsoft, startMicrosoft } from '../../fakes/microsoft/index.ts';
import { policyText, productionEnv } from '../../fakes/production.ts';
import { createTestDatabase } from '../../fakes/store.ts';
import { busiest, judgeBulk, readBulkEvidence } from './judge.ts';
import { lastWords, playBulk } from './play.ts';
import { addFleet, type FleetMember } from './tenant.ts';

const { values } = parseArgs({
  options: {
    cloudPcs: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '0' },
    way: { type: 'string', default: 'bulkActions' },
    store: { type: 'string', default: process.env.TEST_DATABASE_URL ? 'postgres' : 'embedded' },
    failEvery: { type: 'string', default: '33' },
    waveSize: { type: 'string', default: '100' },
  },
});
const size = Number(values.cloudPcs);
const kills = Number(values.kills);
const say = (text: string) => void process.stdout.write(`${text}\n`);
const policy = policyText(`limits:
  { bulkMax: 5000, waveSize: ${values.waveSize}, startsPerHour: 100000, unknownAfter: 5s, stopWhenFailedPercent: 10 }`);

await assertBuilt();
const microsoft = await startMicrosoft({ buildMs: 1500 });
const members = addFleet(microsoft.simulator, size, Number(values.failEvery));
throttleNowAndThen(microsoft);
const database = values.store === 'postgres' ? await createTestDatabase() : null;
const bot = await createBotProcess({
  policy,
  env: {
    ...productionEnv(microsoft),
    GRAPH_BULK: values.way,
    ...(database ? { DATABASE_URL: database.databaseUrl } : {}),
  },
});
const faults: string[] = [];
let peakMb = 0;
try {
  await bot.start();
  const memory = setInterval(() => void readPeakMb(bot).then((mb) => (peakMb = Math.max(peakMb, mb))), 2 * second);
  const killing = killInTheMiddle(bot, microsoft, members, kills);
  const played = await playBulk(bot.url, microsoft, { members, withinMs: 15 * minute }).catch((error: unknown) => {
    faults.push(String(error), lastWords(microsoft), ...bot.lines.slice(-10));
    return null;
  });
  await killing.stop();
  clearInterval(memory);
  await wait(7 * second);
  peakMb = Math.max(peakMb, await readPeakMb(bot));
  const code = await bot.kill('SIGTERM');
  if (code !== 0) faults.push(`it ended with ${code}`);
  const where = database ? { databaseUrl: database.databaseUrl } : { dataDir: join(bot.folder, 'data') };
  const evidence = await readBulkEvidence(where);
  faults.push(...judgeBulk(evidence, microsoft, members, killing.done > 0));
  report(played, evidence, killing.done);
} finally {
  await bot.remove();
  await microsoft.stop();
  await database?.drop();
}
for (const fault of faults.slice(0, 30)) say(`  ${fault}`);
say(faults.length === 0 ? '\n  1 passing' : '\n  0 passing\n  1 failing');
endProcess(faults.length === 0 ? 0 : 1);

function report(
  played: Awaited<ReturnType<typeof playBulk>> | null,
  evidence: Awaited<ReturnType<typeof readBulkEvidence>>,
  killed: number,
): void {
  const { connector, simulator } = microsoft;
  const reprovisions = simulator.tenant.reprovisionPosts();
  const perPlace = Map.groupBy(connector.calls, ({ conversationId }) => (conversationId ?? 'new').split(';')[0]);
  const busiestPlace = Math.max(...[...perPlace].filter(([place]) => place !== 'new').map(([, calls]) => calls.length));
  say(`bulk reprovision of ${size} Cloud PCs, ${values.way}, ${values.store} store, ${killed} kills`);
  say(`  items: ${JSON.stringify(evidence.states)}; request: ${evidence.requestState}`);
  say(`  Cloud PCs started: ${reprovisions.received}, applied: ${reprovisions.applied}; intents: ${evidence.intents}`);
  say(`  requests to Graph: ${simulator.requests.length}`);
  say(
    `  calls of the connector: ${connector.calls.length}, ${busiest(connector.calls, 1000)} within the busiest second`,
  );
  say(`  most calls in one conversation: ${busiestPlace}`);
  say(
    `  preview ${played?.previewMs} ms, run ${played && Math.round(played.runMs / 1000)} s, peak memory ${peakMb} MB`,
  );
  say(`  let go on after a halt: ${played?.resumed}, settled at once: ${played?.settled}`);
}

/** Reads, sends and starts are throttled now and then: nothing of it may be repeated blindly. */
function throttleNowAndThen({ simulator }: Microsoft): void {
  let count = 0;
  const everyNth = (n: number) => () => {
    count += 1;
    return count % n === 0;
  };
  simulator.faults.add({ match: { where: everyNth(97) }, fault: { status: 429, retryAfter: 1 } });
}

/** Killed when so much of it has been started; the next run goes on from the store. */
function killInTheMiddle(process: BotProcess, { simulator }: Microsoft, all: readonly FleetMember[], wanted: number) {
  const state = { done: 0, isOver: false };
  const shares = Array.from({ length: wanted }, (_, at) => (at + 1) / (wanted + 1));
  const work = (async () => {
    for (const share of shares) {
      while (!state.isOver && simulator.tenant.reprovisionPosts().received < share * all.length) await wait(20);
      if (state.isOver) return;
      await process.kill('SIGKILL');
      state.done += 1;
      await process.start();
    }
  })();
  return {
    get done() {
      return state.done;
    },
    async stop() {
      state.isOver = true;
      await work;
    },
  };
}

async function readPeakMb({ child }: BotProcess): Promise<number> {
  const status = await readFile(`/proc/${child?.pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
