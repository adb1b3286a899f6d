// Mails about one request: what happened, what is lost or what helps, what comes next, who asked, and the request's code.

import type { MailKind, MailView } from '../domain/mail-views.ts';
import { isForAnother } from '../domain/notices.ts';
import type { RequestView } from '../domain/views.ts';
import { explainOutcome, referenceOf } from '../locales/outcome.ts';
import { explainPerson, referenceOfPerson } from '../locales/person-outcome.ts';
import { isAboutPerson, personValues } from '../locales/person-values.ts';
import { plainLine } from '../locales/plain-words.ts';
import { requestValues } from '../locales/request-values.ts';
import { moment, type Sentence, say, type Value, type Values, writeSentence } from '../locales/sentence.ts';
import type { Texts } from '../locales/texts.ts';
import { createTimes } from '../locales/times.ts';
import { escapeHtml, escapeHtmlLines } from './escape-html.ts';
import { heading, page, paragraph, small } from './html-page.ts';
import { mailParts } from './mail-parts.ts';

export interface RenderedMail {
  /** Plain text, one line. */
  subject: string;
  /** A whole document; every word from outside is escaped. */
  html: string;
}

export interface Mails {
  render(mail: MailView): RenderedMail;
}

/** @param openUrl where a Cloud PC is opened; without it no mail leads there */
export function createMails(texts: Texts, openUrl?: string): Mails {
  return { render: (mail) => renderMail(texts, mail, openUrl) };
}

function renderMail(texts: Texts, mail: MailView, openUrl: string | undefined): RenderedMail {
  const { view, language, timeZone } = mail;
  const times = createTimes(texts, { language, timeZone }, view.now);
  const { subject, paragraphs, opens } = mailParts(mail);
  const values = valuesOf(view);
  const html = (value: Value) => writeSentence(texts, times, language, value, (words) => escapeHtml(plainLine(words)));
  const plain = (value: Value) => writeSentence(texts, times, language, value, (words) => plainLine(words, 80));
  const title = say(`mail.${subject}`, values);
  const footer = [
    say('mail.reference', { code: view.request.code ?? '', zone: times.zone(view.now) }),
    ...[isBadNews(mail.mail) ? (referenceOfPerson(view.person?.item ?? null) ?? referenceOf(view.item)) : null].filter(
      (one) => one !== null,
    ),
  ];
  const blocks = [
    paragraph(html(say('mail.greeting', { name: mail.to.name }))),
    heading(html(title)),
    ...paragraphs.map((key) => paragraph(html(say(`mail.${key}`, values)))),
    ...explained(mail).map(([label, text]) => paragraph(`<strong>${html(say(label))}</strong><br>${html(text)}`)),
    ...ownWords(mail, html(say('mail.words', values))),
    ...(opens && openUrl ? [paragraph(`<a href="${escapeHtml(openUrl)}">${html(say('mail.open'))}</a>`)] : []),
    paragraph(html(say(isRequester(mail) ? 'mail.askedByYou' : 'mail.askedBy', values))),
    small([...footer.map(html), html(say('mail.automatic'))].join('<br>')),
  ];
  return { subject: plain(title), html: page(language, html(title), blocks) };
}

function valuesOf(view: RequestView): Values {
  const { request } = view;
  const named = isAboutPerson(request) ? personValues(view) : requestValues(view);
  // In a mail of days ago "today" means nothing.
  const until = moment(view.person?.item.cloudPc?.graceEndsAt ?? null, 'stamp', 'common.unknown');
  return { ...named, pc: named.newPc, until, asked: moment(request.submittedAt ?? request.createdAt, 'stamp') };
}

const badNews: readonly MailKind[] = ['failed', 'notStarted', 'closed', 'assignFailed'];
const isBadNews = (mail: MailKind) => badNews.includes(mail);

function isRequester({ audience }: MailView): boolean {
  return audience === 'requester';
}

/** What happened and what helps, where it did not end well. */
function explained({ mail, view }: MailView): [label: string, text: Sentence][] {
  const plain = mail === 'started' || mail === 'ready';
  const outcome = plain ? null : (explainPerson(view.person?.item ?? null) ?? explainOutcome(view.item));
  if (!outcome) return [];
  return [
    ['progress.whatHappened', outcome.happened],
    ['progress.whatToTry', outcome.helps],
  ];
}

/** What the requester wrote for this mail; for the owner, or for oneself. Only with good news or the start. */
function ownWords({ mail, view, audience }: MailView, head: string): string[] {
  const { text } = view.request.mail;
  const isForReader = audience === 'owner' || !isForAnother(view.request);
  if (!text || !isForReader || isBadNews(mail)) return [];
  return [
    `<blockquote style="border-left:3px solid #c7c7c7;margin:0 0 12px;padding-left:12px">${head}<br>${escapeHtmlLines(text)}</blockquote>`,
  ];
}
