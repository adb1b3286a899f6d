// One round: Microsoft, the replicas, people with their stories, a storm of faults, calm, and the judgement.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { minute, second } from '../../../src/domain/time.ts';
import { loadPolicyFile } from '../../../src/policy-file.ts';
import { sealAudit, verifyAudit } from '../../../src/requests/seal-audit.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { hasButton } from '../../fakes/assigning.ts';
import { type Microsoft, serviceUrl, startMicrosoft } from '../../fakes/microsoft/index.ts';
import { createPeople } from '../../fakes/people.ts';
import { createRandom } from '../../fakes/random.ts';
import { createTestDatabase, silentLog, type TestDatabase, unitOfWorkOf } from '../../fakes/store.ts';
import { testAuditKey } from '../../fakes/teams.ts';
import { addFleet } from '../bulk/tenant.ts';
import { readEvidence, readLeftOver, untilNothingIsLeft } from '../crash/evidence.ts';
import { breakThings, type FaultKind, type Storm, talkers } from './faults.ts';
import { type Judgement, judge, type Violation } from './oracle.ts';
import { fleetSize, planRound, type RoundPlan } from './plan.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { settleWhatWaits } from './settling.ts';
import { below, playStory, roots, type Stage } from './stories.ts';

export interface Round extends Judgement {
  plan: RoundPlan;
  struck: ReadonlyMap<string, number>;
  decisions: number;
  seals: number;
  ms: number;
  /** The newest lines of the log, for a round with violations. */
  lines: string[];
}

export interface RoundOptions {
  seed: number;
  kinds: readonly FaultKind[];
  /** On PostgreSQL so many replicas; 0: one bot on the embedded store. */
  replicas: number;
  restartPostgres: (() => Promise<void>) | null;
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
    const people = createPeople({ url: '' }, { ...microsoft, serviceUrl }, (activity) => replicas.deliver(activity));
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
    await calmDown(stage, replicas, database);
    settler.stop();
    await settler.done;
    const oldButtons = await pressOldButtons(stage);
    const orderly = [...(await stopAll(replicas)), ...judgeEnds(replicas, storm)];

    const where = database
      ? { databaseUrl: database.databaseUrl }
      : { dataDir: join(replicas.all[0]?.bot.folder ?? '', 'data') };
    const evidence = await readEvidence(
      where,
      await loadPolicyFile(join(replicas.all[0]?.bot.folder ?? '', 'policy.yaml')),
    );
    const judgement = judge({ evidence, microsoft, played, fleet, disturbances: storm.disturbances });
    const audit = await verify(where);
    return {
      ...judgement,
      violations: [...judgement.violations, ...oldButtons, ...orderly, ...audit.violations],
      plan,
      struck: storm.struck,
      decisions: settler.decisions,
      seals: audit.seals,
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
async function calmDown({ microsoft }: Stage, replicas: Replicas, database: TestDatabase | null): Promise<void> {
  const end = Date.now() + calmWithinMs;
  const untilQuiet = async () => {
    while (Date.now() < end && Date.now() - (microsoft.front.passages.at(-1)?.at ?? 0) < quietMs) await wait(250);
  };
  await untilQuiet();
  if (database) return untilNothingIsLeft(database.databaseUrl, Math.max(second, end - Date.now()));
  // Only one process can have the embedded store open: it is looked into between two runs of the bot.
  for (const replica of replicas.all) {
    let left: string[];
    do {
      await replica.bot.kill('SIGTERM');
      left = await readLeftOver({ dataDir: join(replica.bot.folder, 'data') });
      await replicas.revive(replica);
      if (left.length > 0) await wait(15 * second);
      await untilQuiet();
    } while (left.length > 0 && Date.now() < end);
  }
}

const oldVerbs = ['request.approve', 'request.resend', 'request.treatAsStarted', 'request.cancel'] as const;

/** Also those of cards that came twice and are changed by nobody any more. */
async function pressOldButtons({ people, microsoft }: Stage): Promise<Violation[]> {
  const posts = () => JSON.stringify([microsoft.simulator.tenant.reprovisionPosts(), changesOfMembers(microsoft)]);
  const before = posts();
  for (const card of roots(people))
    for (const verb of oldVerbs)
      if (hasButton(card, verb))
        await people.presses(verb === 'request.approve' ? 'ivan' : 'adam', card, verb, {}, below(card));
  await wait(2 * second);
  return before === posts() ? [] : [{ rule: 'old buttons are harmless', what: `${before} became ${posts()}` }];
}

const changesOfMembers = ({ simulator }: Microsoft) =>
  simulator.requests.filter(({ method, path }) => method !== 'GET' && path.endsWith('/$ref')).length;

async function stopAll({ all }: Replicas): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const { bot } of all) {
    const code = await bot.kill('SIGTERM');
    if (code !== 0) violations.push({ rule: 'a process ends in order', what: `it ended with ${code}` });
  }
  return violations;
}

/** Only a disk without room ends a process; and then one that was full while it was written to. */
function judgeEnds({ endedByItself }: Replicas, { struck }: Storm): Violation[] {
  const most = struck.get('disk full') ?? 0;
  if (endedByItself <= most) return [];
  const what = `${endedByItself} ended by themselves, with a full disk ${most} times`;
  return [{ rule: 'a process ends in order', what }];
}

type Where = { databaseUrl: string } | { dataDir: string };

async function verify(where: Where): Promise<{ violations: Violation[]; seals: number }> {
  const store = await openStore({ ...where, log: silentLog });
  try {
    const unitOfWork = unitOfWorkOf(store);
    // What the bot would have sealed by and by: only what has been there for a while is.
    for (let at = 0; at < 2; at += 1) {
      await sql`update audit_horizon set noted_at = noted_at - interval '1 hour'`.execute(store.db);
      await sealAudit({ unitOfWork, log: silentLog }, testAuditKey);
    }
    const { seals, unsealed, broken } = await verifyAudit({ unitOfWork }, testAuditKey);
    const what = broken ? `seal ${broken.seal.id}` : `${seals} seals, ${unsealed} rows without one`;
    const isWhole = !broken && seals > 0 && unsealed === 0;
    return { seals, violations: isWhole ? [] : [{ rule: 'the audit’s chain verifies', what }] };
  } finally {
    await store.close();
  }
}
