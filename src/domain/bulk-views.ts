// What the cards of a bulk request show beside the request: its waves, and the lines of its list.
import type { LeftOutReason } from './bulk.ts';
import type { Item } from './item.ts';
import type { PersonRef } from './people.ts';
import type { Instant } from './time.ts';
import type { Tally, Wave } from './waves.ts';

export interface BulkView {
  /** In their order; a draft has none. */
  waves: readonly Wave[];
  /** Of all waves. */
  tally: Tally;
  /** The newest ones that failed or wait for a person; at most five. */
  troubled: readonly Pick<Item, 'owner' | 'cloudPc' | 'state' | 'outcome' | 'missingSince'>[];
  /** Owners who could not be told in Teams. */
  unreached: number;
  /** Sum of the attempts of all items: grows whenever one more waits for a person. */
  attempts: number;
  /** When the first one was started. */
  startedAt: Instant | null;
}

/** One line of the list of a bulk request. */
export interface BulkLine {
  /** null: what was asked for named nobody, and `words` says what it was. */
  owner: PersonRef | null;
  words: string;
  cloudPcName: string | null;
  /** Why it is left out; null: it is one of those to be rebuilt. */
  leftOut: LeftOutReason | null;
  /** null: there is none yet, or it is left out. */
  item: Pick<Item, 'state' | 'wave' | 'outcome' | 'newName' | 'startingAt' | 'endedAt'> | null;
  wasSignedOut: boolean;
}

export type BulkFilter = 'all' | 'toRebuild' | 'leftOut' | 'waiting' | 'running' | 'ready' | 'failed' | 'unsettled';
