// What an operation is: an ordered list of small steps, one for each state in which something is to be done.
import type { Item, ItemState } from '../domain/item.ts';
import type { BulkStarter, Starter } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import type { Deps } from '../requests/deps.ts';

export interface OperationDeps extends Deps {
  starter: Starter;
  /** Starts a wave with one call; null: each Cloud PC is started by itself (`GRAPH_BULK=each`). */
  bulkStarter: BulkStarter | null;
}

export interface Step {
  name: string;
  /** The item's state in which the step is run. */
  when: ItemState;
  /**
   * Runs outside a transaction, may be run again at any time, and ends in one or more transactions of its own.
   * @returns true when the next step may follow at once
   */
  run(deps: OperationDeps, request: Request, item: Item): Promise<boolean>;
}

export interface Operation {
  name: Exclude<Request['operation'], 'assign' | 'unassign'>;
  steps: readonly Step[];
}
