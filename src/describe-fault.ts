// A start that failed, in words for whoever started it.
import { ConciergeError } from './domain/errors.ts';

/** What whoever starts it must mend, in words; anything else is a bug and keeps its stack. */
export function describeFault(error: unknown): string {
  if (!(error instanceof ConciergeError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { faults, ...values } = error.values;
  const rest = Object.entries(values).map(([name, value]) => `${name}: ${value}`);
  return [`Cannot start (${error.code}).`, ...(faults === undefined ? rest : [String(faults), ...rest])].join('\n');
}
