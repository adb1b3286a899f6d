// JSON batching: https://learn.microsoft.com/graph/json-batching.
import { answerRoute, noteArrival, perform } from './dispatch.ts';
import type { Fault, Faults } from './faults.ts';
import { decodePath, type GraphCall, type GraphReply, isObject, type Json } from './graph-call.ts';
import { badRequest, GraphProblem } from './graph-problem.ts';
import type { Tenant } from './tenant.ts';

const mostParts = 20;

export interface RecordedPart {
  id: string;
  method: string;
  url: string;
  status: number;
  /** What struck the part; left out when nothing did. */
  fault?: Fault;
}

interface Part {
  id: string;
  method: string;
  url: string;
  headers: Json;
  body: unknown;
  dependsOn: readonly string[];
}

/** 200 with an answer for every part; 400 for the whole when the envelope is wrong. `record` hears of every part. */
export function answerBatch(
  call: GraphCall,
  tenant: Tenant,
  faults: Faults,
  record: (part: RecordedPart) => void,
): GraphReply {
  const replies = new Map<string, GraphReply>();
  for (const part of readParts(call.body)) {
    const { reply, fault } = answerPart(call, part, tenant, faults, replies);
    replies.set(part.id, reply);
    const { id, method, url } = part;
    record({ id, method, url, status: reply.status, ...(fault === undefined ? {} : { fault }) });
  }
  // Parts may come back in any order. Backwards is never that of the request, so relying on it always shows.
  const responses = [...replies].reverse().map(([id, reply]) => partResponse(id, reply));
  return { status: 200, body: { responses } };
}

function answerPart(
  batch: GraphCall,
  part: Part,
  tenant: Tenant,
  faults: Faults,
  earlier: ReadonlyMap<string, GraphReply>,
): { reply: GraphReply; fault?: Fault } {
  const call = callOf(batch, part);
  const needsFailed = part.dependsOn.some((id) => (earlier.get(id)?.status ?? 0) >= 400);
  if (needsFailed) {
    const refuse = () => {
      throw new GraphProblem(424, 'A request that this one depends on has failed.');
    };
    return { reply: perform(call, tenant, undefined, refuse) };
  }
  noteArrival(call, tenant);
  const fault = faults.strike(call, 'part');
  const reply = perform(call, tenant, fault, () => {
    if (!part.url.startsWith('/')) throw badRequest(`The url '${part.url}' must be relative and begin with '/'.`);
    if (part.method !== 'GET' && part.method !== 'DELETE' && !call.headers['content-type']) {
      throw badRequest('Write requests (excluding DELETE) must contain the Content-Type header declaration.');
    }
    return answerRoute(call, tenant);
  });
  return { reply, fault };
}

// A part has its own headers, Prefer among them; who calls, and with which program, is the same for all.
function callOf(batch: GraphCall, part: Part): GraphCall {
  const question = part.url.indexOf('?');
  const rawPath = question < 0 ? part.url : part.url.slice(0, question);
  const headers: Record<string, string | undefined> = { 'user-agent': batch.headers['user-agent'] };
  for (const [name, value] of Object.entries(part.headers)) headers[name.toLowerCase()] = String(value);
  return {
    ...batch,
    method: part.method,
    path: decodePath(rawPath),
    query: new URLSearchParams(question < 0 ? '' : part.url.slice(question)),
    headers,
    body: part.body,
  };
}

function readParts(body: unknown): Part[] {
  const requests = isObject(body) ? body.requests : undefined;
  if (!Array.isArray(requests) || requests.length === 0) throw badRequest("The batch needs a list 'requests'.");
  if (requests.length > mostParts) throw badRequest(`A batch takes at most ${mostParts} requests.`);
  const parts = requests.map(readPart);
  for (const [index, { id, dependsOn }] of parts.entries()) {
    const earlierIds = parts.slice(0, index).map((part) => part.id);
    if (earlierIds.includes(id)) throw badRequest(`The request id '${id}' is not unique in the batch.`);
    const stranger = dependsOn.find((needed) => !earlierIds.includes(needed));
    if (stranger !== undefined)
      throw badRequest(`The request '${id}' depends on '${stranger}', which is not before it.`);
  }
  return parts;
}

function readPart(part: unknown): Part {
  const { id, method, url, headers = {}, body, dependsOn = [] } = isObject(part) ? part : {};
  if (typeof id !== 'string' || typeof method !== 'string' || typeof url !== 'string' || id === '') {
    throw badRequest("Every request of a batch needs 'id', 'method' and 'url'.");
  }
  if (!isObject(headers)) throw badRequest(`The headers of request '${id}' must be an object.`);
  if (!Array.isArray(dependsOn)) throw badRequest(`'dependsOn' of request '${id}' must be a list.`);
  return { id, method: method.toUpperCase(), url, headers, body, dependsOn };
}

function partResponse(id: string, { status, headers = {}, body }: GraphReply): Json {
  if (body === undefined) return { id, status, headers };
  return { id, status, headers: { ...headers, 'Content-Type': 'application/json' }, body };
}
