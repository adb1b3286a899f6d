// Compares answers with Graph's component schemas. The files in this folder hold those that are needed, without texts,
// rebuilt from msgraph-sdk-python 221856b (v1.0) and msgraph-beta-sdk-python 3cbc177, which come from Microsoft's OpenAPI.
import assert from 'node:assert/strict';
import { Ajv, type SchemaObject, type ValidateFunction } from 'ajv';
import beta from './graph-beta.json' with { type: 'json' };
import v1 from './graph-v1.0.json' with { type: 'json' };

export type GraphVersion = 'v1.0' | 'beta';

// The slice of the user is pruned: these are documented and come without $select.
const prunedFromSlice = ['businessPhones', 'mobilePhone'];

const documents: Record<GraphVersion, { components: { schemas: Record<string, SchemaObject> } }> = { 'v1.0': v1, beta };
const ajv = new Ajv({ strict: false, allErrors: true });
// innerError.date comes without a zone, as in the documentation's samples.
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$/);
ajv.addFormat('uuid', /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i);
for (const [version, document] of Object.entries(documents)) ajv.addSchema({ $id: `graph:${version}`, ...document });

const validators = new Map<string, ValidateFunction>();

/**
 * Fails when the payload breaks the schema, or has members that the schema does not know (Graph's schemas allow any).
 * @param name without the prefix 'microsoft.graph.', or a whole name that begins with 'inline.'
 */
export function assertFits(version: GraphVersion, name: string, payload: unknown): void {
  const fullName = name.startsWith('inline.') ? name : `microsoft.graph.${name}`;
  const validate = validatorOf(`graph:${version}#/components/schemas/${fullName}`);
  assert.ok(validate(payload), `${version} ${name}: ${ajv.errorsText(validate.errors)}`);
  assert.deepEqual(strangersIn(version, fullName, payload), [], `members that ${version} ${name} does not have`);
}

function validatorOf(ref: string): ValidateFunction {
  const validate = validators.get(ref) ?? ajv.compile({ $ref: ref });
  validators.set(ref, validate);
  return validate;
}

function strangersIn(version: GraphVersion, name: string, payload: unknown): string[] {
  const properties = propertiesOf(version, documents[version].components.schemas[name] ?? {});
  const members = Object.entries(payload as Record<string, unknown>);
  const strangers = members
    .filter(([member]) => !(member in properties) && !isAnnotation(member))
    .map(([member]) => member);
  const itemName = refName(properties.value?.items);
  const items = itemName ? ((payload as { value: unknown[] }).value ?? []) : [];
  return [...strangers, ...items.flatMap((item) => strangersIn(version, itemName, item))];
}

function propertiesOf(version: GraphVersion, schema: SchemaObject): Record<string, SchemaObject> {
  const parents = (schema.allOf ?? []).map((parent: SchemaObject) => {
    const name = refName(parent);
    return propertiesOf(version, name ? (documents[version].components.schemas[name] ?? {}) : parent);
  });
  return Object.assign({}, ...parents, schema.properties);
}

function refName(schema: SchemaObject | undefined): string {
  return String(schema?.$ref ?? '').replace('#/components/schemas/', '');
}

function isAnnotation(member: string): boolean {
  return member.startsWith('@odata.') || prunedFromSlice.includes(member);
}
