// `npm run chaos -- [--minutes 10] [--seed 1] [--replicas 3] [--store both|embedded|postgres] [--[no-]restartPostgres] [--rounds N]`:
// mixed stories while processes are killed and stopped, Graph, Teams and PostgreSQL fail and clocks jump; then an oracle looks
// whether anything was done twice, lost or left. PostgreSQL is the one of TEST_DATABASE_URL. It is restarted where that can be done
// from here and nobody else uses it; with `--restartPostgres` whoever uses it, and where it cannot be done nothing is played.
import { parseArgs } from 'node:util';
import { minute } from '../../../src/domain/time.ts';
import { endProcess } from '../../../src/end-process.ts';
import { assertBuilt } from '../../fakes/bot-process.ts';
import { findRestart, type RestartPostgres } from '../../fakes/restart-postgres.ts';
import { makeEmptyStore } from '../crash/round.ts';
import { type FaultKind, faultKinds } from './faults.ts';
import { reportOf } from './report.ts';
import { type Round, type RoundOptions, runRound } from './round.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    replicas: { type: 'string', default: '3' },
    rounds: { type: 'string' },
    store: { type: 'string', default: process.env.TEST_DATABASE_URL ? 'both' : 'embedded' },
    restartPostgres: { type: 'boolean' },
  },
  allowNegative: true,
});
const [minutes, firstSeed, replicas] = [values.minutes, values.seed, values.replicas].map(Number) as [
  number,
  number,
  number,
];
const most = values.rounds === undefined ? Number.POSITIVE_INFINITY : Number(values.rounds);
const stores =
  values.store === 'both' ? (['postgres', 'embedded'] as const) : [values.store as 'postgres' | 'embedded'];
const say = (text: string) => void process.stdout.write(`${text}\n`);
if (!(minutes > 0) || !Number.isInteger(firstSeed) || !(replicas >= 1) || !(most > 0))
  throw new Error('--minutes, --seed, --replicas and --rounds are numbers');
const testDatabaseUrl = process.env.TEST_DATABASE_URL ?? '';
if (stores.includes('postgres') && !testDatabaseUrl) throw new Error('PostgreSQL needs TEST_DATABASE_URL');

await assertBuilt();
const empty = stores.includes('embedded') ? await makeEmptyStore() : null;
const { restartPostgres, whyNot } = await mayRestart();
const wiredKinds: readonly FaultKind[] = ['storeCut', 'storeGone', 'storeRestarted'];
const ofDisks: readonly FaultKind[] = ['diskFull'];

const settings: Record<(typeof stores)[number], Omit<RoundOptions, 'seed'>> = {
  postgres: {
    kinds: faultKinds.filter((kind) => !ofDisks.includes(kind) && (kind !== 'storeRestarted' || restartPostgres)),
    replicas,
    restartPostgres,
    dataFrom: null,
  },
  embedded: {
    kinds: faultKinds.filter((kind) => !wiredKinds.includes(kind)),
    replicas: 0,
    restartPostgres: null,
    dataFrom: empty?.folder ?? null,
  },
};

/** `whyNot`: for the report. */
async function mayRestart(): Promise<{ restartPostgres: RestartPostgres | null; whyNot: string }> {
  if (!stores.includes('postgres')) return { restartPostgres: null, whyNot: 'it is not used' };
  if (values.restartPostgres === false) return { restartPostgres: null, whyNot: '--no-restartPostgres' };
  try {
    const spareOthers = values.restartPostgres === undefined;
    return { restartPostgres: await findRestart(testDatabaseUrl, { spareOthers }), whyNot: '' };
  } catch (error) {
    if (values.restartPostgres) throw error;
    return { restartPostgres: null, whyNot: error instanceof Error ? error.message : String(error) };
  }
}

const began = Date.now();
const rounds = new Map<string, Round[]>(stores.map((store) => [store, []]));
let failing = 0;
let passing = 0;
for (let at = 0; at < most && (at === 0 || Date.now() - began < minutes * minute); at += 1) {
  const store = stores[at % stores.length] as (typeof stores)[number];
  const seed = firstSeed + at;
  try {
    const round = await runRound({ seed, ...settings[store] });
    rounds.get(store)?.push(round);
    const { violations, plan, ms } = round;
    const faults = [...round.struck.values()].reduce((sum, count) => sum + count, 0);
    say(
      `${store} ${seed}: ${violations.length === 0 ? 'ok' : 'VIOLATED'}, ${plan.stories.length} stories, ${faults} faults, ${ms} ms`,
    );
    for (const { rule, what } of violations) say(`    ${rule}: ${what}`);
    if (violations.length > 0)
      say(
        round.lines
          .slice(-100)
          .map((line) => `      ${line}`)
          .join('\n'),
      );
    if (violations.length > 0) failing += 1;
    else passing += 1;
  } catch (error) {
    failing += 1;
    say(`${store} ${seed}: could not be played: ${error instanceof Error ? error.stack : error}`);
  }
}

function noteOfRestarts(own: readonly Round[]): string {
  if (restartPostgres === null) return `PostgreSQL was not restarted: ${whyNot}`;
  const restarts = own.reduce((sum, { struck }) => sum + (struck.get('PostgreSQL restarted') ?? 0), 0);
  return `PostgreSQL was restarted ${restarts} times`;
}

await empty?.remove();
const minutesTaken = (Date.now() - began) / minute;
for (const [store, own] of rounds) {
  const what =
    store === 'postgres' ? `chaos, ${replicas} replicas on PostgreSQL` : 'chaos, one bot on the embedded store';
  const notes = store === 'postgres' ? [noteOfRestarts(own)] : [];
  if (own.length > 0) say(`\n${reportOf(what, own, minutesTaken, notes)}`);
}
say(`\n  ${passing} passing`);
if (failing > 0) say(`  ${failing} failing`);
endProcess(failing > 0 ? 1 : 0);
