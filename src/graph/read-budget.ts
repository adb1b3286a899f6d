// How many reads of this process are on their way at once. After "too many requests" it is half of that for everybody, and
// grows again slowly (additive increase, multiplicative decrease), so that the same limit is not met again at once.
import { TemporaryError } from '../domain/errors.ts';
import type { Deadline } from './graph-call.ts';

const most = 16;

export interface ReadBudget {
  /**
   * Waits for a free place; the caller gives it back.
   * @throws TemporaryError `graph.busy` when there is none before the deadline
   */
  enter(deadline: Deadline): Promise<() => void>;
  /** Graph said that it was too much. */
  halve(): void;
  /** A read was answered. */
  grow(): void;
  /** How many may be on their way now. */
  size(): number;
}

export function createReadBudget(): ReadBudget {
  let allowed = most;
  let underWay = 0;
  const waiting = new Set<() => void>();

  function letIn(): void {
    for (const next of waiting) {
      if (underWay >= Math.floor(allowed)) return;
      waiting.delete(next);
      underWay += 1;
      next();
    }
  }

  function leave(): void {
    underWay -= 1;
    letIn();
  }

  return {
    enter(deadline) {
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      let isOut = false;
      const leaveOnce = () => {
        if (!isOut) leave();
        isOut = true;
      };
      const timer = setTimeout(() => {
        if (waiting.delete(next)) reject(new TemporaryError('graph.busy', { graphCode: 'waiting' }));
      }, deadline.remainingMs());
      const next = () => {
        clearTimeout(timer);
        resolve(leaveOnce);
      };
      waiting.add(next);
      letIn();
      return promise;
    },
    halve() {
      allowed = Math.max(1, allowed / 2);
    },
    grow() {
      allowed = Math.min(most, allowed + 1 / allowed);
      letIn();
    },
    size: () => Math.floor(allowed),
  };
}
