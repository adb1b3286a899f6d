// The card that follows a request: `approval` while IT decides, `progress` for everything else. Which, says `requestFaces`;
// a bulk request as a whole has its own, and so has one about somebody's Windows 365.
import type { Audience, RequestView } from '../domain/views.ts';
import { isAboutPerson } from '../locales/person-values.ts';
import { requestValues } from '../locales/request-values.ts';
import { say } from '../locales/sentence.ts';
import { approvalData } from './approval-data.ts';
import { bulkRequestCard } from './bulk-request-card.ts';
import { buttonData, declineReason, type Spoken, stateData } from './card-parts.ts';
import { personRequestCard } from './person-request-card.ts';
import { progressData } from './progress-data.ts';
import { requestButton } from './request-buttons.ts';
import { faceOf, type Side, sideOf } from './request-faces.ts';
import type { Writer } from './writer.ts';

export interface CardData {
  template: 'approval' | 'progress' | 'bulkProgress';
  data: Spoken;
}

/** @param openUrl where a Cloud PC is opened; null where there is no such page */
export function requestCard(writer: Writer, view: RequestView, audience: Audience, openUrl: string | null): CardData {
  if (view.bulk) return bulkRequestCard(writer, view, audience);
  if (isAboutPerson(view.request)) return personRequestCard(writer, view, audience, openUrl);
  const face = faceOf(view, audience);
  const side = sideOf(audience, view.request);
  const values = requestValues(view);
  const common = {
    state: stateData(writer, face.tone, say(face.title, values), say(face.text, values)),
    actions: face.buttons
      .map((name) => requestButton(name, view))
      .filter((button) => button !== null)
      .map((button) => buttonData(writer, button)),
    declineReason: declineReason(writer, view.request),
    note: hasUnreached(view, side) ? writer.markdown(say('reach.ownerUnreached', values)) : null,
  };
  const data =
    face.template === 'approval'
      ? approvalData(writer, view, face, values)
      : progressData(writer, view, side, face, values);
  const opens = { openUrl: face.buttons.includes('open') ? openUrl : null };
  return { template: face.template, data: Object.assign(data, common, opens) };
}

function hasUnreached(view: RequestView, side: Side): boolean {
  return view.ownerUnreached && (side === 'channel' || side === 'requester');
}
