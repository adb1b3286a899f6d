// Rules that were applied to one exchange, and which of them were broken.

export interface Finding {
  /** Operations that were meant, '$batch' and its parts: 'beta GET /users/{user-id}'. */
  operations: string[];
  /** How many rules were applied. */
  rules: number;
  /** 'query: $orderby is not documented for beta GET /users' */
  violations: string[];
}

export class Checklist {
  readonly operations: string[] = [];
  readonly violations: string[] = [];
  rules = 0;

  /** Applies one rule. @param why read only when it is broken */
  demand(rule: string, isMet: boolean, why: () => string): void {
    this.rules += 1;
    if (!isMet) this.violations.push(`${rule}: ${why()}`);
  }

  /** Applies a rule to each; the strangers are named. */
  demandNone(rule: string, strangers: readonly string[], why: string): void {
    this.demand(rule, strangers.length === 0, () => `${strangers.join(', ')} ${why}`);
  }

  finding(): Finding {
    const { operations, rules, violations } = this;
    return { operations, rules, violations };
  }
}
