// This program's version, as package.json has it; the file lies beside `src` and, built, beside `dist`.
import { readFileSync } from 'node:fs';
import { z } from 'zod/v4';

const description = z.object({ version: z.string() });

export const version: string = description.parse(
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')),
).version;
