// One round: Microsoft, the replicas, people with their stories, a storm of faults, calm, and the judgement.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { minute, second } from '../../../src/domain/time.ts';
import { loadPolicyFile } from '../../../src/policy-file.ts';
import { type AuditVerdict, sealAudit, verifyAudit } from '../../../src/requests/seal-audit.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { type Microsoft, serviceUrl, startMicrosoft } from '../../fakes/microsoft/index.ts';
import { createPeople } from '../../fakes/people.ts';
import { createRandom } from '../../fakes/random.ts';
import type { RestartPostgres } from '../../fakes/restart-postgres.ts';
import { createTestDatabase, silentLog, unitOfWorkOf } from '../../fakes/store.ts';
import { testAuditKey } from '../../fakes/teams.ts';
import { addFleet } from '../bulk/tenant.ts';
import { readEvidence, readLeftOver, untilNothingIsLeft } from '../crash/evidence.ts';
import { breakThings, type FaultKind, talkers } from './faults.ts';
import { judgeChain, judgeEnds, judgePresses, judgeUntouched } from './judge-after.ts';
import { collectButtons, keepAnswers, pressAll, sortButtons } from './old-buttons.ts';
import { type Judgement, judge } from './oracle.ts';
import { fleetSize, planRound, type RoundPlan } from './plan.ts';
import { createReplicas } from './replicas.ts';
import type { Violation } from './rules.ts';
import { settleWhatWaits } from './settling.ts';
import { createLooks, type Looks, readStanding, type Where } from './standing.ts';
import { playStory, type Stage } from './stories.ts';

export interface Round extends Judgement {
  plan: RoundPlan;
  struck: ReadonlyMap<string, number>;
  decisions: number;
  seals: number;
  pressed: Pressed;
  ms: number;
  /** The newest lines of the log, for a round with violations. */
  lines: string[];
}

/** How many old buttons there were. */
export interface Pressed {
  ended: number;
  beginning: number;
  /** Left alone. */
  ofDrafts: number;
}

export interface RoundOptions {
  seed: number;
  kinds: readonly FaultKind[];
  /** On PostgreSQL so many replicas; 0: one bot on the embedded store. */
  replicas: number;
  restartPostgres: RestartPostgres | null;
  /** For the embedded store: a folder whose `data` is an empty store. */
  dataFrom: string | null;
}

const quietMs = 8 * second;
const calmWithinMs = 5 * minute;

const policy = `
limits: { unknownAfter: 4s, canary: 1, waveSize: 3, startsPerHour: 2000 }
windows365:
  licenceGroups: ["lic - Windows 365 Enterprise - 4 vCPU 16 GB 256 GB"]
  provisioningGroupPrefix: "cfg - Windows 365 - Provisioning - "
  provisioningGroup: "cfg - Windows 365 - Provisioning - Office"
  userSettingsGroupPrefix: "cfg - Windows 365 - User Settings - "
  userSettingsGroup: "cfg - Windows 365 - User Settings - restore allowed"
`;

