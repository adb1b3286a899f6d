// Graph's own description of itself, by version: which operations there are and what their bodies look like.
import { readFileSync } from 'node:fs';
import { Ajv, type SchemaObject, type ValidateFunction } from 'ajv';
import { appRoles } from '../checks/app-roles.ts';
import { removedFromBeta } from '../checks/deviations.ts';

export type GraphVersion = 'v1.0' | 'beta';

export interface Operation {
  version: GraphVersion;
  method: string;
  /** '/users/{user-id}/sendMail' */
  path: string;
  /** null: the reference page was not indexed. */
  documentedOptions: readonly string[] | null;
  /** null: the operation takes no body. */
  body: { schema: string; isRequired: boolean } | null;
  /** Name of the answer's schema by status ('204', '4XX'); null: no body. */
  answers: ReadonlyMap<string, string | null>;
}

interface Content {
  content?: { 'application/json'?: { schema: SchemaObject } };
}

interface OperationObject {
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content & { $ref?: string }>;
  'x-documented-query-options'?: string[];
}

interface Description {
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, SchemaObject>; responses: Record<string, Content> };
}

const descriptions: Readonly<Record<GraphVersion, Description>> = {
  'v1.0': withMore(load('openapi-v1.0.json'), appRoles),
  beta: withMore(load('openapi-beta.json'), removedFromBeta),
};

const ajv = new Ajv({ strict: false, allErrors: true });
// innerError.date comes without a zone, as in the documentation's samples.
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$/);
ajv.addFormat('uuid', /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i);
for (const name of ['int32', 'int64', 'base64url', 'binary', 'byte', 'duration', 'double']) ajv.addFormat(name, true);
for (const [version, document] of Object.entries(descriptions)) ajv.addSchema({ $id: `graph:${version}`, ...document });

const operations = (Object.keys(descriptions) as GraphVersion[]).flatMap(operationsOf);

export function isGraphVersion(version: string): version is GraphVersion {
  return version in descriptions;
}

/** Operations whose path fits; Graph compares without case, and takes a function with or without its parentheses. */
export function findOperations(version: GraphVersion, path: string): Operation[] {
  const fitting = operations.filter((one) => one.version === version && one.pattern.test(path));
  // '/users/delta' would be an operation of its own before it is a user called delta.
  const fewest = Math.min(...fitting.map(({ parameters }) => parameters));
  return fitting.filter(({ parameters }) => parameters === fewest).map(({ operation }) => operation);
}

export function nameOf({ version, method, path }: Operation): string {
  return `${version} ${method} ${path}`;
}

const validators = new Map<string, ValidateFunction>();

/** What breaks the schema; [] when nothing does. @param schema full name, as in the description */
export function breachesOf(version: GraphVersion, schema: string, payload: unknown): string[] {
  const ref = `graph:${version}#/components/schemas/${schema}`;
  const validate = validators.get(ref) ?? ajv.compile({ $ref: ref });
  validators.set(ref, validate);
  if (validate(payload)) return [];
  return [...new Set((validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`.trim()))];
}

export function schemaNamed(version: GraphVersion, name: string): SchemaObject | undefined {
  return descriptions[version].components.schemas[name];
}

export function refTo(name: string): SchemaObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** Name of the schema behind a reference; undefined when it is none. */
export function refName(schema: SchemaObject | undefined): string | undefined {
  const one = schema?.$ref ?? schema?.anyOf?.find((option: SchemaObject) => option.$ref)?.$ref;
  return typeof one === 'string' ? one.replace('#/components/schemas/', '') : undefined;
}

/** Own and inherited properties. */
export function propertiesOf(version: GraphVersion, schema: SchemaObject | undefined): Record<string, SchemaObject> {
  const name = refName(schema);
  if (name) return propertiesOf(version, schemaNamed(version, name));
  const parents = (schema?.allOf ?? []).map((parent: SchemaObject) => propertiesOf(version, parent));
  return Object.assign({}, ...parents, schema?.properties);
}

function load(file: string): Description {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Description;
}

function withMore(
  { paths, components }: Description,
  more: { paths: Description['paths']; schemas: Record<string, SchemaObject> },
): Description {
  return {
    paths: { ...paths, ...more.paths },
    components: { ...components, schemas: { ...components.schemas, ...more.schemas } },
  };
}

function operationsOf(version: GraphVersion) {
  return Object.entries(descriptions[version].paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'parameters')
      .map(([method, described]) => ({
        version,
        pattern: patternOf(path),
        parameters: path.split('{').length - 1,
        operation: toOperation(version, method.toUpperCase(), path, described),
      })),
  );
}

function toOperation(version: GraphVersion, method: string, path: string, described: OperationObject): Operation {
  const { requestBody, responses } = described;
  const schema = schemaOf(requestBody);
  return {
    version,
    method,
    path,
    documentedOptions: described['x-documented-query-options'] ?? null,
    body: schema ? { schema, isRequired: requestBody?.required ?? false } : null,
    answers: new Map(
      Object.entries(responses).map(([status, { $ref, ...response }]) => {
        const shared = descriptions[version].components.responses[$ref?.split('/').at(-1) ?? ''];
        return [status, schemaOf(shared ?? response)];
      }),
    ),
  };
}

function schemaOf(content: Content | undefined): string | null {
  return refName(content?.content?.['application/json']?.schema) ?? null;
}

function patternOf(path: string): RegExp {
  const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${literal}(\\(\\))?$`, 'i');
}
