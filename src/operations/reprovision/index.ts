// Reprovision one Cloud PC: begin → check (→ await sign-in), and start when the check passed → the limits of time while
// Graph builds.
// What Graph shows meanwhile comes from `watch`.
import type { Operation } from '../operation.ts';
import { awaitSignIn } from './await-sign-in.ts';
import { beginStep } from './begin.ts';
import { checkStep } from './check.ts';
import { buildingLimits, startingLimits } from './limits.ts';

export const reprovision: Operation = {
  name: 'reprovision',
  steps: [beginStep, checkStep, awaitSignIn, startingLimits, buildingLimits],
};
