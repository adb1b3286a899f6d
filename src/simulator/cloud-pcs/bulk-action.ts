// A bulk action: what it was told, and how far its Cloud PCs are, worked out from their builds when someone looks.
// https://learn.microsoft.com/graph/api/resources/cloudpcbulkaction
import type { Build } from './build.ts';

/** Of one Cloud PC in a bulk action: its build, or why there is none. */
export type BulkPart = { cloudPcId: string; build: Build } | { cloudPcId: string; refused: 'failed' | 'notSupported' };

export interface BulkAction {
  id: string;
  displayName: string;
  scheduledDuringMaintenanceWindow: boolean;
  createdAtMs: number;
  parts: readonly BulkPart[];
}

export type BulkProgress = 'pending' | 'inProgress' | 'successful' | 'failed' | 'notSupported';

/** cloudPcBulkActionSummary */
export interface BulkSummary {
  successfulCount: number;
  failedCount: number;
  inProgressCount: number;
  pendingCount: number;
  notSupportedCount: number;
}

/** Counts of all, and the word for the whole; which one a mixed outcome has is undocumented. */
export function summarize(progress: readonly BulkProgress[]): {
  actionSummary: BulkSummary;
  status: 'pending' | 'succeeded' | 'failed';
} {
  const count = (word: BulkProgress) => progress.filter((one) => one === word).length;
  const actionSummary = {
    successfulCount: count('successful'),
    failedCount: count('failed'),
    inProgressCount: count('inProgress'),
    pendingCount: count('pending'),
    notSupportedCount: count('notSupported'),
  };
  const { pendingCount, inProgressCount, successfulCount } = actionSummary;
  if (pendingCount + inProgressCount > 0) return { actionSummary, status: 'pending' };
  return { actionSummary, status: successfulCount === progress.length ? 'succeeded' : 'failed' };
}
