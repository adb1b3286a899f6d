// What may have come of a mutated activity. Written from what Teams promises, not from the guard's own code.
import type { Activity, TeamsAnswer } from '../../fakes/teams.ts';
import { tenantId } from '../../fakes/teams.ts';
import type { World } from './world.ts';

export type Answer = Pick<TeamsAnswer, 'status' | 'body'> & { text: string };

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** As the receiver's JSON reads it; undefined: it is none. */
export function readBody(body: Buffer): Activity | undefined {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whose it is when it may do anything at all: a person of our tenant, through Teams, to the service URL of the token. */
export function personIn(activity: Activity | undefined, tokenUrl: string, serviceUrl: string): string | null {
  if (typeof activity !== 'object' || activity === null || Array.isArray(activity)) return null;
  if (activity.channelId !== 'msteams' || activity.serviceUrl !== tokenUrl) return null;
  if (URL.parse(tokenUrl)?.origin !== new URL(serviceUrl).origin) return null;
  const tenants = [activity.conversation?.tenantId, activity.channelData?.tenant?.id].filter(
    (id) => id !== undefined && id !== null,
  );
  if (tenants.length === 0 || !tenants.every((id) => typeof id === 'string' && id.toLowerCase() === tenantId))
    return null;
  const id = activity.from?.aadObjectId;
  return typeof id === 'string' && guid.test(id) ? id.toLowerCase() : null;
}

/** What somebody wants with it, as far as it matters: words without marks, a verb and the ids of its button. */
export function wishIn(activity: Activity | undefined): string {
  const { type, name, text, value, channelData } = activity ?? {};
  const button = type === 'invoke' && name === 'adaptiveCard/action' ? value?.action : value;
  const data = button?.data ?? button;
  if (typeof button?.verb === 'string' && (type === 'invoke' || !plain(text)))
    return ['press', button.verb, data?.request, data?.revision, data?.cloudPc].map(wordsOf).join(' ').toLowerCase();
  if (type === 'message') return `message ${plain(text)} ${channelData?.eventType ?? ''}`;
  return JSON.stringify([type, name, value, activity?.action]);
}

/** A number and its text mean the same in a button. */
export function wordsOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}

function plain(text: unknown): string {
  return wordsOf(text)
    .replace(/<[^<>]*>|&\w+;/g, ' ')
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}-]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** What no person and no stranger may read. */
const raw =
  /\bat \S+ \(|\.ts:\d|node:internal|\b(?:Type|Reference|Range|Syntax|Zod|Input|Database|URI)Error\b|ECONN|SELECT |\[object |undefined|\bNaN\b/;

/** The statuses that Teams knows from bots; to an invoke also those of its own protocol. */
const known = [200, 400, 401, 403, 413];
const toInvokes: Readonly<Record<string, readonly number[]>> = {
  'signin/verifyState': [404],
  'signin/tokenExchange': [404, 412],
};
const notImplemented = 501;

export function isRefusal({ status }: Answer): boolean {
  return status !== 200 && known.includes(status);
}

export function faultsOfAnswer(answer: Answer, activity: Activity | undefined): string[] {
  const { status, body, text } = answer;
  const faults: string[] = [];
  const name = wordsOf(activity?.name);
  const more = Object.hasOwn(toInvokes, name) ? toInvokes[name] : [];
  const own = activity?.type === 'invoke' ? [notImplemented, ...(more ?? [])] : [];
  if (!known.includes(status) && !own.includes(status)) faults.push(`status ${status}`);
  if (Number(body?.statusCode) >= 500) faults.push(`an invoke was answered ${body.statusCode}: the turn failed`);
  if (isRefusal(answer) && !/^\{"error":"\w+"\}$/.test(text)) faults.push(`the refusal says ${text.slice(0, 200)}`);
  if (raw.test(text)) faults.push(`words of the machine: ${raw.exec(text)?.[0]}`);
  if (text.length > 30_000) faults.push(`an answer of ${text.length} characters`);
  return faults;
}

// ── The store ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Mark {
  audit: string;
  requests: string;
  states: string;
  decisions: string;
  people: string;
  places: string;
  settings: string;
}

const markSql = `select (select coalesce(max(id), 0)::text from audit) audit, (select count(*)::text from requests) requests,
  (select coalesce(sum(revision), 0)::text || coalesce(sum(length(state)), 0)::text from requests) states, (select count(*)::text from decisions) decisions,
  (select count(*)::text from people) people, (select md5(string_agg(conversation_id || coalesce(person_id, '') || service_url, ',' order by conversation_id)) from conversations) places,
  (select row_to_json(s)::text from settings s) settings`;

export async function markStore(world: World): Promise<Mark> {
  const [mark] = await world.rows<Mark>(markSql);
  if (!mark) throw new Error('The store has no settings');
  return mark;
}

export function differences(before: Mark, after: Mark): (keyof Mark)[] {
  return (Object.keys(before) as (keyof Mark)[]).filter((name) => before[name] !== after[name]);
}

/** In whose name anything was written since. */
export async function actorsSince(world: World, mark: Mark): Promise<(string | null)[]> {
  const rows = await world.rows<{ actor_id: string | null }>('select distinct actor_id from audit where id > $1', [
    mark.audit,
  ]);
  return rows.map(({ actor_id }) => actor_id);
}

/** Whose requests are the newest. */
export async function newestRequesters(world: World, count: number): Promise<string[]> {
  const rows = await world.rows<{ requester_id: string }>(
    'select requester_id from requests order by created_at desc, id limit $1',
    [count],
  );
  return rows.map(({ requester_id }) => requester_id);
}
