// For tests: whether a payload is one that Graph could send.
import assert from 'node:assert/strict';
import { strangersIn } from './checks/strangers.ts';
import { breachesOf, type GraphVersion, refTo } from './description/index.ts';

/**
 * Fails when the payload breaks the schema, or has members that the schema does not know (Graph's schemas allow any).
 * @param name without the prefix 'microsoft.graph.', or a whole name that begins with 'inline.' or 'removed.'
 */
export function assertFits(version: GraphVersion, name: string, payload: unknown): void {
  const fullName = /^(inline|removed)\./.test(name) ? name : `microsoft.graph.${name}`;
  assert.deepEqual(breachesOf(version, fullName, payload), [], `${version} ${name}`);
  assert.deepEqual(strangersIn(version, refTo(fullName), payload), [], `members that ${version} ${name} does not have`);
}
