// Two campaigns against the door of the whole bot: mutated activities with good tokens, and activities with bad tokens or none.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { createTexts } from '../../../src/locales/texts.ts';
import type { TokenChanges } from '../../fakes/bot-tokens.ts';
import { postRaw } from '../../fakes/teams.ts';
import { type RealActivity, realActivities } from './activities.ts';
import {
  type Answer,
  actorsSince,
  differences,
  faultsOfAnswer,
  isRefusal,
  type Mark,
  markStore,
  newestRequesters,
  personIn,
  readBody,
  wishIn,
} from './judge.ts';
import { mutate, type Plan, plan, type TokenPlan, tokenPlan } from './mutations.ts';
import type { World } from './world.ts';

export interface FuzzOptions {
  runs: number;
  seed: number;
  /** The number of one run, to see it alone. */
  only?: number | undefined;
  say?: ((text: string) => void) | undefined;
}

export interface Fault {
  run: number;
  kind: string;
  what: string;
  body: string;
}

export interface Report {
  runs: number;
  seed: number;
  kinds: number;
  statuses: Record<string, number>;
  /** Runs after which the store held something else. */
  effects: number;
  mostLogLines: number;
  logLines: number;
  /** KB of the heap that stay for each thousand runs, in the second half: the first warms the machine up. */
  growthKb: number;
  heapMb: number;
  ms: number;
  faults: Fault[];
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of what is kept, without the code that V8 compiles: of that there is more the longer a process runs. */
function keptBytes(): number {
  collect();
  const spaces = getHeapSpaceStatistics().filter((space) => !/code|trusted/.test(space.space_name));
  return spaces.reduce((sum, space) => sum + space.space_used_size, 0);
}

const inMb = (bytes: number) => bytes / 1024 / 1024;

/** A line for what happened is right; a flood is not. */
const mostLogLines = 4;
/** On the average, with those of jobs. */
const mostLinesForEach = 1;

export async function fuzzActivities(world: World, options: FuzzOptions): Promise<Report> {
  const tally = createTally(options);
  /** What was put off or goes on after its answer, and may have its effect a little later. */
  const late: { run: number; sent: Sent }[] = [];
  const linesBefore = world.underWay.allLines();
  let before = await markStore(world);
  for (const [run, one] of fc.sample(plan, { numRuns: options.runs, seed: options.seed }).entries()) {
    if (options.only !== undefined && run !== options.only) continue;
    const sent = write(world, one);
    world.underWay.take();

    const { answer, isPutOff } = await deliver(world, sent);

    const { lines, writes } = world.underWay.take();
    const after = await markStore(world);
    if (isPutOff && sent.person) late.push({ run, sent });
    while (late[0] && late[0].run < run - 30) late.shift();
    const causes = late.filter((other) => other.run !== run).map((other) => other.sent);
    if (writes.length > 0) causes.unshift(sent);
    const changed = differences(before, after);
    const found = [
      ...faultsOfAnswer(answer, sent.activity),
      ...faultsOfLog(lines),
      ...(isRefusal(answer) && writes.length > 0 ? [`refused, and yet it wrote ${writes.join('; ')}`] : []),
      ...(changed.length > 0 ? await faultsOfStore(world, before, after, causes) : []),
    ];
    tally.add({
      run,
      kind: sent.kind,
      answer,
      lines: lines.length,
      hasEffect: changed.length > 0,
      found,
      body: sent.body,
    });
    before = after;
    if (changed.some((name) => !shallow.includes(name))) {
      await world.putBack();
      before = await markStore(world);
    }
    if (world.whole.simulator.tenant.reprovisionPosts().received > 0) throw new Error(`Run ${run} started a rebuild`);
    if (run % 100 === 99) await tally.look(world);
  }
  const all = world.underWay.allLines() - linesBefore;
  const found = [
    ...(all > options.runs * mostLinesForEach ? [`${all} lines in the log, jobs and all`] : []),
    ...faultsOfLog(world.underWay.otherErrors()),
  ];
  tally.add({ run: options.runs, kind: 'all', answer: null, lines: 0, hasEffect: false, found, body: null });
  return tally.report(world);
}

/** Who has been met, and where. */
const shallow: readonly (keyof Mark)[] = ['people', 'places'];

async function deliver(
  world: World,
  { body, tokenUrl, activity }: Sent,
): Promise<{ answer: Answer; isPutOff: boolean }> {
  const { connector, authority } = world.whole;
  const calls = connector.calls.length;
  const answer = await post(world, body, `Bearer ${authority.mint(tokenUrl)}`);
  const said = JSON.stringify([answer.text, connector.calls.slice(calls).map((call) => call.body?.text)]);
  const isPutOff = moments.some((words) => said.includes(words)) || activity?.name === 'fileConsent/invoke';
  return { answer, isPutOff: isPutOff && answer.status === 200 };
}

const texts = createTexts();
const moments = (['en', 'de', 'fr'] as const).map((language) => texts.t(language, 'say.oneMoment'));

interface Sent {
  kind: string;
  body: Buffer;
  tokenUrl: string;
  activity: ReturnType<typeof readBody>;
  person: string | null;
  wish: string;
  /** The person and the wish of the activity before it was mutated. */
  was: { person: string; wish: string };
}

function write({ things }: World, one: Plan): Sent {
  const all = realActivities(things);
  const { kind, activity: real } = all[one.which % all.length] as RealActivity;
  const body = mutate(real, one);
  const activity = readBody(body);
  const claimed = activity?.serviceUrl;
  // Longer than Node takes a header, the token would never come before the bot.
  const canClaim = typeof claimed === 'string' && claimed.length < 3000;
  const tokenUrl = one.isTokenForBody && canClaim ? claimed : things.serviceUrl;
  const was = { person: String(real.from.aadObjectId), wish: wishIn(real) };
  return {
    kind,
    body,
    tokenUrl,
    activity,
    person: personIn(activity, tokenUrl, things.serviceUrl),
    wish: wishIn(activity),
    was,
  };
}

async function post({ whole }: World, body: Buffer, authorization: string | null): Promise<Answer> {
  const headers: Record<string, string> = authorization === null ? {} : { Authorization: authorization };
  try {
    const { status, body: read, text } = await postRaw({ url: whole.bot.url }, new Uint8Array(body), headers);
    return { status, body: read, text };
  } catch (error) {
    // Who still sends while too much is refused may find the connection closed before the answer is read.
    if (body.length <= mostBytes)
      throw new Error(`No answer to ${body.toString('utf8').slice(0, 3000)}`, { cause: error });
    return { status: 413, body: '', text: '{"error":"PayloadTooLarge"}' };
  }
}

const mostBytes = 256 * 1024;
/** Node's own for all headers together; the others are far below the difference. */
const mostHeaderBytes = 16 * 1024;
const otherHeaderBytes = 1024;

/** A token that is too long for a header is refused before anybody looks at it, and no other is refused for that. */
function faultsOfRefusal(answer: Answer, authorization: string | null): string[] {
  const bytes = authorization?.length ?? 0;
  const expected = bytes > mostHeaderBytes ? [431] : [400, 401, 413];
  if (bytes > mostHeaderBytes - otherHeaderBytes && bytes <= mostHeaderBytes) expected.push(431);
  if (!expected.includes(answer.status)) return [`answered ${answer.status} to a token`];
  if (answer.status !== 431) return faultsOfAnswer(answer, undefined);
  return answer.text === '{"error":"HeadersTooLarge"}' ? [] : [`the refusal says ${answer.text.slice(0, 200)}`];
}

function faultsOfLog(lines: World['whole']['log']['lines']): string[] {
  const told = lines.map(({ level, msg, fields }) => `${level}: ${msg}${fields.err ? `: ${fields.err}` : ''}`);
  const errors = told.filter((line) => line.startsWith('error'));
  return lines.length > mostLogLines ? [...errors, `${lines.length} lines in the log: ${told.join(' | ')}`] : errors;
}

/**
 * Nothing for nobody; and a request is made or changed for the sender alone, who wanted just that before it was mutated.
 * @param causes what may have had this effect: the activity that was just answered, if it wrote anything, and those put off
 */
async function faultsOfStore(world: World, before: Mark, after: Mark, causes: readonly Sent[]): Promise<string[]> {
  const changed = differences(before, after);
  const deep = changed.filter((name) => !shallow.includes(name));
  const actors = (await actorsSince(world, before)).filter((actor) => actor !== null);
  const made = Number(after.requests) - Number(before.requests);
  const requesters = made > 0 ? await newestRequesters(world, made) : [];
  const found = causes.map((one) => faultsOfCause(one, changed, deep, [...actors, ...requesters]));
  if (found.some((faults) => faults.length === 0)) return [];
  // Jobs learn where people can be written to; what they go on with was decided by somebody.
  return found[0] ?? (deep.length > 0 ? [`${deep} changed, and by no activity`] : []);
}

function faultsOfCause(
  { person, wish, was, activity }: Sent,
  changed: readonly string[],
  deep: readonly string[],
  names: readonly string[],
): string[] {
  const isEvent = activity?.type !== 'message' && activity?.type !== 'invoke';
  if (person === null && (deep.length > 0 || !isEvent)) return [`nobody’s, and yet it changed ${changed}`];
  if (deep.length === 0) return [];
  const faults: string[] = [];
  const others = names.filter((name) => name !== person);
  if (others.length > 0) faults.push(`done in the name of ${others}, sent by ${person}`);
  if (person !== was.person) faults.push(`${deep} changed for ${person}, who was ${was.person}`);
  if (wish !== was.wish) faults.push(`${deep} changed by “${wish}”, which was “${was.wish}”`);
  return faults;
}

// ── Bad tokens ─────────────────────────────────────────────────────────────────────────────────────────────────────

const atOnce = 10;

export async function fuzzTokens(world: World, options: FuzzOptions): Promise<Report> {
  const tally = createTally(options);
  const plans = fc.sample(fc.tuple(plan, tokenPlan, fc.boolean()), { numRuns: options.runs, seed: options.seed });
  const before = await markStore(world);
  const linesBefore = world.underWay.allLines();
  world.underWay.take();
  const numbered = [...plans.entries()].filter(([run]) => options.only === undefined || run === options.only);
  for (let at = 0; at < numbered.length; at += atOnce) {
    const calls = world.whole.connector.calls.length;
    await Promise.all(
      numbered.slice(at, at + atOnce).map(async ([run, [one, token, isMutated]]) => {
        const { kind, body } = write(world, isMutated ? one : { ...one, mutations: [], broken: null });
        const authorization = badToken(world, token);
        const answer = await post(world, body, authorization);
        const found = faultsOfRefusal(answer, authorization).map((fault) => `${fault}: ${JSON.stringify(token)}`);
        tally.add({ run, kind, answer, lines: 0, hasEffect: false, found, body });
      }),
    );
    if (world.whole.connector.calls.length > calls)
      tally.add({
        run: at,
        kind: 'any',
        answer: null,
        lines: 0,
        hasEffect: true,
        found: ['something was sent to Teams'],
        body: null,
      });
    if (at % 100 === 0) await tally.look(world, false);
  }
  const { lines, writes } = world.underWay.take();
  const all = world.underWay.allLines() - linesBefore;
  const changed = differences(before, await markStore(world));
  const found = [
    ...(changed.length > 0 ? [`${changed} changed`] : []),
    ...(writes.length > 0 ? [`the store was written to: ${writes.slice(0, 5).join('; ')}`] : []),
    // One for each kind of refusal, and one more a minute.
    ...(all > 6 + tally.minutes() * 3 ? [`${all} lines in the log`] : []),
    ...faultsOfLog([...lines, ...world.underWay.otherErrors()].filter(({ level }) => level === 'error')),
  ];
  tally.add({
    run: options.runs,
    kind: 'all',
    answer: null,
    lines: lines.length,
    hasEffect: changed.length > 0,
    found,
    body: null,
  });
  return tally.report(world);
}

/** null: no header at all. Never a good one. */
function badToken({ whole, things }: World, { kind, at, words, name, value }: TokenPlan): string | null {
  const mint = (changes: TokenChanges = {}) => `Bearer ${whole.authority.mint(things.serviceUrl, changes)}`;
  const good = mint();
  switch (kind) {
    case 'none':
      return null;
    case 'words':
      return words.trim() === '' ? 'x' : words;
    case 'letter':
      return withOtherLetter(good, at);
    case 'cut':
      return good.slice(0, at % good.length);
    case 'claim':
      return mint({ claims: { [name]: isGoodClaim(name, value) ? 'x' : value } });
    case 'header':
      return mint({ header: at % 2 === 0 ? { kid: value } : { alg: value } });
    case 'foreign':
      return mint({ foreignKey: true, claims: { exp: 9e9 + at } });
    case 'embedded':
      return mint({ foreignKey: 'embedded', claims: { exp: 9e9 + at } });
    case 'hmac':
      return mint({ hmacWithPublicKey: true });
    case 'unsigned':
      return mint({ unsigned: true, header: { alg: ['none', 'None', 'NONE', 'RS256', ''][at % 5] } });
    case 'scheme':
      return good.replace('Bearer', ['bearer', 'BEARER', 'Basic', 'Bearer Bearer', 'Token', 'Negotiate'][at % 6] ?? '');
    case 'parts':
      return `Bearer ${good
        .slice(7)
        .split('.')
        .toSorted(() => (at % 2 === 0 ? 1 : -1))
        .slice(0, 1 + (at % 2))
        .join('.')}`;
  }
}

/** A number is a time; of the times some are good. */
function isGoodClaim(name: string, value: unknown): boolean {
  return (
    (name === 'exp' && typeof value === 'number' && value > 1e9) ||
    (name === 'nbf' && (value === undefined || (typeof value === 'number' && !(value > 9e9))))
  );
}

/** Not in the last letter of a part, some bits of which count for nothing. */
function withOtherLetter(token: string, at: number): string {
  const places = [...token].flatMap((letter, place) =>
    /[\w-]/.test(letter) && place > 7 && /[\w-]/.test(token[place + 1] ?? '') ? [place] : [],
  );
  const place = places[at % places.length] ?? 8;
  const letter = token[place] === 'A' ? 'B' : 'A';
  return `${token.slice(0, place)}${letter}${token.slice(place + 1)}`;
}

// ── Counting ───────────────────────────────────────────────────────────────────────────────────────────────────────

interface Outcome {
  run: number;
  kind: string;
  answer: Answer | null;
  lines: number;
  hasEffect: boolean;
  found: string[];
  body: Buffer | null;
}

function createTally({ seed, say }: FuzzOptions) {
  const begun = performance.now();
  const statuses: Record<string, number> = {};
  const kinds = new Set<string>();
  const faults: Fault[] = [];
  const heap: number[] = [];
  let [effects, most, lines, done] = [0, 0, 0, 0];
  return {
    minutes: () => (performance.now() - begun) / 60_000,
    add(outcome: Outcome) {
      const { run, kind, answer, hasEffect, found, body } = outcome;
      if (answer) {
        done += 1;
        kinds.add(kind);
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      }
      if (hasEffect) effects += 1;
      most = Math.max(most, outcome.lines);
      lines += outcome.lines;
      for (const what of found) {
        say?.(`run ${run}, ${kind}: ${what}`);
        if (faults.length < 200) faults.push({ run, kind, what, body: body?.toString('utf8').slice(0, 3000) ?? '' });
      }
    },
    async look(world: World, mayForget = true) {
      if (mayForget) await world.forget();
      heap.push(keptBytes());
      if (heap.length % 10 === 0) say?.(`${done} runs, ${inMb(heap.at(-1) ?? 0).toFixed(1)} MB`);
    },
    async report(world: World): Promise<Report> {
      await world.forget();
      const heapMb = inMb(keptBytes());
      const growthKb = growth(heap.slice(Math.ceil(heap.length / 2)), done / Math.max(1, heap.length)) / 1024;
      const ms = Math.round(performance.now() - begun);
      return {
        runs: done,
        seed,
        kinds: kinds.size,
        statuses,
        effects,
        mostLogLines: most,
        logLines: lines,
        growthKb,
        heapMb,
        ms,
        faults,
      };
    },
  };
}

/** Of the line through all looks (least squares), for a thousand runs. */
function growth(looks: readonly number[], runsBetween: number): number {
  if (looks.length < 3) return 0;
  const middle = (looks.length - 1) / 2;
  const mean = looks.reduce((sum, one) => sum + one, 0) / looks.length;
  const above = looks.reduce((sum, one, at) => sum + (at - middle) * (one - mean), 0);
  const below = looks.reduce((sum, _one, at) => sum + (at - middle) ** 2, 0);
  return (above / below / runsBetween) * 1000;
}

/** What no report may show more of, for each thousand runs: an activity that is kept costs about 2 KB. */
export const mostGrowthKb = 500;

export function reportRow(what: string, report: Report): unknown[] {
  const statuses = Object.entries(report.statuses).map(([status, count]) => `${status}: ${count}`);
  const { runs, kinds, effects, mostLogLines: most, logLines, growthKb, heapMb, ms, faults } = report;
  return [
    what,
    runs,
    kinds,
    statuses.join(', '),
    effects,
    `${logLines} (${most})`,
    `${growthKb.toFixed()} of ${heapMb.toFixed()} MB`,
    (ms / runs).toFixed(1),
    faults.length,
  ];
}

export const reportHeadings = [
  'campaign',
  'runs',
  'kinds',
  'answers',
  'with effect',
  'log lines (most)',
  'KB kept per 1,000',
  'ms each',
  'faults',
];
