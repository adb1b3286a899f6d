// What "Wipe again…" opens: it never sends by itself, and says what a second wipe would do.
import { faceOf } from '../domain/cloud-pc.ts';
import type { RequestView } from '../domain/views.ts';
import { pcNameOf, requestValues } from '../locales/request-values.ts';
import { moment, say } from '../locales/sentence.ts';
import { buttonData, type Fact, factData, onRequest, spoken, stateData, updated } from './card-parts.ts';
import type { Writer } from './writer.ts';

export function confirmResend(writer: Writer, view: RequestView) {
  const { request, item, now } = view;
  const values = requestValues(view);
  const ids = onRequest(request);
  const explained = [
    ['resend.when', 'resend.whenText'],
    ['resend.else', 'resend.elseText'],
  ] as const;
  return {
    title: writer.markdown(say('resend.title', values)),
    subtitle: writer.markdown(say('resend.sub', values)),
    state: stateData(writer, 'danger', say('resend.strip'), say('resend.stripText')),
    facts: factData(writer, factsOf(view)),
    explain: explained.map(([label, text]) => ({
      label: writer.markdown(say(label)),
      text: writer.markdown(say(text, values)),
    })),
    footer: writer.markdown(updated(writer, now)),
    actions: [
      buttonData(writer, {
        title: say('resend.send'),
        verb: 'request.resend',
        style: 'destructive',
        data: { ...ids, attempt: item?.attempt ?? 0 },
      }),
      buttonData(writer, { title: say('common.back'), verb: 'request.show', data: ids, inputs: 'none' }),
    ],
    ...spoken(writer, say('resend.summary', values)),
  };
}

function factsOf(view: RequestView): Fact[] {
  const seen = view.item?.lastSeen;
  return [
    { label: say('label.cloudPc'), value: pcNameOf(view) },
    { label: say('label.owner'), value: view.request.owner.name },
    { label: say('label.state'), value: seen ? say(`pc.${faceOf(seen.status)}`) : say('common.unknown') },
    { label: say('label.lastSignIn'), value: moment(view.item?.cloudPc.lastSignInAt ?? null, 'smart') },
  ];
}
