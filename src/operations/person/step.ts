// What the steps of assign and unassign have in common. A step is small and may be run again at any time: what it changes
// in a group is intended in a transaction first, and after that only the run that holds the item calls.
import type { PersonEvent } from '../../domain/person-events.ts';
import type { PersonItem } from '../../domain/person-item.ts';
import type { GraceEnder, GroupMembership, Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import type { Deps } from '../../requests/deps.ts';

export interface PersonDeps extends Deps {
  membership: GroupMembership;
  graceEnder: GraceEnder;
}

/** One run of one item. */
export interface Run {
  deps: PersonDeps;
  request: Request;
  /** As it was when the run took it, or as its own last commit left it. */
  item: PersonItem;
  /** While the item is certainly this run's: asked right before a group's members are changed. */
  mayStillSend: () => boolean;
  /**
   * Applies an event now, in a transaction of its own.
   * @param guard asked in the same transaction; false: nothing is applied
   * @returns false when the item is not this run's any more: then nothing may be sent
   */
  commit(event: PersonEvent, guard?: (tx: Tx) => Promise<boolean>): Promise<boolean>;
}

/** @returns what became of it; null: this run has nothing more to say */
export type PersonStepRun = (run: Run) => Promise<PersonEvent | null>;
