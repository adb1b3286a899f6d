// Members that no schema knows. Graph's schemas forbid none, so a misspelled one would pass the schema.
import type { SchemaObject } from 'ajv';
import { type GraphVersion, propertiesOf, refName, schemaNamed } from '../description/index.ts';
import { prunedProperties, prunedTypes } from './deviations.ts';

/** Control information that an answer may hold, alone or behind the name of a property. */
const knownAnnotations = ['context', 'count', 'nextLink', 'type', 'id', 'bind'];

/** Paths ('value/0/statos') of what the schema does not know, inherited properties and `@odata.type` counted in. */
export function strangersIn(version: GraphVersion, schema: SchemaObject, value: unknown, at = ''): string[] {
  if (Array.isArray(value)) {
    const { items } = resolve(version, schema, undefined);
    return items ? value.flatMap((item, index) => strangersIn(version, items, item, `${at}${index}/`)) : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const { properties, pruned, isOpen } = resolve(version, schema, value);
  if (isOpen) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const [property = '', annotation] = name.split('@odata.');
    if (annotation !== undefined)
      return knownAnnotations.includes(annotation) && (property === '' || property in properties) ? [] : [at + name];
    const known = properties[name];
    if (known) return strangersIn(version, known, member, `${at}${name}/`);
    return pruned.includes(name) ? [] : [at + name];
  });
}

function resolve(version: GraphVersion, schema: SchemaObject, value: object | undefined) {
  const declared = refName(schema);
  // '#microsoft.graph.cloudPcBulkReprovision' says more than the schema that stands there.
  const said = value && '@odata.type' in value ? String(value['@odata.type']).replace(/^#/, '') : undefined;
  const name = said && schemaNamed(version, said) ? said : declared;
  const resolved = (name ? schemaNamed(version, name) : undefined) ?? schema;
  const properties = propertiesOf(version, resolved);
  return {
    properties,
    items: resolved.items as SchemaObject | undefined,
    pruned: prunedProperties[name ?? ''] ?? [],
    // Headers of a part, a body of its own: any member may be there.
    isOpen: Object.keys(properties).length === 0 || (said !== undefined && prunedTypes.includes(said)),
  };
}
