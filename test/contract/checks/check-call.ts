// One request to Graph against Graph's description: path, method, query, headers, body, and the parts of a batch.
import {
  breachesOf,
  findOperations,
  type GraphVersion,
  isGraphVersion,
  nameOf,
  type Operation,
  refTo,
} from '../description/index.ts';
import { checkQuery } from './check-query.ts';
import { Checklist, type Finding } from './checklist.ts';
import { strangersIn } from './strangers.ts';
import { decodeSegments, parseJson } from './wire.ts';

export interface SentCall {
  method: string;
  /** As it was sent: '/beta/users?$select=id'. */
  target: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** As it was sent; '' when there was none. */
  body: string;
}

interface Part {
  id?: unknown;
  method?: unknown;
  url?: unknown;
  headers?: Record<string, string>;
  body?: unknown;
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Documented limit of a batch. */
const mostParts = 20;

export function checkCall(call: SentCall): Finding {
  const list = new Checklist();
  checkHeaders(list, call);
  const [, version = '', rest = ''] = /^\/([^/?]+)(.*)$/.exec(call.target) ?? [];
  list.demand('version', isGraphVersion(version), () => `'${version}' in ${call.target}`);
  if (!isGraphVersion(version)) return list.finding();
  const body = parseJson(call.body);
  list.demand('body', call.body === '' || body !== undefined, () => 'is not JSON');
  const { headers, method } = call;
  const operation = checkOperation(list, { version, method, url: rest, headers, body, hasBody: call.body !== '' });
  if (operation?.path === '/$batch') checkParts(list, version, body);
  return list.finding();
}

/** Only what holds for every request, whatever its path: for calls that a test has made up. */
export function checkMadeUpCall(call: SentCall): Finding {
  const list = new Checklist();
  checkHeaders(list, call);
  return list.finding();
}

function checkHeaders(list: Checklist, { method, headers, body }: SentCall): void {
  const { authorization, accept } = headers;
  const type = headers['content-type'];
  const agent = headers['user-agent'];
  const id = headers['client-request-id'];
  list.demand('header', /^CloudPcConcierge\/\d/.test(agent ?? ''), () => `User-Agent is '${agent}'`);
  list.demand('header', uuid.test(id ?? ''), () => `client-request-id is '${id}'`);
  list.demand('header', /^Bearer \S+$/.test(authorization ?? ''), () => 'there is no bearer token');
  list.demand('header', accept === 'application/json', () => `Accept is '${accept}'`);
  const isTyped = /^application\/json\b/i.test(type ?? '');
  list.demand('header', body === '' ? type === undefined : isTyped, () => `Content-Type is '${type}' for ${method}`);
}

interface Asked {
  version: GraphVersion;
  method: string;
  /** Within the version. */
  url: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: unknown;
  hasBody: boolean;
}

function checkOperation(list: Checklist, asked: Asked): Operation | undefined {
  const { version, method, url } = asked;
  const question = url.indexOf('?');
  const path = question < 0 ? url : url.slice(0, question);
  const found = findOperations(version, decodeSegments(path));
  const operation = found.find((one) => one.method === method);
  list.demand('path', found.length > 0, () => `there is no ${path} in ${version}`);
  if (found.length > 0)
    list.demand('method', operation !== undefined, () => `${method} is not one of ${path} in ${version}`);
  if (!operation) return undefined;
  list.operations.push(nameOf(operation));
  checkQuery(list, operation, question < 0 ? '' : url.slice(question + 1));
  checkWishes(list, operation, asked);
  checkBody(list, operation, asked);
  return operation;
}

/** Headers that make Graph answer as the bot reads it. */
function checkWishes(list: Checklist, operation: Operation, { url, headers }: Asked): void {
  const { version, method, path } = operation;
  const isRead = method === 'GET' && path.startsWith('/deviceManagement/virtualEndpoint/cloudPCs');
  if (isRead && version === 'beta')
    list.demand('header', headers.prefer === 'include-unknown-enum-members', () => `newer words are hidden in ${path}`);
  const isAdvanced = /^\/(users|groups)\b/.test(path) && /[?&]\$(search|count)=/.test(url);
  if (isAdvanced)
    list.demand('header', headers.consistencylevel === 'eventual', () => `ConsistencyLevel is missing for ${path}`);
}

function checkBody(list: Checklist, operation: Operation, { version, body, hasBody }: Asked): void {
  const { body: described } = operation;
  list.demand('body', described !== null || !hasBody, () => `${nameOf(operation)} takes none`);
  if (!described) return;
  list.demand('body', hasBody || !described.isRequired, () => `${nameOf(operation)} needs one`);
  if (!hasBody || body === undefined) return;
  list.demandNone('body', breachesOf(version, described.schema, body), `in ${nameOf(operation)}`);
  const strangers = strangersIn(version, refTo(described.schema), body);
  list.demandNone('body', strangers, `is no member of ${nameOf(operation)}`);
  for (const [name, link] of linksIn(body)) {
    const [, linked = ''] = /^https?:\/\/[^/]+\/(?:v1\.0|beta)(\/.+)$/.exec(String(link)) ?? [];
    // The thing itself has no operation of its own in the slice: its collection must be one.
    const isKnown = linked.startsWith('/directoryObjects/') || findOperations(version, parentOf(linked)).length > 0;
    list.demand('body', isKnown, () => `${name} leads nowhere: ${link}`);
  }
}

function checkParts(list: Checklist, version: GraphVersion, batch: unknown): void {
  const { requests } = (batch ?? {}) as { requests?: unknown };
  if (!Array.isArray(requests)) return;
  const parts = requests as Part[];
  list.demand('batch', parts.length <= mostParts, () => `${parts.length} parts, at most ${mostParts} are allowed`);
  const ids = parts.map(({ id }) => id);
  list.demand('batch', new Set(ids).size === ids.length, () => 'ids of parts are not unique');
  for (const { id, method, url, headers = {}, body } of parts) {
    const isRelative = typeof url === 'string' && /^\/(?!\/|v1\.0\/|beta\/)/.test(url);
    list.demand('batch', isRelative, () => `the url of part ${id} is not relative to the version: ${url}`);
    if (!isRelative) continue;
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const type = lower['content-type'];
    const isTyped = body === undefined ? type === undefined : type === 'application/json';
    list.demand('batch', isTyped, () => `Content-Type of part ${id} is '${type}'`);
    const asked = { version, method: String(method), url, headers: lower, body, hasBody: body !== undefined };
    const operation = checkOperation(list, asked);
    const isNested = operation?.path === '/$batch';
    // Not excluded and not stated whether actions may be batched; a lost answer would leave several unknown.
    const isAction = method !== 'GET' && operation?.path !== '/users/{user-id}/checkMemberGroups';
    list.demand('batch', !isNested && !isAction, () => `part ${id} is no read: ${method} ${url}`);
  }
}

function linksIn(body: unknown): [string, unknown][] {
  const members = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return members
    .filter(([name]) => /@odata\.(bind|id)$/.test(name))
    .flatMap(([name, link]) => (Array.isArray(link) ? link : [link]).map((one): [string, unknown] => [name, one]));
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
