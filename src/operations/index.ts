// Every operation, by name.
import type { Operation } from './operation.ts';
import { reprovision } from './reprovision/index.ts';

export const operations: Readonly<Record<Operation['name'], Operation>> = { reprovision };
