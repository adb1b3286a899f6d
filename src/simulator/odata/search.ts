// The part of the directory's $search that the simulator takes: one clause about one property.
// https://learn.microsoft.com/graph/search-query-parameter: AND and OR are documented too; the bot has no need of them.
import type { GraphCall, Json } from '../graph-call.ts';
import { badRequest } from '../graph-problem.ts';

const clausePattern = /^"([A-Za-z]+):((?:[^"\\]|\\["\\])*)"$/s;

/**
 * Reads `"displayName:love ad"`: every word must begin a word of the property. Both are taken apart at everything that
 * is no letter and no digit, and compared without case.
 * @param searchable the properties that can be searched; a 400 names any other
 * @throws GraphProblem 400 also without `ConsistencyLevel: eventual`, which every page needs anew
 */
export function searched(call: GraphCall, entities: readonly Json[], searchable: readonly string[]): readonly Json[] {
  const text = call.query.get('$search');
  if (text === null) return entities;
  if (call.headers.consistencylevel?.toLowerCase() !== 'eventual') {
    const message = "Request with $search query parameter only works with the header 'ConsistencyLevel: eventual'.";
    throw badRequest(message, 'Request_UnsupportedQuery');
  }
  const [, property, escaped = ''] = clausePattern.exec(text) ?? [];
  if (property === undefined) throw badRequest(`Syntax error in the search '${text}'.`, 'Request_BadRequest');
  if (!searchable.includes(property)) {
    throw badRequest(`Property '${property}' is not a supported search property.`, 'Request_UnsupportedQuery');
  }
  const wanted = wordsOf(escaped.replace(/\\(["\\])/g, '$1'));
  if (wanted.length === 0) throw badRequest(`The search '${text}' has no words.`, 'Request_BadRequest');
  return entities.filter((entity) => {
    const words = wordsOf(String(entity[property] ?? ''));
    return wanted.every((beginning) => words.some((word) => word.startsWith(beginning)));
  });
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}
