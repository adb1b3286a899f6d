// One's own Cloud PCs, three a page.
import { type CloudPcFace, faceOf } from '../domain/cloud-pc.ts';
import type { CardView, CloudPcLine } from '../domain/views.ts';
import { dotted, moment, say } from '../locales/sentence.ts';
import { builtFrom, buttonData, pageButtons, planOf, spoken, updated } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'cloudPcs' }>;

/** Badge style, and the colour of its fallback: older Good and Warning text is too pale on white. */
const badges: Readonly<Record<CloudPcFace, { style: string; color: string }>> = {
  ready: { style: 'Good', color: 'Default' },
  readyWithWarnings: { style: 'Warning', color: 'Default' },
  failed: { style: 'Attention', color: 'Attention' },
  building: { style: 'Accent', color: 'Accent' },
  grace: { style: 'Subtle', color: 'Default' },
};

export function cloudPcsCard(writer: Writer, view: View) {
  const { lines, total, page, pages, now } = view;
  const isEmpty = lines.length === 0;
  const sub = say('cloudPcs.sub', { n: total });
  const stamp = updated(writer, now);
  const footer = pages > 1 ? dotted(say('common.page', { page, pages }), stamp) : stamp;
  return {
    title: writer.markdown(say('cloudPcs.title')),
    subtitle: writer.markdown(isEmpty ? say('common.windows365') : sub),
    rows: lines.map((line) => rowData(writer, line)),
    empty: isEmpty ? writer.markdown(say('cloudPcs.none')) : null,
    footer: writer.markdown(footer),
    actions: [
      buttonData(writer, { title: say('cloudPcs.requests'), verb: 'requests.list', data: {} }),
      ...pageButtons(writer, 'cloudPcs.list', {}, view),
    ],
    ...spoken(writer, isEmpty ? say('cloudPcs.none') : dotted(say('cloudPcs.title'), sub)),
  };
}

function rowData(writer: Writer, { pc, running, mayAsk }: CloudPcLine) {
  const face = faceOf(pc.status);
  return {
    ...badges[face],
    name: writer.markdown(pc.name),
    label: writer.markdown(say(`pc.${face}`)),
    plan: writer.markdown(planOf(pc)),
    policy: writer.markdown(builtFrom(pc)),
    used: writer.markdown(
      say('cloudPcs.signIn', {
        when: moment(pc.lastSignInAt, 'smart'),
        built: moment(pc.provisionedAt, 'date', 'common.unknown'),
      }),
    ),
    note: running
      ? writer.markdown(say('cloudPcs.running', { code: running.code, when: moment(running.since, 'clock') }))
      : null,
    actions: rowActions(writer, { pc, running, mayAsk }),
  };
}

function rowActions(writer: Writer, { pc, running, mayAsk }: CloudPcLine) {
  if (running) {
    const data = { request: running.requestId, revision: running.revision };
    return [
      buttonData(writer, { title: say('common.showRequest', { code: running.code }), verb: 'request.show', data }),
    ];
  }
  if (!mayAsk) return [];
  return [buttonData(writer, { title: say('cloudPcs.act'), verb: 'reprovision.choose', data: { cloudPc: pc.id } })];
}
