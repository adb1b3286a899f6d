// Requests in lines, seven a page; a press on a line opens it.
import type { CardView, RequestFilter, RequestLine } from '../domain/views.ts';
import { isAboutPerson } from '../locales/person-values.ts';
import { dotted, moment, type Sentence, say, type Words } from '../locales/sentence.ts';
import { buttonData, pageButtons, spoken, updated } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'requests' }>;
type Badge = readonly [style: string, color: string];

const badges: Readonly<Record<RequestLine['state'] | 'needsOperator', Badge>> = {
  draft: ['Subtle', 'Default'],
  awaitingApproval: ['Informative', 'Default'],
  approved: ['Informative', 'Default'],
  running: ['Accent', 'Accent'],
  succeeded: ['Good', 'Default'],
  partlySucceeded: ['Warning', 'Default'],
  failed: ['Attention', 'Attention'],
  declined: ['Subtle', 'Default'],
  expired: ['Subtle', 'Default'],
  cancelled: ['Subtle', 'Default'],
  needsOperator: ['Warning', 'Default'],
};

const filters: readonly RequestFilter[] = ['all', 'open', 'mine', 'failed'];

export function requestsCard(writer: Writer, view: View) {
  const { lines, filter, page, pages, total, warnings, now } = view;
  const sub = say('requests.sub', { n: total });
  return {
    title: writer.markdown(say('requests.title')),
    subtitle: writer.markdown(lines.length === 0 ? say('requests.empty') : sub),
    warnings: warnings.map((warning) => ({ text: writer.markdown(say(`requests.${warning}`)) })),
    rows: lines.map((line) => rowData(writer, line)),
    filter,
    filters: filters.map((value) => ({ value, title: writer.plain(say(`requests.filter.${value}`)) })),
    apply: [buttonData(writer, { title: say('requests.apply'), verb: 'requests.list', data: { page: 1 } })],
    page: writer.markdown(dotted(say('common.page', { page, pages }), updated(writer, now))),
    actions: pageButtons(writer, 'requests.list', {}, view),
    ...spoken(writer, dotted(say('requests.title'), lines.length === 0 ? say('requests.empty') : sub)),
  };
}

function rowData(writer: Writer, line: RequestLine) {
  const word = line.needsOperator ? 'needsOperator' : line.state;
  const [style, color] = badges[word];
  const code = line.code;
  return {
    style,
    color,
    label: writer.markdown(say(`req.${word}`)),
    what: writer.markdown(whatOf(line)),
    who: writer.markdown(say('requests.who', { who: line.requester.name, when: moment(line.submittedAt, 'smart') })),
    open: buttonData(writer, {
      title: say('common.showRequest', { code }),
      verb: 'request.show',
      data: { request: line.requestId, revision: line.revision },
    }),
  };
}

function whatOf(line: RequestLine): Sentence {
  const { code, operation, owner } = line;
  if (isAboutPerson(line)) return say('requests.rowPerson', { code, operation, owner: owner.name });
  return say('requests.row', { code, pc: pcOf(line) });
}

function pcOf({ bulkSize, cloudPcName }: RequestLine): Words {
  return bulkSize === null ? cloudPcName : say('common.cloudPcs', { n: bulkSize });
}
