import type { Operation } from './operation.ts';
import { reprovision } from './reprovision/index.ts';

/** What is done to Cloud PCs, step by step. What is done for people has its own steps: `operations/person`. */
export const operations: Readonly<Record<Operation['name'], Operation>> = { reprovision };
