// What breaks: processes, Graph, Teams, PostgreSQL, clocks. Each fault lasts for a while and is mended by itself; when it struck is
// kept, since only that excuses that something was told twice or that a mail is missing.
import { setTimeout as wait } from 'node:timers/promises';
import { second } from '../../../src/domain/time.ts';
import type { Fault } from '../../../src/simulator/index.ts';
import type { ConnectorFault } from '../../fakes/connector.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { createRandom, type Random } from '../../fakes/random.ts';
import type { RestartPostgres } from '../../fakes/restart-postgres.ts';
import { type CastMember, channelId, chatOf } from '../../fakes/teams.ts';
import type { FaultPlan } from './plan.ts';
import type { Replica, Replicas } from './replicas.ts';

export const faultKinds = [
  'kill',
  'stop',
  'graph',
  'graphAtStart',
  'teams',
  'teamsRefuses',
  'storeCut',
  'storeGone',
  'storeRestarted',
  'clock',
  'diskFull',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** A while in which something was wrong, and where. */
export interface Disturbance {
  kind: FaultKind;
  /** As the report has it; of Graph and Teams without their names. */
  name: string;
  from: number;
  to: number;
  /** The chat or channel; null: everywhere. */
  conversationId: string | null;
  /** How far a clock was ahead (behind: below zero) of the one on the wall, by which `from` and `to` are. */
  offsetMs: number;
}

export interface Storm {
  disturbances: Disturbance[];
  /** How often each kind struck; a fault that waited for a call that never came did not. */
  struck: Map<string, number>;
  /** The last fault is over and all is mended; rejects when a process could not be started again. */
  over: Promise<void>;
}

export interface Breakable {
  microsoft: Microsoft;
  replicas: Replicas;
  /** null: it may not be restarted. */
  restartPostgres: RestartPostgres | null;
}

/** These have chats in which they can write again; whoever cannot is told nothing for good. */
export const talkers: readonly CastMember[] = ['ada', 'ben', 'adam', 'ivan'];

export function breakThings(on: Breakable, plans: readonly FaultPlan[]): Storm {
  const storm: Omit<Storm, 'over'> = { disturbances: [], struck: new Map() };
  const count = (name: string) => void storm.struck.set(name, (storm.struck.get(name) ?? 0) + 1);
  const note: Tools['note'] = (kind, name, { conversationId = null, offsetMs = 0 } = {}) => {
    const disturbance = { kind, name, from: Date.now(), to: Number.POSITIVE_INFINITY, conversationId, offsetMs };
    storm.disturbances.push(disturbance);
    return disturbance;
  };
  const tools: Tools = { ...on, count, note };
  const all = plans.map(async ({ kind, afterMs, seed }) => {
    await wait(afterMs);
    await inject[kind](tools, createRandom(seed));
  });
  const over = Promise.all(all).then(() => on.microsoft.simulator.faults.clear());
  return { ...storm, over };
}

interface Tools extends Breakable {
  count(name: string): void;
  note(kind: FaultKind, name: string, more?: Partial<Pick<Disturbance, 'conversationId' | 'offsetMs'>>): Disturbance;
}

const inject: Readonly<Record<FaultKind, (tools: Tools, random: Random) => Promise<void>>> = {
  async kill(tools, random) {
    const replica = take(tools, random);
    if (!replica) return;
    const disturbance = tools.note('kill', 'SIGKILL');
    await replica.bot.kill();
    disturbance.to = Date.now();
    tools.count('SIGKILL');
    await wait(random.between(0, 3 * second));
    await tools.replicas.revive(replica);
    replica.isTaken = false;
  },

  async stop(tools, random) {
    const replica = take(tools, random);
    if (!replica) return;
    const disturbance = tools.note('stop', 'SIGSTOP');
    replica.bot.child?.kill('SIGSTOP');
    tools.count('SIGSTOP');
    // Past the end of its leases, or well within them.
    await wait(random.pick([2, 8, 40]) * second);
    replica.bot.child?.kill('SIGCONT');
    disturbance.to = Date.now();
    replica.isTaken = false;
  },

  async graph(tools, random) {
    const fault = random.pick(graphFaults);
    strikeGraph(tools, 'graph', fault, undefined, random.between(1, 4));
  },

  async graphAtStart(tools, random) {
    strikeGraph(
      tools,
      'graphAtStart',
      random.pick(graphFaults),
      /reprovision$|bulkActions$|bulkReprovisionCloudPc$|\$ref$/,
      1,
    );
  },

  async teams(tools, random) {
    const [name, fault] = random.pick(passingFaults);
    strikeTeams(tools, 'teams', name, fault, random.between(1, 3), () => true);
  },

  /** Until somebody is heard from there again. */
  async teamsRefuses(tools, random) {
    const [name, fault] = random.pick(refusals);
    const place = random.pick([channelId, ...talkers.map(chatOf)]);
    strikeTeams(tools, 'teamsRefuses', name, fault, 1, (conversationId) => conversationId?.split(';')[0] === place);
  },

  async storeCut(tools, random) {
    const replica = random.pick(tools.replicas.all);
    await cut(tools, 'storeCut', [replica], random);
  },

  async storeGone(tools, random) {
    await cut(tools, 'storeGone', tools.replicas.all, random);
  },

  async storeRestarted(tools) {
    if (!tools.restartPostgres) return;
    const disturbance = tools.note('storeRestarted', 'PostgreSQL restarted');
    const isDone = await tools.restartPostgres();
    tools.count(isDone ? 'PostgreSQL restarted' : 'PostgreSQL not restarted: others use it now');
    disturbance.to = isDone ? Date.now() + 5 * second : disturbance.from;
  },

  /** Whoever cannot go on ends, and is started again once there is room. */
  async diskFull(tools, random) {
    const [replica] = tools.replicas.all;
    if (!replica || replica.isTaken) return;
    const disturbance = tools.note('diskFull', 'disk full');
    await replica.fillDisk(true);
    tools.count('disk full');
    await wait(random.between(1, 8) * second);
    await replica.fillDisk(false);
    disturbance.to = Date.now() + 10 * second;
  },

  async clock(tools, random) {
    const replica = random.pick(tools.replicas.all);
    // What was planned while it was ahead waits until then.
    const offset = random.pick([-1200, -120, 120]) * second;
    const name = `clock ${offset > 0 ? '+' : ''}${offset / second} s`;
    const disturbance = tools.note('clock', name, { offsetMs: offset });
    tools.count(name);
    await replica.setClock(offset);
    await wait(random.between(3, 15) * second);
    await replica.setClock(0);
    disturbance.to = Date.now() + 5 * second;
  },
};

/** One that nobody else kills or stops just now. */
function take({ replicas }: Tools, random: Random): Replica | null {
  const free = replicas.all.filter(({ isTaken }) => !isTaken);
  if (free.length === 0) return null;
  const replica = random.pick(free);
  replica.isTaken = true;
  return replica;
}

const graphFaults: readonly Fault[] = [
  { status: 429, retryAfter: 2 },
  { status: 429 },
  { status: 500 },
  { status: 503, retryAfter: 1 },
  { status: 504 },
  { applyThenStatus: 504 },
  { delayMs: 4000 },
  'reset',
  'resetAfter',
  'hang',
  'endless',
];

function strikeGraph(tools: Tools, kind: FaultKind, fault: Fault, path: RegExp | undefined, times: number): void {
  const name = typeof fault === 'string' ? fault : (Object.entries(fault)[0]?.join(' ') ?? '');
  const { faults } = tools.microsoft.simulator;
  let left = times;
  const strikes = (): boolean => {
    if (left === 0) return false;
    left -= 1;
    tools.count(`Graph ${name}`);
    tools.note(kind, name).to = Date.now() + 100 * second;
    return true;
  };
  faults.add({ match: path ? { method: 'POST', path, where: strikes } : { where: strikes }, fault });
}

const withCode = (status: number, code: string): ConnectorFault => ({
  status,
  body: { error: { code, message: code } },
});

const passingFaults: readonly (readonly [string, ConnectorFault])[] = [
  ['412', withCode(412, 'PreconditionFailed')],
  ['413', withCode(413, 'MessageSizeTooBig')],
  ['429', { ...withCode(429, 'Throttled'), headers: { 'Retry-After': '2' } }],
  ...[500, 502, 503, 504].map((status) => [String(status), { status, body: 'gateway' }] as const),
  ['502 after the effect', { status: 502, body: 'gateway', applied: true }],
  ['reset', { how: 'reset' }],
  ['reset after the effect', { how: 'reset', applied: true }],
  ['hang', { how: 'hang' }],
  ['late', { slowMs: 6000 }],
];

const refusals: readonly (readonly [string, ConnectorFault])[] = [
  ['403', withCode(403, 'BotNotInConversationRoster')],
  ['403 blocked', withCode(403, 'ConversationBlockedByUser')],
  ['404 message', withCode(404, 'ActivityNotFoundInConversation')],
  ['404 conversation', withCode(404, 'ConversationNotFound')],
];

function strikeTeams(
  tools: Tools,
  kind: FaultKind,
  name: string,
  fault: ConnectorFault,
  times: number,
  isThere: (conversationId: string | null) => boolean,
): void {
  tools.microsoft.connector.failNext({
    ...fault,
    times,
    where({ conversationId }) {
      if (!isThere(conversationId)) return false;
      tools.count(`Teams ${name}`);
      tools.note(kind, name, { conversationId }).to = Date.now() + 60 * second;
      return true;
    },
  });
}

async function cut(tools: Tools, kind: FaultKind, replicas: readonly Replica[], random: Random): Promise<void> {
  const whole = replicas.filter(({ isCut }) => !isCut);
  if (whole.length === 0) return;
  const wires = whole.flatMap(({ wire }) => wire ?? []);
  for (const replica of whole) replica.isCut = true;
  const how = random.pick(['refuses', 'swallows'] as const);
  const name = `PostgreSQL ${how} (${wires.length} of ${tools.replicas.all.length} replicas)`;
  const disturbance = tools.note(kind, name);
  for (const wire of wires) await wire.cut(how);
  tools.count(name);
  await wait(random.between(2, 15) * second);
  for (const wire of wires) await wire.mend();
  for (const replica of whole) replica.isCut = false;
  disturbance.to = Date.now() + 5 * second;
}
