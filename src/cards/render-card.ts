// From a view to an Adaptive Card 1.5, in the reader's language and zone.
import type { Reader } from '../domain/people.ts';
import type { CardView } from '../domain/views.ts';
import type { Texts } from '../locales/texts.ts';
import { assignCard } from './assign-card.ts';
import { bulkChoose } from './bulk-choose.ts';
import { bulkItems } from './bulk-items.ts';
import { bulkPreview } from './bulk-preview.ts';
import { bulkResend, bulkSettle } from './bulk-settle.ts';
import { cannotAssign } from './cannot-assign.ts';
import { cannotReprovision } from './cannot-reprovision.ts';
import type { Spoken } from './card-parts.ts';
import { checkCard } from './check-card.ts';
import { chooseCloudPc } from './choose-cloud-pc.ts';
import { choosePerson } from './choose-person.ts';
import { closedCard } from './closed-card.ts';
import { cloudPcsCard } from './cloud-pcs-card.ts';
import { confirmEndGrace } from './confirm-end-grace.ts';
import { confirmReprovision } from './confirm-reprovision.ts';
import { confirmResend } from './confirm-resend.ts';
import { declineCard } from './decline-card.ts';
import { helpCard } from './help-card.ts';
import { historyCard } from './history-card.ts';
import { noticeCard } from './notice-card.ts';
import { requestCard } from './request-card.ts';
import { requestsCard } from './requests-card.ts';
import { expandTemplate, type TemplateName } from './templates.ts';
import { unassignCard } from './unassign-card.ts';
import { welcomeCard } from './welcome-card.ts';
import { createWriter, type Writer } from './writer.ts';

export interface RenderedCard {
  /** The Adaptive Card; at most 24 KB of JSON. */
  content: object;
  /** For the message around it: the toast and the activity feed show this. Plain text. */
  summary: string;
}

export interface CardLinks {
  /** Where a Cloud PC is opened; without it no card offers that. */
  openUrl?: string;
}

export interface Cards {
  render(view: CardView, reader: Reader, links?: CardLinks): RenderedCard;
}

interface Filled {
  template: TemplateName;
  data: Spoken;
}

export function createCards(texts: Texts): Cards {
  return {
    render(view, reader, links = {}) {
      const writer = createWriter(texts, reader, nowOf(view));
      const { template, data } = fill(writer, view, links.openUrl ?? null);
      const shared = { t: texts.tree(reader.language), lang: reader.language };
      return { content: expandTemplate(template, { ...data, ...shared }), summary: data.summary };
    },
  };
}

/** Cards that tell no times need no now. */
function nowOf(view: CardView): number {
  if ('now' in view) return view.now;
  return 'view' in view ? view.view.now : 0;
}

function fill(writer: Writer, view: CardView, openUrl: string | null): Filled {
  switch (view.card) {
    case 'request':
      return requestCard(writer, view.view, view.audience, openUrl);
    case 'notice':
      return { template: 'notice', data: noticeCard(writer, view.view, view.notice, view.audience, openUrl) };
    case 'decline':
      return { template: 'decline', data: declineCard(writer, view.view) };
    case 'confirmEndGrace':
      return { template: 'confirmResend', data: confirmEndGrace(writer, view.view) };
    case 'confirmResend':
      return { template: 'confirmResend', data: confirmResend(writer, view.view) };
    case 'bulkChoose':
      return { template: view.card, data: bulkChoose(writer, view) };
    case 'bulkPreview':
      return { template: view.card, data: bulkPreview(writer, view) };
    case 'bulkItems':
      return { template: view.card, data: bulkItems(writer, view) };
    case 'bulkSettle':
      return { template: 'bulkSettle', data: bulkSettle(writer, view.view) };
    case 'bulkResend':
      return { template: 'bulkSettle', data: bulkResend(writer, view.view) };
    case 'confirmReprovision':
      return { template: view.card, data: confirmReprovision(writer, view) };
    case 'chooseCloudPc':
      return { template: view.card, data: chooseCloudPc(writer, view) };
    case 'choosePerson':
      return { template: view.card, data: choosePerson(writer, view) };
    case 'cannotReprovision':
      return { template: view.card, data: cannotReprovision(writer, view) };
    case 'assign':
      return { template: view.card, data: assignCard(writer, view) };
    case 'unassign':
      return { template: view.card, data: unassignCard(writer, view) };
    case 'cannotAssign':
      return { template: 'cannotReprovision', data: cannotAssign(writer, view) };
    case 'cloudPcs':
      return { template: view.card, data: cloudPcsCard(writer, view) };
    case 'requests':
      return { template: view.card, data: requestsCard(writer, view) };
    case 'history':
      return { template: view.card, data: historyCard(writer, view) };
    case 'help':
      return { template: view.card, data: helpCard(writer, view) };
    case 'check':
      return { template: view.card, data: checkCard(writer, view) };
    case 'welcome':
      return { template: view.card, data: welcomeCard(writer, view) };
    case 'closed':
      return { template: view.card, data: closedCard(writer, view) };
  }
}
