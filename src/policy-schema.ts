// Writes policy.schema.json, so that editors know the policy file: `npm run schema`.
import { writeFile } from 'node:fs/promises';
import { z } from 'zod/v4';
import { policySchema } from './policy-file.ts';

/** The JSON Schema of what a person may write (defaults may be left out). */
export function policyJsonSchema(): object {
  return z.toJSONSchema(policySchema, { io: 'input', unrepresentable: 'any' });
}

export const policySchemaFile = new URL('../policy.schema.json', import.meta.url);

export function toFileText(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

if (import.meta.main) await writeFile(policySchemaFile, toFileText(policyJsonSchema()));
