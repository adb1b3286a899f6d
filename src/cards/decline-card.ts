// The form that one approver gets for the reason; nobody else sees it, and nothing is decided by it.
import { isForAnother } from '../domain/notices.ts';
import type { RequestView } from '../domain/views.ts';
import { isAboutPerson, personValues } from '../locales/person-values.ts';
import { pcNameOf } from '../locales/request-values.ts';
import { say } from '../locales/sentence.ts';
import { buttonData, type Fact, factData, onRequest, spoken } from './card-parts.ts';
import { orderFacts, whoFacts } from './person-approval-data.ts';
import type { Writer } from './writer.ts';

export function declineCard(writer: Writer, view: RequestView) {
  const { request } = view;
  const ids = onRequest(request);
  const code = request.code ?? '';
  return {
    title: writer.markdown(say('decline.title', { code })),
    subtitle: writer.markdown(say('decline.sub')),
    facts: factData(writer, isAboutPerson(request) ? personFacts(view) : factsOf(view)),
    reason: request.reason ? writer.text(request.reason) : null,
    inputLabel: writer.plain(say('decline.reason', { who: request.requester.name }), 150),
    actions: [
      buttonData(writer, { title: say('decline.send'), verb: 'request.decline', style: 'positive', data: ids }),
      buttonData(writer, { title: say('common.back'), verb: 'request.show', data: ids, inputs: 'none' }),
    ],
    ...spoken(writer, say('decline.summary', { code })),
  };
}

function factsOf(view: RequestView): Fact[] {
  const { request } = view;
  return [
    { label: say('label.askedBy'), value: request.requester.name },
    ...(isForAnother(request) && !request.bulk ? [{ label: say('label.owner'), value: request.owner.name }] : []),
    { label: say('label.cloudPc'), value: pcNameOf(view) },
  ];
}

function personFacts(view: RequestView): Fact[] {
  return [...whoFacts(view), ...orderFacts(view.person?.item ?? null, personValues(view))];
}
