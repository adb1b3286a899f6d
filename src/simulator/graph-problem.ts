// Refusals in the shape of Graph's OData error (https://learn.microsoft.com/graph/errors).
import type { GraphCall, GraphReply } from './graph-call.ts';

const usualCodes: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'InvalidAuthenticationToken',
  403: 'Forbidden',
  404: 'ResourceNotFound',
  405: 'Request_BadRequest',
  409: 'Conflict',
  423: 'Locked',
  424: 'FailedDependency',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

/** Thrown by a route that refuses; the dispatcher turns it into the answer. */
export class GraphProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, code = usualCode(status), headers: Record<string, string> = {}) {
    super(message);
    this.name = 'GraphProblem';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The code that goes with a status where no better one is documented. */
export function usualCode(status: number): string {
  return usualCodes[status] ?? 'UnknownError';
}

export function badRequest(message: string, code?: string): GraphProblem {
  return new GraphProblem(400, message, code);
}

export function directoryObjectNotFound(id: string): GraphProblem {
  const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`;
  return new GraphProblem(404, message, 'Request_ResourceNotFound');
}

/** The answer with `{error: {code, message, innerError}}`; the date is printed without a zone, as Graph does. */
export function problemReply(problem: GraphProblem, call: GraphCall, nowMs: number): GraphReply {
  const innerError = {
    date: new Date(nowMs).toISOString().slice(0, 19),
    'request-id': call.requestId,
    'client-request-id': call.clientRequestId,
  };
  return {
    status: problem.status,
    headers: { ...problem.headers },
    body: { error: { code: problem.code, message: problem.message, innerError } },
  };
}
