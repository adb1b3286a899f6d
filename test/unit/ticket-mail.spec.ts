// Tickets as mails: what the service desk reads, how its queue is sorted, and that names are only words.
import assert from 'node:assert/strict';
import type { TicketView } from '../../src/domain/mail-views.ts';
import { languages } from '../../src/domain/people.ts';
import { createTexts } from '../../src/locales/texts.ts';
import { renderTicket } from '../../src/mails/ticket-mail.ts';
import { hostile, now } from '../house/card-samples.ts';

const texts = createTexts();
const group = 'lic - Windows 365 Enterprise - 2 vCPU 8 GB 128 GB';

function aTicket(changes: Partial<TicketView> = {}): TicketView {
  return {
    ticket: 'outOfLicences',
    to: 'support@contoso.com',
    customerId: 'Contoso',
    code: 'R-1042',
    licence: group,
    partNumber: 'CPC_E_2C_8GB_128GB',
    used: 10,
    total: 10,
    requester: { id: 'adam', name: 'Adam Acker' },
    person: { id: 'cleo', name: 'Cléo Costa' },
    personUpn: 'cleo@contoso.com',
    language: 'en',
    timeZone: 'Europe/Berlin',
    now,
    ...changes,
  };
}

/** What a person reads, a line for each of the mail's. */
const wordsOf = (html: string): string[] =>
  html
    .replace(/<title>.*?<\/title>/s, '')
    .split(/\n|<br>/)
    .map((line) => line.replace(/<[^>]*>/g, '').trim())
    .filter((line) => line !== '');

describe('Ticket mails', () => {
  it('When licences have run out, then everything that a service desk asks for is there', () => {
    const { subject, html, headers } = renderTicket(texts, aTicket());

    assert.equal(subject, `Contoso-W365Lic “${group}” out of licences`);
    assert.deepEqual(headers, { 'x-concierge-request': 'R-1042' });
    assert.deepEqual(wordsOf(html), [
      `W365Lic “${group}” out of licences`,
      'A Windows 365 licence was asked for, and none is free. Please buy more, or take one back.',
      'Customer: Contoso',
      `Licence group: ${group}`,
      'Licence: CPC_E_2C_8GB_128GB',
      'Seats: 10 of 10 in use, 0 free',
      'Asked by: Adam Acker',
      'For: Cléo Costa (cleo@contoso.com)',
      'Time: Mon 23 Nov, 14:20',
      'One mail a day is sent for it; further cases stand in the history of each request.',
      'Request R-1042 · times in CET',
      'This mail was written by Cloud PC Concierge. Answers to it are not read.',
    ]);
  });

  it('When Frontline seats have run out, then policy and size are named', () => {
    const { subject, html } = renderTicket(
      texts,
      aTicket({
        ticket: 'outOfFrontlineSeats',
        licence: 'Shift work',
        partNumber: 'Frontline 2vCPU/8GB',
        used: 12,
        total: 12,
      }),
    );

    assert.equal(subject, 'Contoso-W365Lic “Shift work” out of Frontline seats');
    const words = wordsOf(html);
    for (const line of ['Frontline policy: Shift work', 'Size: Frontline 2vCPU/8GB', 'Seats: 12 of 12 in use, 0 free'])
      assert.ok(words.includes(line), line);
  });

  it('When more are in use than there are, then none is free', () => {
    assert.match(renderTicket(texts, aTicket({ used: 12, total: 10 })).html, /12 of 10 in use, 0 free/);
  });

  it('When the seat looked free and was not, then what was read is told', () => {
    assert.match(renderTicket(texts, aTicket({ used: 9, total: 10 })).html, /9 of 10 in use, 1 free/);
  });

  it('When the policy names no customer, then none is told, and the subject begins with what it is about', () => {
    const { subject, html } = renderTicket(texts, aTicket({ customerId: null }));

    assert.match(subject, /^W365Lic /);
    assert.doesNotMatch(html, /Customer|null/);
  });

  for (const language of languages) {
    for (const ticket of ['outOfLicences', 'outOfFrontlineSeats'] as const) {
      it(`When “${ticket}” is written in ${language}, then its queue is told in the same words`, () => {
        const { subject, html } = renderTicket(texts, aTicket({ language, ticket }));

        assert.ok(subject.startsWith('Contoso-W365Lic '), subject);
        assert.ok(subject.includes(group));
        assert.match(html, new RegExp(`<html lang="${language}">`));
        assert.match(html, /R-1042/);
        assert.doesNotMatch(html, /[{}]|undefined/);
      });
    }
  }

  for (const [name, { words }] of hostile) {
    it(`When names and words are ${name}, then they are only words, and the subject is one line`, () => {
      const person = { id: 'x', name: words };
      const view = aTicket({
        customerId: words,
        code: words,
        licence: words,
        partNumber: words,
        requester: person,
        person,
        personUpn: words,
      });

      const { subject, html, headers } = renderTicket(texts, view);

      const known = ['!doctype', 'html', 'head', 'meta', 'title', 'body', 'p', 'h1', 'br', 'strong'];
      const tags = [...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map((match) => match[1]!.toLowerCase());
      assert.deepEqual(
        tags.filter((tag) => !known.includes(tag)),
        [],
      );
      assert.doesNotMatch(subject, /[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
      assert.ok(subject.length < 600 && html.length < 20_000);
      assert.match(headers['x-concierge-request'], /^[\w-]{0,64}$/);
    });
  }
});
