// Answers with one entity or with a page of a collection.
import type { GraphCall, GraphReply, Json } from '../graph-call.ts';
import { badRequest } from '../graph-problem.ts';
import { parseFilter } from './filter.ts';
import { hasProperty, type ResourceType, readSelect, reduce } from './resource-type.ts';

/** Query options beside $select that a reference page documents for a collection. */
type QueryOption = '$filter' | '$top' | '$count' | '$expand' | '$search';

export interface Paging {
  /** Most items on one page; Graph's own number for Cloud PCs is undocumented. */
  pageSize: number;
  /** Serve an empty page with a nextLink first, as the paging documentation allows. */
  emptyFirstPage: boolean;
}

/** 200 with one entity, reduced to $select. Takes $select and, where the type has navigation, $expand. */
export function answerEntity(type: ResourceType, call: GraphCall, entity: Json): GraphReply {
  const expand = readExpand(type, call);
  refuseOptionsBut(call, type.navigation.length > 0 ? ['$expand'] : []);
  const context = `${contextOf(type, call)}/$entity`;
  return { status: 200, body: { '@odata.context': context, ...reduce(type, call, entity, expand) } };
}

/**
 * 200 with a page. `$top` is the size of a page, as in the sample where $top=2 stands beside a count of 200.
 * https://learn.microsoft.com/graph/paging
 */
export function answerCollection(
  type: ResourceType,
  call: GraphCall,
  entities: readonly Json[],
  paging: Paging,
  options: readonly QueryOption[],
): GraphReply {
  refuseOptionsBut(call, [...options, '$skiptoken']);
  const expand = readExpand(type, call);
  const found = filtered(type, call, entities);
  const { items, nextLink } = pageOf(call, found, paging);
  const body: Json = { '@odata.context': contextOf(type, call) };
  if (call.query.get('$count') === 'true') body['@odata.count'] = found.length;
  if (nextLink) body['@odata.nextLink'] = nextLink;
  body.value = items.map((entity) => reduce(type, call, entity, expand));
  return { status: 200, body };
}

/** 200 with values that are no entities: `context` is what follows `$metadata#`. */
export function answerValues(call: GraphCall, context: string, value: readonly unknown[]): GraphReply {
  return { status: 200, body: { '@odata.context': `${call.root}/$metadata#${context}`, value } };
}

function filtered(type: ResourceType, call: GraphCall, entities: readonly Json[]): readonly Json[] {
  const filter = call.query.get('$filter');
  if (filter === null) return entities;
  return entities.filter(parseFilter(filter, (property) => hasProperty(type, call.version, property)));
}

function pageOf(
  call: GraphCall,
  found: readonly Json[],
  paging: Paging,
): { items: readonly Json[]; nextLink?: string } {
  const token = call.query.get('$skiptoken');
  if (token === null && paging.emptyFirstPage) return { items: [], nextLink: linkTo(call, 0) };
  const start = token === null ? 0 : readSkipToken(token);
  const end = start + Math.min(readTop(call) ?? paging.pageSize, paging.pageSize);
  const items = found.slice(start, end);
  return end < found.length ? { items, nextLink: linkTo(call, end) } : { items };
}

function linkTo(call: GraphCall, offset: number): string {
  const options = [...call.query].filter(([name]) => name !== '$skiptoken');
  options.push(['$skiptoken', Buffer.from(`from ${offset}`).toString('base64url')]);
  const query = options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const path = call.path.split('/').map(encodeURIComponent).join('/');
  return `${call.root}${path}?${query}`;
}

function readSkipToken(token: string): number {
  const [, offset] = /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (offset === undefined) throw badRequest('The skip token is not valid.');
  return Number(offset);
}

function readTop(call: GraphCall): number | undefined {
  const top = call.query.get('$top');
  if (top === null) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(top)) throw badRequest(`Invalid value '${top}' for $top query option found.`);
  return Number(top);
}

function readExpand(type: ResourceType, call: GraphCall): string[] {
  const names = call.query.get('$expand')?.split(',') ?? [];
  const unknown = names.find((name) => !type.navigation.includes(name));
  if (unknown !== undefined) throw badRequest(`Could not find a property named '${unknown}' on type '${type.name}'.`);
  return names;
}

// Options that no page documents may work today and not tomorrow: here they never work.
function refuseOptionsBut(call: GraphCall, options: readonly string[]): void {
  for (const name of call.query.keys()) {
    if (!name.startsWith('$') || name === '$select' || options.includes(name)) continue;
    throw badRequest(`The query specified in the URI is not valid. Query option '${name}' is not allowed.`);
  }
}

function contextOf(type: ResourceType, call: GraphCall): string {
  const select = readSelect(type, call);
  return `${call.root}/$metadata#${type.collection}${select ? `(${select.join(',')})` : ''}`;
}
