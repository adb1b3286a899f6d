// What the exploration is run with: the policy, and where a rule of the bot is broken on purpose.
import type { Policy } from '../../../src/domain/policy.ts';
import type { StartAnswer } from '../../../src/domain/ports.ts';
import type { Altered } from './rows.ts';

export interface Rules {
  policy: Policy;
  /** How a transaction sees and changes the rows. */
  alter: Altered;
  /** What the bot makes of the answer to its POST. */
  understand: (answer: StartAnswer) => StartAnswer;
}
