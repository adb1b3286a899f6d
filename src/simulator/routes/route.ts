// A documented Graph operation: how its path looks and what answers it.
import type { GraphCall, GraphReply, GraphVersion, PathParameter } from '../graph-call.ts';
import type { Tenant } from '../tenant.ts';

export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** '/users/{userId}/checkMemberGroups' */
  pattern: string;
  /** It takes delegated tokens, and no application's. */
  forPeople?: true;
  /** Both versions when left out. */
  only?: GraphVersion;
  answer(call: GraphCall, tenant: Tenant, parameter: PathParameter): GraphReply;
  /** Told of every request that reaches the server, even of one that a fault keeps from being answered. */
  arrived?(tenant: Tenant, parameter: PathParameter, call: GraphCall): void;
}

/** The values of the parameters when the path fits the pattern. Graph compares segments without case. */
export function fitRoute(pattern: string, path: string): PathParameter | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const values = new Map<string, string>();
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (segment.startsWith('{') && value !== '') values.set(segment.slice(1, -1), value);
    // A function without parameters may be written with or without its parentheses.
    else if (segment.toLowerCase() !== value.replace(/\(\)$/, '').toLowerCase()) return undefined;
  }
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`The pattern ${pattern} has no parameter ${name}.`);
    return value;
  };
}
