// Graph in trouble at every call of the story.
import assert from 'node:assert/strict';
import type { Fault, GraphCall } from '../../../src/simulator/index.ts';
import { type BadDay, type Day, type Expectation, expecting, NeverStruckError } from './bad-day.ts';
import { type CallSites, type GraphSite, type PartSite, patternOfCall, patternOfPart, steps } from './call-sites.ts';
import { ownStory } from './story.ts';

interface Trouble {
  name: string;
  fault: Fault;
  /** Strikes for this long from its first time on; once when left out. */
  forMs?: number;
  seconds: number;
}

const throttled: Trouble = { name: '429', fault: { status: 429, retryAfter: 1 }, seconds: 8 };
const unavailable: Trouble = { name: '503', fault: { status: 503 }, seconds: 8 };
const late: Trouble = { name: '504', fault: { status: 504 }, seconds: 8 };

const ofRequests: readonly Trouble[] = [
  throttled,
  unavailable,
  late,
  { name: 'reset before', fault: 'reset', seconds: 8 },
  { name: 'reset after', fault: 'resetAfter', seconds: 8 },
  { name: 'hang', fault: 'hang', seconds: 20 },
  { name: '503 for 5 s', fault: { status: 503 }, forMs: 5000, seconds: 40 },
];
const ofParts: readonly Trouble[] = [throttled, unavailable, late];
const ofStart: readonly Trouble[] = [
  { name: '503 although applied', fault: { applyThenStatus: 503 }, seconds: 8 },
  { name: '504 although applied', fault: { applyThenStatus: 504 }, seconds: 8 },
];

const isStart = ({ pattern }: GraphSite) => pattern.endsWith('/reprovision');
const isMail = ({ pattern }: GraphSite) => pattern.endsWith('/sendMail');

export function graphFaults({ graph }: CallSites): BadDay[] {
  assert.ok(graph.some(isStart) && graph.some(isMail), 'the recorded story has no POST or no mail');
  return graph.flatMap((site) => [
    ...[...ofRequests, ...(isStart(site) ? ofStart : [])].map((trouble) => toBadDay(site, null, trouble)),
    ...site.parts.flatMap((part) => ofParts.map((trouble) => toBadDay(site, part, trouble))),
  ]);
}

function toBadDay(site: GraphSite, part: PartSite | null, trouble: Trouble): BadDay {
  const special = isStart(site) ? expectationOfStart(trouble) : isMail(site) ? expectationOfMail(trouble) : {};
  const slow = (isStart(site) && /hang|429|5 s/.test(trouble.name)) || (isMail(site) && trouble.name === 'hang');
  return {
    theme: 'graph',
    place: part === null ? site.name : `${site.name}, part ${part.pattern}${part.nth > 1 ? ` (${part.nth})` : ''}`,
    trouble: trouble.name,
    story: ownStory,
    seconds: slow ? 45 : trouble.seconds,
    expect: expecting(ownStory, special),
    play: (day) => playWithFault(day, site, part, trouble),
  };
}

/** Only a 429 says for certain that nothing was applied; after everything else a person decides, or Graph shows it. */
function expectationOfStart({ name, fault }: Trouble): Partial<Expectation> {
  if (name === '429') return { received: [2, 2] };
  const isApplied = fault === 'resetAfter' || (typeof fault === 'object' && 'applyThenStatus' in fault);
  if (isApplied) return { seen: { channel: /Ready/ } };
  const decides = /A person must decide/;
  return { restarts: [1, 5], seen: { channel: decides, ada: decides } };
}

/** Graph has no key against doubles: a mail that may have left is not sent again. */
function expectationOfMail({ name, fault }: Trouble): Partial<Expectation> {
  if (name === '429') return { history: /Mail sent/ };
  return { mails: fault === 'resetAfter' ? [1, 1] : [0, 0], history: /Mail: unclear whether it was sent/ };
}

async function playWithFault(day: Day, site: GraphSite, part: PartSite | null, trouble: Trouble): Promise<void> {
  let strike = { hits: 0 };
  for (const step of steps) {
    if (step === site.step) strike = strikeAt(day, site, part, trouble);
    await day.people[step]();
  }
  await waitFor(() => strike.hits > 0, '').catch(() => {
    throw new NeverStruckError(`the fault never struck: ${site.step} ${site.pattern}`);
  });
}

function strikeAt({ whole }: Day, site: GraphSite, part: PartSite | null, trouble: Trouble): { hits: number } {
  const isHit = part === null ? hitsRequest(site) : hitsPart(site, part);
  let firstAt: number | null = null;
  const where = (call: GraphCall) => {
    const isOver = firstAt !== null && performance.now() > firstAt + (trouble.forMs ?? 0);
    if (isOver || !isHit(call)) return false;
    firstAt ??= performance.now();
    return true;
  };
  const times = trouble.forMs === undefined ? 1 : undefined;
  return whole.simulator.faults.add({ match: { where }, times, fault: trouble.fault });
}

/** A part comes after its batch, and carries the id of it. */
function hitsRequest(site: GraphSite): (call: GraphCall) => boolean {
  const batches = new Set<string>();
  return (call) => {
    const isPart = batches.has(call.requestId);
    if (call.path === '/$batch') batches.add(call.requestId);
    return !isPart && patternOfCall(call) === site.pattern;
  };
}

function hitsPart(site: GraphSite, part: PartSite): (call: GraphCall) => boolean {
  /** How many parts of the pattern each batch of the site has had. */
  const batches = new Map<string, number>();
  return (call) => {
    const before = batches.get(call.requestId);
    if (before === undefined) {
      if (patternOfCall(call) === site.pattern) batches.set(call.requestId, 0);
      return false;
    }
    if (patternOfPart(call) !== part.pattern) return false;
    batches.set(call.requestId, before + 1);
    return before + 1 === part.nth;
  };
}

/** Within half a minute. */
export async function waitFor(holds: () => boolean, otherwise: string): Promise<void> {
  for (const end = performance.now() + 30_000; !holds(); await new Promise((done) => setTimeout(done, 50))) {
    if (performance.now() > end) throw new Error(otherwise);
  }
}
