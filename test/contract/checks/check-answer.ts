// An answer against Graph's description: status, schema, members, OData annotations, request ids; the parts of a batch too.
import {
  breachesOf,
  findOperations,
  type GraphVersion,
  isGraphVersion,
  nameOf,
  type Operation,
  refTo,
} from '../description/index.ts';
import { Checklist, type Finding } from './checklist.ts';
import { answersOutsideTheSlices } from './deviations.ts';
import { strangersIn } from './strangers.ts';
import { decodeSegments, parseJson } from './wire.ts';

export interface GivenAnswer {
  method: string;
  /** Of the request, as it was sent. */
  target: string;
  /** Of the request; names in lower case. */
  requestHeaders: Readonly<Record<string, string | undefined>>;
  /** Of the request, as it was sent. */
  requestBody: string;
  status: number;
  /** Of the answer; names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
  /** A test has put something else in place of what Graph would say: of the whole, or of these parts of a batch. */
  deliberate: boolean | readonly string[];
}

/** Only the words of Graph itself: what a test has put in their place is left out. */
export function checkAnswer(answer: GivenAnswer): Finding {
  const list = new Checklist();
  if (answer.deliberate === true) return list.finding();
  const { method, status, requestHeaders, headers } = answer;
  const sentId = requestHeaders['client-request-id'];
  list.demand('ids', headers['request-id'] !== undefined, () => 'request-id is missing');
  list.demand(
    'ids',
    sentId === undefined || sentId === headers['client-request-id'],
    () => 'client-request-id is another',
  );
  const [, version = '', rest = ''] = /^\/([^/?]+)(.*)$/.exec(answer.target) ?? [];
  const body = answer.body === '' ? undefined : parseJson(answer.body);
  list.demand('json', answer.body === '' || body !== undefined, () => `${answer.target} is answered with no JSON`);
  if (!isGraphVersion(version)) return list.finding();
  const operation = checkOne(list, { version, method, url: rest, status, body });
  if (operation?.path === '/$batch' && status === 200) checkParts(list, version, answer, body);
  return list.finding();
}

interface One {
  version: GraphVersion;
  method: string;
  /** Within the version. */
  url: string;
  status: number;
  body: unknown;
}

const errorSchema = 'microsoft.graph.ODataErrors.ODataError';

function checkOne(list: Checklist, one: One): Operation | undefined {
  const { version, method, url, status, body } = one;
  const path = url.split('?', 1)[0] ?? '';
  const operation = findOperations(version, decodeSegments(path)).find((found) => found.method === method);
  const name = operation ? nameOf(operation) : `${version} ${method} ${path}`;
  if (!operation) {
    const isKnown = answersOutsideTheSlices.some(
      (known) => known.method === method && known.path.test(path) && known.status === status && body === undefined,
    );
    if (isKnown) return undefined;
    list.demand(
      'status',
      status === 404 || status === 405 || status === 401,
      () => `${status} for the unknown ${name}`,
    );
    checkShape(list, version, errorSchema, body, name);
    return undefined;
  }
  list.operations.push(name);
  const family = `${Math.floor(status / 100)}XX`;
  const schema = operation.answers.get(String(status)) ?? operation.answers.get(family);
  const isDocumented = operation.answers.has(String(status)) || operation.answers.has(family);
  list.demand('status', isDocumented, () => `${status} is not documented for ${name}`);
  if (!isDocumented) return operation;
  // The page of this POST shows no body, the metadata has the entity.
  const mayBeEmpty = !schema || status === 201;
  list.demand('body', body !== undefined || mayBeEmpty, () => `${status} of ${name} has none`);
  if (body === undefined) return operation;
  list.demand('body', Boolean(schema), () => `${status} of ${name} has one`);
  if (schema) checkShape(list, version, schema, body, name);
  if (status === 200) checkContents(list, one, name);
  return operation;
}

function checkShape(list: Checklist, version: GraphVersion, schema: string, body: unknown, name: string): void {
  list.demandNone('schema', breachesOf(version, schema, body), `in an answer of ${name}`);
  const strangers = strangersIn(version, refTo(schema), body);
  list.demandNone('schema', strangers, `is no member of an answer of ${name}`);
}

interface Contents {
  value?: unknown;
  '@odata.context'?: unknown;
  '@odata.count'?: unknown;
  '@odata.nextLink'?: unknown;
}

/** What was asked for is what comes: $select, $count, and links that stay in the version. */
function checkContents(list: Checklist, { version, url, body }: One, name: string): void {
  if (url.startsWith('/$batch')) return;
  const options = new URLSearchParams(url.split('?')[1] ?? '');
  const contents = body as Contents;
  const context = contents['@odata.context'];
  const hasContext = typeof context === 'string' && new RegExp(`^https?://[^/]+/${version}/\\$metadata#`).test(context);
  list.demand('@odata', hasContext, () => `@odata.context of ${name} is '${context}'`);
  const link = contents['@odata.nextLink'];
  const isLink =
    typeof link === 'string' && new RegExp(`^https?://[^/]+/${version}/`).test(link) && /skiptoken/.test(link);
  list.demand('@odata', link === undefined || isLink, () => `@odata.nextLink of ${name} is '${link}'`);
  const count = contents['@odata.count'];
  const isCounted = Number.isInteger(count) && options.get('$count') === 'true';
  list.demand('@odata', count === undefined || isCounted, () => `@odata.count of ${name} is ${count}`);
  const selected = options.get('$select')?.split(',');
  if (!selected) return;
  const allowed = [...selected, ...(options.get('$expand')?.split(',') ?? [])];
  const entities = (Array.isArray(contents.value) ? contents.value : [contents]) as object[];
  const unasked = new Set(
    entities
      .flatMap((entity) => Object.keys(entity))
      .filter((member) => !member.includes('@odata.') && !allowed.includes(member)),
  );
  list.demandNone('$select', [...unasked], `was not selected of ${name}`);
}

interface AskedPart {
  id: string;
  method: string;
  url: string;
}

interface GivenPart {
  id: string;
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

function checkParts(list: Checklist, version: GraphVersion, answer: GivenAnswer, body: unknown): void {
  const asked = (parseJson(answer.requestBody) as { requests: AskedPart[] }).requests;
  const given = (body as { responses: GivenPart[] }).responses;
  const ids = (parts: readonly { id: string }[]) =>
    parts
      .map(({ id }) => id)
      .sort()
      .join(' ');
  list.demand('batch', ids(asked) === ids(given), () => `parts ${ids(asked)} are answered by ${ids(given)}`);
  for (const { id, method, url } of asked) {
    const part = given.find((one) => one.id === id);
    if (!part || (Array.isArray(answer.deliberate) && answer.deliberate.includes(id))) continue;
    const type = Object.entries(part.headers ?? {}).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
    const isTyped = part.body === undefined || /^application\/json\b/.test(type ?? '');
    list.demand('batch', isTyped, () => `Content-Type of part ${id} is '${type}'`);
    // The simulator refuses these as Graph would; they name no operation.
    if (url.startsWith('/')) checkOne(list, { version, method, url, status: part.status, body: part.body });
  }
}
