// What is done to an activity and to a token, drawn from a seed.
import fc from 'fast-check';
import { demoPeople } from '../../../src/simulator/index.ts';
import type { Activity } from '../../fakes/teams.ts';
import { wordsOf } from './judge.ts';

export interface Mutation {
  /** Which of the places in the activity, counted through. */
  at: number;
  /** Anywhere, where it is told who is meant, or in what is wanted. */
  where: 'anywhere' | 'identity' | 'content';
  how: (typeof ways)[number];
  value: unknown;
  times: number;
}

export interface Plan {
  /** Which of the real activities, counted through. */
  which: number;
  mutations: Mutation[];
  /** The token is made out for the service URL in the body, or for Teams' own. */
  isTokenForBody: boolean;
  /** Where the body is cut off or another byte is put in; mostly nowhere. */
  broken: { at: number; byte: number | null } | null;
}

const ways = ['remove', 'replace', 'retype', 'deepen', 'repeat', 'prototype', 'letters', 'swap', 'grow'] as const;

const identities = [
  ['from'],
  ['from', 'aadObjectId'],
  ['from', 'id'],
  ['conversation'],
  ['conversation', 'id'],
  ['conversation', 'tenantId'],
  ['channelData'],
  ['channelData', 'tenant'],
  ['channelData', 'tenant', 'id'],
  ['channelId'],
  ['serviceUrl'],
  ['recipient'],
  ['recipient', 'id'],
  ['type'],
  ['id'],
];

const strange = [
  ...[
    '',
    ' ',
    '\0',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '\uffff',
    'ﷺ'.repeat(50),
    '👩‍👩‍👧‍👦',
    'ｓｔａｔｕｓ',
    'é́́́́',
    '\u200b',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'true',
    '0',
    '-1',
    '1e999',
    'NaN',
    '[object Object]',
  ],
  ...[
    '../../etc/passwd',
    '%00',
    '%2e%2e%2f',
    "'; drop table requests; --",
    '\u0024{1+1}',
    '{{x}}',
    '{count, plural, one {#}}',
  ],
  ...['<at>Adam</at>', '<script>', '[x](https://contoso.com)', '2026-13-45T99:99:99Z', '0000-00-00', 'x'.repeat(5_000)],
];
const words = fc.oneof(fc.constantFrom(...strange), fc.string({ unit: 'binary', maxLength: 60 }));
const hostile = fc.oneof(
  { weight: 4, arbitrary: words },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      ...[
        null,
        true,
        false,
        0,
        -1,
        1.5,
        1e308,
        2 ** 53,
        [],
        {},
        [[]],
        [null],
        [{}],
        { id: {} },
        { toString: 1 },
        { length: -1 },
      ],
      ...[{ catch: 'x' }, { id: ['x'] }, { type: 'message' }, { $root: 1 }, { kty: 'RSA' }],
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.values(demoPeople)) },
);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(10_000),
  where: fc.constantFrom('anywhere', 'identity', 'content', 'content', 'content'),
  how: fc.constantFrom(...ways),
  value: hostile,
  times: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 70 }) },
    { weight: 1, arbitrary: fc.integer({ min: 70, max: 3000 }) },
  ),
});

export const plan: fc.Arbitrary<Plan> = fc.record({
  which: fc.nat(10_000),
  mutations: fc.oneof(
    { weight: 3, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(mutation, { minLength: 2, maxLength: 4 }) },
  ),
  isTokenForBody: fc.boolean(),
  broken: fc.oneof(
    { weight: 30, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({ at: fc.nat(5_000), byte: fc.option(fc.integer({ min: 0, max: 255 })) }),
    },
  ),
});

type Node = Record<string, unknown>;
type Place = { parent: Node; key: string };

/** The activity with everything done to it, as the bytes that go out. */
export function mutate(activity: Activity, { mutations, broken }: Plan): Buffer {
  const root: Node = { activity: structuredClone(activity) };
  const repeated: string[] = [];
  for (const one of mutations) {
    const place = findPlace(root, one);
    if (one.how === 'repeat') repeated.push(`${JSON.stringify(place.key)}:${JSON.stringify(one.value)}`);
    else change(place, one);
  }
  const text = withRepeated(JSON.stringify(root.activity ?? null), repeated, mutations[0]?.times ?? 0);
  const bytes = Buffer.from(text);
  if (!broken) return bytes;
  const at = broken.at % (bytes.length + 1);
  if (broken.byte === null) return bytes.subarray(0, at);
  bytes[Math.min(at, bytes.length - 1)] = broken.byte;
  return bytes;
}

const contents = [
  'text',
  'value',
  'name',
  'entities',
  'attachments',
  'replyToId',
  'locale',
  'action',
  'membersAdded',
  'reactionsAdded',
];

function findPlace(root: Node, { at, where }: Mutation): Place {
  const activity = root.activity as Node | null;
  const chosen = where === 'identity' ? reach(activity, identities[at % identities.length] ?? []) : null;
  if (chosen) return chosen;
  const places = [...placesIn(root)];
  const inside = where === 'content' && activity ? [...placesOf(activity, contents)] : [];
  const among = inside.length > 0 ? inside : places;
  return among[at % among.length] ?? { parent: root, key: 'activity' };
}