export async function runRound(options: RoundOptions): Promise<Round> {
  const startedAt = Date.now();
  const plan = planRound(options.seed, options.kinds);
  const microsoft = await startMicrosoft({ buildMs: 1500 });
  const fleet = addFleet(microsoft.simulator, fleetSize, plan.failEvery);
  const database = options.replicas > 0 ? await createTestDatabase() : null;
  const replicas = await createReplicas({
    microsoft,
    database,
    count: Math.max(1, options.replicas),
    env: { GRAPH_BULK: plan.bulkWay },
    policy,
    dataFrom: options.dataFrom,
    doubledPercent: plan.doubledPercent,
    random: createRandom(plan.seed),
  });
  try {
    await Promise.all(replicas.all.map((replica) => replicas.revive(replica)));
    const kept = keepAnswers((activity) => replicas.deliver(activity));
    const people = createPeople({ url: '' }, { ...microsoft, serviceUrl }, kept.deliver);
    const looks = createLooks(replicas, database);
    const stage: Stage = { people, microsoft, fleet };
    await people.says('adam', 'use this channel for approvals', { thread: '1' });
    for (const who of talkers) await people.says(who, 'language en');

    const storm = breakThings({ microsoft, replicas, restartPostgres: options.restartPostgres }, plan.faults);
    replicas.supervise();
    const settler = settleWhatWaits(stage, plan.operator);
    const played = await Promise.all(plan.stories.map((story) => playStory(stage, story)));
    await storm.over;
    await replicas.dismiss();
    await comeBack(stage);
    await calmDown(stage, looks);
    settler.stop();
    await settler.done;
    const old = await tryOldButtons(microsoft, looks, kept);

    const policyFile = join(replicas.all[0]?.bot.folder ?? '', 'policy.yaml');
    const evidence = await readEvidence(looks.where, await loadPolicyFile(policyFile));
    const judgement = judge({ evidence, microsoft, played, fleet, disturbances: storm.disturbances });
    const chain = await verify(looks.where);
    const ends = judgeEnds(looks.codes, replicas.endedByItself, storm.struck.get('disk full') ?? 0);
    return {
      ...judgement,
      violations: [...judgement.violations, ...old.violations, ...ends, ...judgeChain(chain)],
      plan,
      struck: storm.struck,
      decisions: settler.decisions,
      seals: chain.seals,
      pressed: old.pressed,
      ms: Date.now() - startedAt,
      lines: replicas.all.flatMap(({ bot }) => bot.lines.slice(-200)),
    };
  } finally {
    await replicas.remove();
    await microsoft.stop();
    await database?.drop();
  }
}

/** Everybody is heard from once more, where they are told things: what Teams refused there can be sent again. */
async function comeBack({ people }: Stage): Promise<void> {
  for (const who of talkers) await people.says(who, 'help');
  await people.says('adam', 'status', { thread: '1' });
}

/** Nothing is asked of Microsoft any more, and nothing is left to do. */
async function calmDown({ microsoft }: Stage, { where, look }: Looks): Promise<void> {
  const end = Date.now() + calmWithinMs;
  const untilQuiet = async () => {
    while (Date.now() < end && Date.now() - (microsoft.front.passages.at(-1)?.at ?? 0) < quietMs) await wait(250);
  };
  await untilQuiet();
  if ('databaseUrl' in where) return untilNothingIsLeft(where.databaseUrl, Math.max(second, end - Date.now()));
  for (;;) {
    const left = await look(readLeftOver);
    if (left.length === 0 || Date.now() > end) return untilQuiet();
    await wait(15 * second);
    await untilQuiet();
  }
}

/** Nothing at all comes of those of what has ended; and then nothing but forms of those that begin something. Ends all processes. */
async function tryOldButtons(
  microsoft: Microsoft,
  { where, look, stopAll }: Looks,
  { answers, heard, deliver }: ReturnType<typeof keepAnswers>,
): Promise<{ violations: Violation[]; pressed: Pressed }> {
  const read = (there: Where) => readStanding(there, microsoft);
  const atFirst = await look(read);
  const heardBefore = new Set(heard);
  const { ended, beginning, ofDrafts } = sortButtons(collectButtons(microsoft, [...answers]), atFirst);
  const late = await pressAll(ended, heardBefore, deliver);
  await wait(2 * second);
  const afterThose = await look(read);
  const again = await pressAll(beginning, heardBefore, deliver);
  await wait(2 * second);
  await stopAll();
  const atLast = await read(where);
  return {
    violations: [
      ...judgePresses([...late, ...again]),
      ...judgeUntouched(atFirst, afterThose, 'nothing'),
      ...judgeUntouched(afterThose, atLast, 'forms'),
    ],
    pressed: { ended: ended.length, beginning: beginning.length, ofDrafts: ofDrafts.length },
  };
}

async function verify(where: Where): Promise<AuditVerdict> {
  const store = await openStore({ ...where, log: silentLog });
  try {
    const unitOfWork = unitOfWorkOf(store);
    // What the bot would have sealed by and by: only what has been there for a while is.
    for (let at = 0; at < 2; at += 1) {
      await sql`update audit_horizon set noted_at = noted_at - interval '1 hour'`.execute(store.db);
      await sealAudit({ unitOfWork, log: silentLog }, testAuditKey);
    }
    return await verifyAudit({ unitOfWork }, testAuditKey);
  } finally {
    await store.close();
  }
}
