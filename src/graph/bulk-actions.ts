// Bulk actions of Windows 365 (beta): GET …/bulkActions/{id} (https://learn.microsoft.com/graph/api/cloudpcbulkaction-get).
// Counts alone: what became of a single Cloud PC is read from the Cloud PC.
import type { BulkActionSummary } from '../domain/ports.ts';
import type { Ask } from './asker.ts';
import { isNotFound } from './graph-error.ts';
import { toSegment } from './graph-path.ts';
import { readBody } from './read-answer.ts';
import { bulkActionSchema } from './schema.ts';

export const bulkActionsPath = '/deviceManagement/virtualEndpoint/bulkActions';

/** null: no such bulk action. */
export async function readBulkAction(ask: Ask, bulkActionId: string): Promise<BulkActionSummary | null> {
  const reply = await ask({ method: 'GET', path: `${bulkActionsPath}/${toSegment(bulkActionId)}` });
  if (isNotFound(reply)) return null;
  const { id, status, actionSummary } = readBody(reply, bulkActionSchema);
  const { successfulCount: successful, failedCount: failed, notSupportedCount: notSupported } = actionSummary ?? none;
  const open = (actionSummary ?? none).pendingCount + (actionSummary ?? none).inProgressCount;
  // A summary that counts nobody says no more than none at all.
  const isCounted = successful + failed + notSupported + open > 0;
  const hasEnded = isCounted ? open === 0 : status !== null && status.toLowerCase() !== 'pending';
  return { id, hasEnded, successful, failed, notSupported, open };
}

/** Of the answer to its making; null: it cannot be read. */
export function readBulkActionId(body: unknown): string | null {
  return bulkActionSchema.safeParse(body).data?.id ?? null;
}

const none = { successfulCount: 0, failedCount: 0, inProgressCount: 0, pendingCount: 0, notSupportedCount: 0 };
