// "bulk reprovision …": the phrases that call it, and for whom. Every part that may repeat is bounded or a single class, as a list
// of a thousand addresses may follow.
import type { Mention } from '../text.ts';
import { closingMarks, please, thanks } from './command.ts';
import { machine, verb } from './reprovision.ts';

/** For whom a bulk request is. */
export type BulkWords =
  /** Nothing was said: a form asks. */
  | { kind: 'form' }
  /** All Cloud PCs whose state is failed. */
  | { kind: 'failed' }
  | { kind: 'group' | 'policy'; name: string }
  /** Addresses, ids and words, as they were typed. */
  | { kind: 'list'; text: string };

const machines = `(?:${machine}|people|users|machines|computers|personen|leute|rechner|personnes|machines|ordinateurs)`;

const failed = [
  `(?:all\\s+)?(?:of\\s+)?(?:the\\s+)?failed(?:\\s+(?:ones?|${machines}))?`,
  `(?:all|everything|those)\\s+(?:${machines}\\s+)?that\\s+(?:has\\s+|have\\s+)?failed`,
  '(?:all\\s+)?(?:the\\s+)?failures',
  `(?:alle\\s+|die\\s+)?fehlgeschlagenen?(?:\\s+${machines})?`,
  'alle,?\\s+die\\s+fehlgeschlagen\\s+sind',
  `(?:tou(?:te)?s\\s+)?(?:les\\s+)?(?:échecs|échoué(?:e?s)?|(?:${machines}\\s+)?en\\s+échec)`,
  'tous\\s+ceux\\s+(?:qui\\s+ont\\s+échoué|en\\s+échec)',
].join('|');

const behind = `(?:${closingMarks}|[\\s:,–-]+(?<words>\\S[\\s\\S]*))`;
const after = (...heads: readonly string[]) => new RegExp(`^${please}(?:${heads.join('|')})${behind}$`, 'iu');
const alone = (...heads: readonly string[]) =>
  new RegExp(`^${please}(?:${heads.join('|')})${thanks}${closingMarks}$`, 'iu');

/** Anchored, in the order in which they are to be tried; `words` is for whom, and `failed` says that all failed ones are meant. */
export const bulkPatterns: readonly RegExp[] = [
  after(
    `bulk[\\s-]+${verb}(?:ing)?`,
    `${verb}\\s+(?:in\\s+)?bulk`,
    `${verb}\\s+(?:many|several|multiple|en\\s+masse|plusieurs)(?:\\s+${machines})?`,
    `(?:massenhaft|mehrere|viele)(?:\\s+${machines})?\\s+${verb}`,
    'massen-?neubereitstellung',
    'reprovisionnement\\s+(?:groupé|en\\s+masse)',
    'bulk',
  ),
  alone(`${verb}\\s+(?<failed>${failed})`, `(?<failed2>${failed})\\s+${verb}`),
];

/** For whom the typed words are; of words that no pattern takes, all of them are the list. */
export function readBulkWords(text: string): BulkWords {
  const match = bulkPatterns.map((pattern) => pattern.exec(text)).find((one) => one !== null);
  const groups: Record<string, string | undefined> = match ? (match.groups ?? {}) : { words: text };
  if (groups.failed ?? groups.failed2) return { kind: 'failed' };
  const words = withoutEnding(groups.words ?? '');
  if (words === '') return { kind: 'form' };
  if (allFailed.test(words)) return { kind: 'failed' };
  // The policy first: a group may be called anything, "policy" among others.
  return named('policy', words) ?? named('group', words) ?? { kind: 'list', text: words };
}

const ending = new RegExp(`(?:^|(?<=\\S))${thanks}${closingMarks}$`, 'iu');
const politeAlone = /^(?:please|bitte|thanks|thank you|s'il (?:te|vous) plaît)$/i;
const longestEnding = 150;

function withoutEnding(words: string): string {
  const kept = words.slice(0, -longestEnding) + words.slice(-longestEnding).replace(ending, '');
  const trimmed = kept.trim();
  return politeAlone.test(trimmed) ? '' : trimmed;
}

// ── For whom ───────────────────────────────────────────────────────────────────────────────────────────────────────

const allFailed = new RegExp(`^(?:${failed})$`, 'iu');

const article = "(?:(?:the|der|die|das|dem|den|la|le|du|des|a|an)\\s+|l['’]\\s?)?";
const forWhom = '(?:(?:for|of|für|von|pour|de)\\s+)?';
const everybody =
  '(?:(?:all|alle|tous|toutes)\\s+)?(?:(?:the\\s+|die\\s+|les\\s+)?(?:members|everyone|everybody|people|users|cloud[\\s-]?pcs?|all|mitglieder|alle|leute|personen|membres|personnes|tous)\\s+(?:of|in|from|with|under|der|des|aus|in|von|mit|unter|du|de|dans|avec|sous)\\s+)?';
const called = '(?:[\\s:]+(?:called|named|namens|mit\\s+dem\\s+namen|nommée?|appelée?))?[\\s:]+';
const name = '(?<name>\\S.{0,255})';

const nouns = {
  group: '(?:(?:entra|microsoft\\s+365|security)[\\s-]+)?(?:group|team|gruppe|groupe|équipe)',
  policy:
    "(?:(?:windows\\s+365\\s+)?(?:provisioning[\\s-]+)?policy|(?:bereitstellungs-?|provisioning-)?richtlinie|stratégie(?:\\s+(?:de\\s+provisionnement|d['’]approvisionnement|de\\s+mise\\s+en\\s+service))?)",
};

const shapes = {
  group: shapesOf(nouns.group),
  policy: shapesOf(nouns.policy),
};

/** "group Finance", "all members of the group Finance", "the Finance group". */
function shapesOf(noun: string): readonly RegExp[] {
  return [
    new RegExp(`^${forWhom}${everybody}${article}${noun}${called}${name}$`, 'iu'),
    new RegExp(`^${forWhom}${everybody}the\\s+${name}\\s+${noun}$`, 'iu'),
  ];
}

function named(kind: 'group' | 'policy', words: string): BulkWords | null {
  if (words.length > 2 * longestName) return null;
  const found = shapes[kind].map((shape) => shape.exec(words)?.groups?.name).find((one) => one !== undefined);
  return found === undefined ? null : { kind, name: unquoted(found) };
}

const longestName = 256;

function unquoted(words: string): string {
  const inner = /^["“”„«‹‘’‚'`](.{0,254})["“”„»›‘’'`]$/u.exec(words)?.[1]?.trim();
  return inner || words;
}

// ── Mentions ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Takes the people who are mentioned out of the words, so that nobody is looked up by a name that Teams has resolved. */
export function takeMentions(text: string, mentions: readonly Mention[]): { text: string; personIds: string[] } {
  const personIds = new Set<string>();
  let left = text;
  // The longest first: "Ben" may be a part of "Ben Bauer".
  for (const mention of mentions.toSorted((a, b) => b.text.length - a.text.length)) {
    const at = mention.id === null ? -1 : left.indexOf(mention.text);
    if (mention.id === null || at < 0) continue;
    personIds.add(mention.id);
    left = `${left.slice(0, at)},${left.slice(at + mention.text.length)}`;
  }
  return { text: left.trim(), personIds: [...personIds] };
}
