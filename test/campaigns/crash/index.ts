// `npm run crash -- --rounds N --seed S [--store embedded|postgres|both] [--jobs N]`: kills the bot at random instants of the
// story and looks whether anything was done twice, lost or left. PostgreSQL is the one of TEST_DATABASE_URL.
import { parseArgs } from 'node:util';
import { endProcess } from '../../../src/end-process.ts';
import { assertBuilt } from '../../fakes/bot-process.ts';
import { judgeCampaign } from './campaign.ts';
import { describeFaults, reportOf } from './report.ts';
import { makeEmptyStore, type Round, runRound, type StoreKind } from './round.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    seed: { type: 'string' },
    store: { type: 'string', default: process.env.TEST_DATABASE_URL ? 'both' : 'embedded' },
    jobs: { type: 'string', default: '4' },
  },
});
const rounds = Number(values.rounds);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const jobs = Number(values.jobs);
const stores: StoreKind[] = values.store === 'both' ? ['embedded', 'postgres'] : [values.store as StoreKind];
const say = (text: string) => void process.stdout.write(`${text}\n`);

if (![rounds, seed, jobs].every((one) => Number.isInteger(one) && one >= 0) || rounds < 1 || jobs < 1)
  throw new Error('--rounds, --seed and --jobs are whole numbers');
if (!stores.every((store) => store === 'embedded' || store === 'postgres'))
  throw new Error('--store is embedded, postgres or both');
if (stores.includes('postgres') && !process.env.TEST_DATABASE_URL)
  throw new Error('PostgreSQL needs TEST_DATABASE_URL');

await assertBuilt();
say(`seed ${seed}`);
const broken: string[] = [];
const done = await runAll(
  stores.flatMap((store) => Array.from({ length: rounds }, (_, at) => ({ store, seed: seed + at }))),
);
const untried: string[] = [];
for (const store of stores) {
  const rounds = done.filter((round) => round.store === store).sort((a, b) => a.seed - b.seed);
  say(`\n${reportOf(store, rounds)}`);
  untried.push(...judgeCampaign(rounds).map((fault) => `on the ${store} store: ${fault}`));
}
const faulty = done.filter(({ faults }) => faults.length > 0);
for (const round of faulty) say(`  ${describeFaults(round)}`);
for (const one of [...broken, ...untried]) say(`  ${one}`);
const failed = faulty.length + broken.length + untried.length;
say(`\n  ${done.length - faulty.length} passing`);
if (failed > 0) say(`  ${failed} failing`);
endProcess(failed > 0 ? 1 : 0);

/** Several at a time, whichever store they are on: on PostgreSQL a round mostly waits, on the embedded one it mostly computes. */
async function runAll(wanted: readonly { store: StoreKind; seed: number }[]): Promise<Round[]> {
  const maker = stores.includes('embedded') ? await makeEmptyStore() : null;
  const left = stores.length > 1 ? wanted.toSorted((a, b) => a.seed - b.seed) : [...wanted];
  const rounds: Round[] = [];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { seed, store: on } = next;
      const round = await runRound(seed, on, maker?.folder ?? null).catch((error: unknown) => {
        broken.push(`seed ${seed} on ${on} could not be played: ${error instanceof Error ? error.stack : error}`);
      });
      if (!round) continue;
      rounds.push(round);
      const { store, end, posts, approvals, kills, ms } = round;
      const state = round.faults.length === 0 ? 'ok' : 'FAULT';
      say(
        `${store} ${round.seed}: ${state}, ${end}, ${posts.received}/${approvals} POSTs, ${kills.length} kills, ${ms} ms`,
      );
      for (const fault of round.faults) say(`  ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  await maker?.remove();
  return rounds;
}
