// The card that follows a request about somebody's Windows 365. Which face, says `personFaces`.
import type { Audience, RequestView } from '../domain/views.ts';
import { personValues } from '../locales/person-values.ts';
import { say } from '../locales/sentence.ts';
import { buttonData, declineReason, type Spoken, stateData } from './card-parts.ts';
import { personApprovalData } from './person-approval-data.ts';
import { personFaceOf } from './person-faces.ts';
import { personProgressData } from './person-progress-data.ts';
import { requestButton } from './request-buttons.ts';
import { sideOf } from './request-faces.ts';
import type { Writer } from './writer.ts';

interface PersonCardData {
  template: 'approval' | 'progress';
  data: Spoken;
}

export function personRequestCard(
  writer: Writer,
  view: RequestView,
  audience: Audience,
  openUrl: string | null,
): PersonCardData {
  const face = personFaceOf(view, audience);
  const side = sideOf(audience, view.request);
  const values = personValues(view);
  const isUnreached = view.ownerUnreached && (side === 'channel' || side === 'requester');
  const common = {
    state: stateData(writer, face.tone, say(face.title, values), say(face.text, values)),
    actions: face.buttons
      .map((name) => requestButton(name, view))
      .filter((button) => button !== null)
      .map((button) => buttonData(writer, button)),
    declineReason: declineReason(writer, view.request),
    note: isUnreached ? writer.markdown(say('reach.ownerUnreached', values)) : null,
    openUrl: face.buttons.includes('open') ? openUrl : null,
  };
  const data =
    face.template === 'approval'
      ? personApprovalData(writer, view, face, values)
      : personProgressData(writer, view, side, face, values);
  return { template: face.template, data: Object.assign(data, common) };
}
