// The card that follows a bulk request as a whole. Which face, says `bulkFaces`.
import type { Audience, RequestView } from '../domain/views.ts';
import { bulkValues } from '../locales/bulk-values.ts';
import { requestValues } from '../locales/request-values.ts';
import { say } from '../locales/sentence.ts';
import { bulkApprovalData } from './bulk-approval-data.ts';
import { bulkButtons } from './bulk-buttons.ts';
import { bulkFaceOf } from './bulk-faces.ts';
import { bulkProgressData } from './bulk-progress-data.ts';
import { buttonData, declineReason, type Spoken, stateData } from './card-parts.ts';
import type { Writer } from './writer.ts';

interface BulkCardData {
  template: 'approval' | 'bulkProgress';
  data: Spoken;
}

export function bulkRequestCard(writer: Writer, view: RequestView, audience: Audience): BulkCardData {
  const face = bulkFaceOf(view, audience);
  const values = { ...requestValues(view), ...bulkValues(view) };
  const common = {
    state: stateData(writer, face.tone, say(face.title, values), say(face.text, values)),
    declineReason: declineReason(writer, view.request),
    actions: bulkButtons(face, view).map((button) => buttonData(writer, button)),
  };
  const fill = face.template === 'approval' ? bulkApprovalData : bulkProgressData;
  return { template: face.template, data: Object.assign(fill(writer, view, face, values), common) };
}
