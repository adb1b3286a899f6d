// A kind of Graph resource: which properties each version has, and what a reader gets of them.
import type { GraphCall, GraphVersion, Json } from '../graph-call.ts';
import { badRequest } from '../graph-problem.ts';

export interface ResourceType {
  /** 'microsoft.graph.cloudPC' */
  name: string;
  /** Path of the collection in @odata.context. */
  collection: string;
  /** Properties that come without $select, and those that must be selected. */
  properties: Readonly<Record<GraphVersion, { usual: readonly string[]; onSelect: readonly string[] }>>;
  /** Come only with $expand. */
  navigation: readonly string[];
  /** Members of evolvable enums that stand behind the sentinel unknownFutureValue. */
  newerMembers: Readonly<Record<string, readonly string[]>>;
}

export function hasProperty(type: ResourceType, version: GraphVersion, property: string): boolean {
  const { usual, onSelect } = type.properties[version];
  const [name = ''] = property.split('/');
  return [...usual, ...onSelect, ...type.navigation].includes(name);
}

/** The names behind $select, each checked; undefined when nothing was selected. */
export function readSelect(type: ResourceType, call: GraphCall): string[] | undefined {
  const text = call.query.get('$select');
  if (text === null) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !hasProperty(type, call.version, name));
  if (unknown === undefined) return names;
  throw badRequest(
    `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type '${type.name}'.`,
  );
}

/**
 * What a reader gets of an entity: the selected or the usual properties, and what was expanded. An entity with an
 * `@odata.type` is more than its collection promises: the type leads, and it has its own properties only.
 */
export function reduce(type: ResourceType, call: GraphCall, entity: Json, expand: readonly string[]): Json {
  const names = readSelect(type, call) ?? type.properties[call.version].usual;
  const kind = entity['@odata.type'];
  const reduced: Json = kind === undefined ? {} : { '@odata.type': kind };
  for (const name of [...names, ...expand]) {
    if (kind !== undefined && !(name in entity)) continue;
    reduced[name] = knownMember(type, call, name, entity[name] ?? null);
  }
  return reduced;
}

// v1.0 has none of the newer members, whatever the reader prefers.
function knownMember(type: ResourceType, call: GraphCall, property: string, value: unknown): unknown {
  if (call.version === 'beta' && prefersNewerMembers(call)) return value;
  const isNewer = typeof value === 'string' && type.newerMembers[property]?.includes(value);
  return isNewer ? 'unknownFutureValue' : value;
}

function prefersNewerMembers(call: GraphCall): boolean {
  const preferences = (call.headers.prefer ?? '').split(/[,;]/);
  return preferences.some((preference) => preference.trim().toLowerCase() === 'include-unknown-enum-members');
}
