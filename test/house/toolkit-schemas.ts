// Microsoft's schemas of the app package and of the toolkit's files.
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { default as AjvDraft04 } from 'ajv-draft-04';

const draft04 = { strict: false, validateFormats: false, allErrors: true, unicodeRegExp: false };

/** What is wrong by the schema of this file in test/house/schemas. */
export function faultsOf(schemaFile: string, data: unknown): unknown[] {
  const schema = JSON.parse(readFileSync(new URL(`schemas/${schemaFile}`, import.meta.url), 'utf8'));
  const isDraft04 = String(schema.$schema).includes('draft-04');
  const ajv = isDraft04 ? new AjvDraft04.default(draft04) : new Ajv({ strict: false, allErrors: true });
  const validate = ajv.compile(schema);
  return validate(data) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
