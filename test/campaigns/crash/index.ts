// `npm run crash -- --rounds N --seed S [--store embedded|postgres|both] [--jobs N]`: kills the bot at random instants of the
// story and looks whether anything was done twice, lost or left. PostgreSQL is the one of TEST_DATABASE_URL.
import { parseArgs } from 'node:util';
import { assertBuilt } from '../../fakes/bot-process.ts';
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
let failed = 0;
for (const store of stores) {
  const done = await runAll(store);
  say(`\n${reportOf(store, done)}`);
  for (const round of done.filter(({ faults }) => faults.length > 0)) say(`  ${describeFaults(round)}`);
  failed += done.filter(({ faults }) => faults.length > 0).length;
}
say(`\n  ${rounds * stores.length - failed} passing`);
if (failed > 0) say(`  ${failed} failing`);
process.exit(failed > 0 ? 1 : 0);

async function runAll(store: StoreKind): Promise<Round[]> {
  const done: Round[] = [];
  const maker = store === 'embedded' ? await makeEmptyStore() : null;
  let next = 0;
  const worker = async () => {
    while (next < rounds) {
      const mine = seed + next;
      next += 1;
      const round = await runRound(mine, store, maker?.folder ?? null);
      done.push(round);
      const state = round.faults.length === 0 ? 'ok' : 'FAULT';
      say(
        `${store} ${mine}: ${state}, ${round.end}, ${round.posts.received}/${round.approvals} POSTs, ${round.kills.length} kills, ${round.ms} ms`,
      );
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  await maker?.remove();
  return done.sort((a, b) => a.seed - b.seed);
}
