// What "End again…" opens: it never sends by itself, and says what would be destroyed.
import type { RequestView } from '../domain/views.ts';
import { personValues } from '../locales/person-values.ts';
import { say } from '../locales/sentence.ts';
import { buttonData, factData, onRequest, spoken, stateData, updated } from './card-parts.ts';
import type { Writer } from './writer.ts';

export function confirmEndGrace(writer: Writer, view: RequestView) {
  const { request, person, now } = view;
  const values = personValues(view);
  const ids = onRequest(request);
  const explained = [
    ['resend.when', 'endGrace.whenText'],
    ['resend.else', 'endGrace.elseText'],
  ] as const;
  return {
    title: writer.markdown(say('endGrace.title', values)),
    subtitle: writer.markdown(say('resend.sub', values)),
    state: stateData(writer, 'danger', say('endGrace.strip', values), say('endGrace.stripText')),
    facts: factData(writer, [
      { label: say('label.cloudPc'), value: values.pc },
      { label: say('label.person'), value: request.owner.name },
    ]),
    explain: explained.map(([label, text]) => ({
      label: writer.markdown(say(label)),
      text: writer.markdown(say(text, values)),
    })),
    footer: writer.markdown(updated(writer, now)),
    actions: [
      buttonData(writer, {
        title: say('endGrace.send'),
        verb: 'assign.resend',
        style: 'destructive',
        data: { ...ids, attempt: person?.item.attempt ?? 0 },
      }),
      buttonData(writer, { title: say('common.back'), verb: 'request.show', data: ids, inputs: 'none' }),
    ],
    ...spoken(writer, say('endGrace.summary', values)),
  };
}
