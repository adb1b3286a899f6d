// What must hold after a storm, what is looked at to judge it, and how a breach is told.
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import type { FleetMember } from '../bulk/tenant.ts';
import type { Evidence } from '../crash/evidence.ts';
import type { Disturbance } from './faults.ts';
import type { Played } from './stories.ts';

export const rules = [
  'every story came to its decision',
  'every approved request reached an end',
  'one start at most per approval',
  'never two starts at once for a Cloud PC',
  'no start without an approval',
  'a Cloud PC was rebuilt where it is said, and nowhere else',
  'every card shows what the store holds',
  'no notice and no card lost',
  'nothing told twice without a cause',
  'no mail sent twice',
  'no request made twice',
  'nothing is left to do',
  'the counts are right',
  'old buttons are harmless',
  'the audit’s chain verifies',
  'a process ends in order',
] as const;
export type Rule = (typeof rules)[number];

export interface Violation {
  rule: Rule;
  what: string;
}

export interface Seen {
  evidence: Evidence;
  microsoft: Microsoft;
  played: readonly Played[];
  fleet: readonly FleetMember[];
  disturbances: readonly Disturbance[];
}