function* placesOf(activity: Node, keys: readonly string[]): Generator<Place> {
  for (const key of keys) {
    if (!Object.hasOwn(activity, key)) continue;
    yield { parent: activity, key };
    yield* placesIn(activity[key]);
  }
}

function* placesIn(node: unknown, depth = 0): Generator<Place> {
  if (typeof node !== 'object' || node === null || depth > 12) return;
  for (const [key, value] of Object.entries(node)) {
    yield { parent: node as Node, key };
    yield* placesIn(value, depth + 1);
  }
}

function reach(from: unknown, path: readonly string[]): Place | null {
  let parent = from;
  for (const key of path.slice(0, -1)) parent = (parent as Node | null | undefined)?.[key];
  const key = path.at(-1);
  return typeof parent === 'object' && parent !== null && key !== undefined ? { parent: parent as Node, key } : null;
}

function change({ parent, key }: Place, { how, value: chosen, times }: Mutation): void {
  const old = parent[key];
  // The next mutation may go into it, and other plans have chosen the same one.
  const value = structuredClone(chosen);
  if (how === 'remove') delete parent[key];
  if (how === 'replace') parent[key] = value;
  if (how === 'retype') parent[key] = retyped(old, times);
  if (how === 'deepen') parent[key] = deepened(old, times);
  if (how === 'letters') parent[key] = typeof old === 'string' ? otherLetters(old, times) : wordsOf(old);
  if (how === 'swap') swap(parent, key, times);
  if (how === 'grow')
    parent[key] = Array.isArray(old) ? Array(times).fill(old[0] ?? {}) : wordsOf(old).repeat(times % 400);
  if (how === 'prototype') {
    const target = typeof old === 'object' && old !== null ? old : parent;
    const name = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toJSON'][times % 5] ?? '__proto__';
    const evil = {
      isAdmin: true,
      aadObjectId: demoPeople.adam,
      type: 'message',
      ...(typeof value === 'object' ? value : {}),
    };
    Object.defineProperty(target, name, { value: evil, enumerable: true, configurable: true, writable: true });
  }
}

function retyped(old: unknown, times: number): unknown {
  const forms = [
    [old],
    { value: old },
    JSON.stringify(old),
    Number.parseInt(wordsOf(old), 16) || times,
    typeof old === 'object' && old !== null ? Object.values(old) : { 0: old, length: 1 },
    Boolean(old),
  ];
  return forms[times % forms.length];
}

function deepened(old: unknown, times: number): unknown {
  let value = old;
  for (let depth = 0; depth < times; depth += 1) value = depth % 2 === 0 ? { value } : [value];
  return value;
}

/** Nearly the same to a person's eye, or to a careless comparison. */
function otherLetters(old: string, times: number): string {
  const forms = [
    old.toUpperCase(),
    ` ${old}`,
    `${old}\0`,
    `${old}\u200b`,
    old.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
    old.replace(/[0-9a-f]/, (letter) => (letter === '0' ? '1' : '0')),
    old.replaceAll('a', 'а'),
    old.normalize('NFD'),
    old.slice(0, -1),
    `${old}${old}`,
    encodeURIComponent(old),
    [...old].reverse().join(''),
  ];
  return forms[times % forms.length] ?? old;
}

/** With a neighbour of its own object. */
function swap(parent: Node, key: string, times: number): void {
  const keys = Object.keys(parent);
  const other = keys[times % keys.length] ?? key;
  [parent[key], parent[other]] = [parent[other], parent[key]];
}

/** JSON may say a key twice; who comes last wins. */
function withRepeated(text: string, repeated: readonly string[], times: number): string {
  if (repeated.length === 0 || !text.startsWith('{') || text === '{}') return text;
  return times % 2 === 0 ? `{${repeated.join()},${text.slice(1)}` : `${text.slice(0, -1)},${repeated.join()}}`;
}

// ── Tokens ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface TokenPlan {
  kind:
    | 'none'
    | 'words'
    | 'letter'
    | 'cut'
    | 'claim'
    | 'header'
    | 'foreign'
    | 'embedded'
    | 'hmac'
    | 'unsigned'
    | 'scheme'
    | 'parts';
  at: number;
  words: string;
  name: string;
  value: unknown;
}

export const tokenPlan: fc.Arbitrary<TokenPlan> = fc.record({
  kind: fc.constantFrom(
    ...([
      'none',
      'words',
      'letter',
      'cut',
      'claim',
      'header',
      'foreign',
      'embedded',
      'hmac',
      'unsigned',
      'scheme',
      'parts',
    ] as const),
  ),
  at: fc.nat(5_000),
  words: fc.string({ unit: fc.constantFrom(...' .-_abcXYZ019=+/,;:"{}é'), maxLength: 200 }),
  name: fc.constantFrom('iss', 'aud', 'serviceurl', 'exp', 'nbf'),
  value: hostile,
});
