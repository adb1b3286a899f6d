// A ticket as a mail to a service desk's queue: what has run out, who asked and for whom. Its subject begins with the
// customer's id, then `W365Lic`, in every language, since queues are sorted by that.
import type { TicketView } from '../domain/mail-views.ts';
import { plainLine } from '../locales/plain-words.ts';
import { moment, say, type Value, writeSentence } from '../locales/sentence.ts';
import type { Texts } from '../locales/texts.ts';
import { createTimes } from '../locales/times.ts';
import { escapeHtml } from './escape-html.ts';
import { heading, page, paragraph, small } from './html-page.ts';

export interface RenderedTicket {
  /** Plain text, one line. */
  subject: string;
  /** A whole document; every word from outside is escaped. */
  html: string;
  /** By which a service desk finds the request. */
  headers: Readonly<Record<'x-concierge-request', string>>;
}

/** No group has a longer name. */
const longestName = 256;
const longestInSubject = 120;

export function renderTicket(texts: Texts, ticket: TicketView): RenderedTicket {
  const { language, now, code } = ticket;
  const times = createTimes(texts, { language, timeZone: ticket.timeZone }, now);
  const write = (value: Value, clean: (words: string) => string) => writeSentence(texts, times, language, value, clean);
  const html = (value: Value) => write(value, (words) => escapeHtml(plainLine(words, longestName)));
  const title = say(`mail.ticket.${ticket.ticket}`, { licence: ticket.licence });
  const { customerId } = ticket;
  const subject = customerId === null ? title : say('mail.ticket.subject', { customer: customerId, title });
  const facts = factsOf(ticket).map(([label, value]) => `<strong>${html(say(label))}</strong> ${html(value)}`);
  const footer = [say('mail.reference', { code, zone: times.zone(now) }), say('mail.ticket.automatic')];
  const blocks = [
    heading(html(title)),
    paragraph(html(say(`mail.ticket.${ticket.ticket}Text`))),
    paragraph(facts.join('<br>\n')),
    paragraph(html(say('mail.ticket.once'))),
    small(footer.map(html).join('<br>')),
  ];
  return {
    subject: write(subject, (words) => plainLine(words, longestInSubject)),
    html: page(language, html(title), blocks),
    // A header holds one word of plain letters, whatever the code is.
    headers: { 'x-concierge-request': code.replace(/[^\w-]/g, '').slice(0, 64) },
  };
}

function factsOf(ticket: TicketView): [label: string, value: Value][] {
  const { used, total } = ticket;
  const isFrontline = ticket.ticket === 'outOfFrontlineSeats';
  const seats = { used, total, free: Math.max(0, total - used) };
  return [
    ...(ticket.customerId === null ? [] : [['mail.ticket.customer', ticket.customerId] as [string, Value]]),
    [isFrontline ? 'mail.ticket.policy' : 'mail.ticket.group', ticket.licence],
    [isFrontline ? 'mail.ticket.size' : 'mail.ticket.sku', ticket.partNumber],
    ['mail.ticket.seats', say('mail.ticket.seatsText', seats)],
    ['mail.ticket.requester', ticket.requester.name],
    ['mail.ticket.person', say('mail.ticket.personText', { name: ticket.person.name, upn: ticket.personUpn })],
    ['mail.ticket.at', moment(ticket.now, 'stamp')],
  ];
}
