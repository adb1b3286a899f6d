// Query options: only what the reference page names, and only properties that exist.
import { type GraphVersion, nameOf, type Operation, propertiesOf, schemaNamed } from '../description/index.ts';
import type { Checklist } from './checklist.ts';
import { derivedElements, moreFilters, moreOptions } from './deviations.ts';

/** A nextLink is opaque and must be followed as it is. */
const ofNextLinks = ['$skiptoken', '$deltatoken'];

/** @param query as it was sent, without '?' */
export function checkQuery(list: Checklist, operation: Operation, query: string): void {
  const options = [...new URLSearchParams(query)];
  const names = options.map(([name]) => name);
  const documented = [...(operation.documentedOptions ?? []), ...moreFor(operation), ...ofNextLinks];
  list.demandNone(
    'query',
    names.filter((name) => !documented.includes(name)),
    `is not documented for ${nameOf(operation)}`,
  );
  list.demandNone(
    'query',
    names.filter((name, index) => names.indexOf(name) !== index),
    'stands there twice',
  );
  for (const [name, value] of options) checkOption(list, operation, name, value);
}

function checkOption(list: Checklist, operation: Operation, name: string, value: string): void {
  const properties = resourceOf(operation);
  const known = (path: string) => (path.split('/')[0] ?? '') in properties;
  const unknown = (paths: readonly string[]) => paths.filter((path) => !known(path));
  const why = `does not exist in the resource of ${nameOf(operation)}`;
  if (name === '$select') list.demandNone('$select', unknown(value.split(',')), why);
  if (name === '$expand') list.demandNone('$expand', unknown(value.split(',')), why);
  if (name === '$orderby')
    list.demandNone('$orderby', unknown(value.split(',').map((one) => one.split(' ')[0] ?? '')), why);
  if (name === '$top') list.demand('$top', /^[1-9]\d{0,2}$/.test(value), () => `${value} is not from 1 to 999`);
  if (name === '$count') list.demand('$count', /^(true|false)$/.test(value), () => `${value} is no Boolean`);
  if (name === '$filter') checkFilter(list, operation, value);
}

interface Condition {
  property: string;
  operator: string;
}

function checkFilter(list: Checklist, operation: Operation, filter: string): void {
  const conditions = conditionsOf(filter);
  list.demand('$filter', conditions !== null, () => `'${filter}' is not understood`);
  const properties = resourceOf(operation);
  for (const { property, operator } of conditions ?? []) {
    const described = String(properties[property]?.description ?? '');
    const [, supported = ''] = /Supports \$filter \(([^)]*)/.exec(described) ?? [];
    const isSupported = supported.split(/[\s,]+/).some((word) => word.toLowerCase() === operator);
    const more = moreFilters.some(
      (one) => one.path === operation.path && one.property === property && one.operators.includes(operator),
    );
    list.demand(
      '$filter',
      isSupported || more,
      () => `${property} ${operator} is not documented for ${nameOf(operation)}`,
    );
  }
}

/** null: something is in it that these patterns do not know. */
function conditionsOf(filter: string): Condition[] | null {
  const conditions: Condition[] = [];
  const note = (property: string, operator: string): string => {
    conditions.push({ property, operator: operator.toLowerCase() });
    return '';
  };
  const rest = filter
    .replace(/'(?:[^']|'')*'/g, '"')
    .replace(/\b(startswith|endswith|contains)\(([\w/]+),"\)/gi, (_, operator, property) => note(property, operator))
    .replace(/([A-Za-z][\w/]*) (eq|ne|gt|ge|lt|le) ("|null|true|false|[\d:.TZ-]+)/g, (_, property, operator) =>
      note(property, operator),
    );
  return conditions.length > 0 && /^([\s()]|and\b|or\b|not\b)*$/.test(rest) ? conditions : null;
}

function moreFor({ method, path }: Operation): string[] {
  return moreOptions.filter((one) => one.method === method && one.path === path).flatMap(({ options }) => options);
}

/** Properties of the entity that the operation answers with, or of the collection's elements. */
function resourceOf({ version, path, answers }: Operation): ReturnType<typeof propertiesOf> {
  const answer = answers.get('200');
  const own = answer ? resourceOfSchema(version, answer) : {};
  const derived = (derivedElements[path] ?? []).map((name) => propertiesOf(version, schemaNamed(version, name)));
  return Object.assign({}, ...derived, own);
}

function resourceOfSchema(version: GraphVersion, name: string): ReturnType<typeof propertiesOf> {
  const properties = propertiesOf(version, schemaNamed(version, name));
  const { items } = properties.value ?? {};
  return items ? propertiesOf(version, items) : properties;
}
