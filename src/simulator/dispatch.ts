// From one request, alone or in a batch, to its answer.
import type { Fault, StatusFault } from './faults.ts';
import type { GraphCall, GraphReply } from './graph-call.ts';
import { badRequest, GraphProblem, problemReply, usualCode } from './graph-problem.ts';
import { findRoute, unknownRoute } from './routes/index.ts';
import type { Tenant } from './tenant.ts';

/** Lets the operation know that a request has come, before any fault can strike it. */
export function noteArrival(call: GraphCall, tenant: Tenant): void {
  const found = findRoute(call);
  found?.route.arrived?.(tenant, found.parameter, call);
}

/** Runs the operation under a fault: a status keeps it from happening, applyThenStatus lies about it. */
export function perform(
  call: GraphCall,
  tenant: Tenant,
  fault: Fault | undefined,
  operation: () => GraphReply,
): GraphReply {
  if (typeof fault === 'object' && 'status' in fault) return faultReply(call, fault, tenant.now());
  const reply = replyOf(call, tenant, operation);
  if (typeof fault !== 'object' || !('applyThenStatus' in fault)) return reply;
  return problemReply(new GraphProblem(fault.applyThenStatus, 'The request failed.'), call, tenant.now());
}

/** The documented answer of the operation that the path names. */
export function answerRoute(call: GraphCall, tenant: Tenant): GraphReply {
  const found = findRoute(call);
  if (!found) throw unknownRoute(call);
  checkHeaders(call);
  const { forPeople } = found.route;
  if (call.personId === null && !forPeople) tenant.permissions.check(call);
  if (call.personId !== null && !forPeople)
    throw new GraphProblem(403, 'Insufficient privileges to complete the operation.');
  return found.route.answer(call, tenant, found.parameter);
}

export interface Tokens {
  /** The application's; undefined: everybody may come in. */
  token?: string;
  /** Whose delegated token it is (object id); null: nobody's. */
  personOf?: (token: string) => string | null;
}

/** The call with whoever sends it; 401 unless it carries one of the tokens. */
export function withCaller(call: GraphCall, { token, personOf }: Tokens): GraphCall {
  const given = call.headers.authorization?.replace(/^Bearer /, '') ?? '';
  const personId = personOf?.(given) ?? null;
  if (personId !== null || token === undefined || given === token) return { ...call, personId };
  throw new GraphProblem(401, 'Access token is empty or not valid.', undefined, { 'WWW-Authenticate': 'Bearer' });
}

function checkHeaders(call: GraphCall): void {
  // Not documented, but reported: microsoftgraph/microsoft-graph-docs#19579.
  if (/^\/deviceManagement\/virtualEndpoint\//i.test(call.path) && !call.headers['user-agent']) {
    throw new GraphProblem(403, 'Forbidden: the request has no User-Agent header.');
  }
  if (call.body !== undefined && !/^application\/json\b/i.test(call.headers['content-type'] ?? '')) {
    throw badRequest('Write requests (excluding DELETE) must contain the Content-Type header declaration.');
  }
}

function replyOf(call: GraphCall, tenant: Tenant, operation: () => GraphReply): GraphReply {
  try {
    return operation();
  } catch (error) {
    if (error instanceof GraphProblem) return problemReply(error, call, tenant.now());
    throw error;
  }
}

function faultReply(call: GraphCall, fault: StatusFault, nowMs: number): GraphReply {
  const headers: Record<string, string> = {};
  if (fault.retryAfter !== undefined) headers['Retry-After'] = String(fault.retryAfter);
  if (fault.body !== undefined) return { status: fault.status, headers, body: fault.body };
  const message = fault.status === 429 ? 'Please retry again later.' : 'The request failed.';
  const problem = new GraphProblem(fault.status, message, fault.code ?? usualCode(fault.status), headers);
  return problemReply(problem, call, nowMs);
}
