// Faults that a test injects: what Graph, the network or a proxy may do to a request.
import type { GraphCall } from './graph-call.ts';

export interface StatusFault {
  status: number;
  /** Value of Retry-After: seconds or an HTTP date. */
  retryAfter?: number | string;
  /** In place of the usual OData error; text is sent as it stands, as a proxy's page would be. */
  body?: unknown;
  /** Code of the OData error. */
  code?: string;
}

/**
 * `reset`: the socket is destroyed before the effect; `resetAfter`: after it; `hang`: no answer and no effect;
 * `endless`: the effect happens, the head of an answer comes, its body never ends;
 * `delayMs`: a late answer; `applyThenStatus`: the effect happens, the answer says otherwise.
 */
export type Fault =
  | StatusFault
  | { applyThenStatus: number }
  | { delayMs: number }
  | 'reset'
  | 'resetAfter'
  | 'hang'
  | 'endless';

export interface FaultRule {
  match: {
    method?: string;
    /** Tested against the decoded path within the version, without the query: '/users/ada@contoso.com'. */
    path?: RegExp;
    /** Asked of each request and each part of a batch that the others let through. */
    where?: (call: GraphCall) => boolean;
  };
  /** How often the rule strikes; for ever when left out. */
  times?: number;
  fault: Fault;
}

export interface FaultHandle {
  /** How often the rule has struck. */
  readonly hits: number;
  remove(): void;
}

/** The first rule that matches strikes. In a batch only faults with a status can strike a part. */
export class Faults {
  #rules: { rule: FaultRule; hits: number }[] = [];

  add(rule: FaultRule): FaultHandle {
    const entry = { rule, hits: 0 };
    this.#rules.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove: () => {
        this.#rules = this.#rules.filter((one) => one !== entry);
      },
    };
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault that strikes this request now; counts the hit. */
  strike(call: GraphCall, place: 'request' | 'part'): Fault | undefined {
    const entry = this.#rules.find(({ rule, hits }) => {
      if (hits >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
      return matches(rule, call) && (place === 'request' || hasStatus(rule.fault));
    });
    if (!entry) return undefined;
    entry.hits += 1;
    return entry.rule.fault;
  }
}

function matches({ match }: FaultRule, call: GraphCall): boolean {
  if (match.method && match.method.toUpperCase() !== call.method) return false;
  // search() forgets the lastIndex that test() would keep on a pattern with the flag g.
  if (match.path !== undefined && call.path.search(match.path) < 0) return false;
  return match.where?.(call) ?? true;
}

function hasStatus(fault: Fault): boolean {
  return typeof fault === 'object' && ('status' in fault || 'applyThenStatus' in fault);
}
