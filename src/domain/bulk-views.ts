// What the cards of a bulk request show beside the request: its waves, and the lines of its list.
import type { BulkChoice, BulkCounts, BulkSource, LeftOutReason } from './bulk.ts';
import type { Usual } from './estimates.ts';
import type { MailOffer } from './form-views.ts';
import type { Item } from './item.ts';
import type { PersonRef } from './people.ts';
import type { Choices } from './policy.ts';
import type { Text } from './text-views.ts';
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

export type BulkCardView =
  | {
      card: 'bulkChoose';
      choice: BulkChoice;
      policies: readonly { id: string; name: string }[];
      /** What must be changed first: a key below `error`. */
      problem: Text | null;
      /** A file may be sent in this chat. */
      takesFiles: boolean;
    }
  | {
      card: 'bulkPreview';
      requestId: string;
      revision: number;
      source: BulkSource;
      counts: BulkCounts;
      /** The first ones that are left out, at most five. */
      leftOut: readonly BulkLine[];
      /** Sizes; [] when nothing remains. */
      waves: readonly number[];
      usual: Usual | null;
      stopWhenFailedPercent: number;
      approvals: number;
      choices: Choices;
      offersMaintenance: boolean;
      mail: MailOffer;
      now: Instant;
    }
  | {
      card: 'bulkItems';
      requestId: string;
      revision: number;
      /** null: still a preview. */
      code: string | null;
      lines: readonly BulkLine[];
      filter: BulkFilter;
      page: number;
      pages: number;
      total: number;
      now: Instant;
    };
