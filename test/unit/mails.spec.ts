import assert from 'node:assert/strict';
import type { MailView } from '../../src/domain/mail-views.ts';
import { languages } from '../../src/domain/people.ts';
import { createTexts } from '../../src/locales/texts.ts';
import { createMails } from '../../src/mails/render-mail.ts';
import { aView, hostile, mailKinds, ordinary, sampleItems } from '../house/card-samples.ts';

const openUrl = 'https://windows.cloud.microsoft/';
const mails = createMails(createTexts(), openUrl);
const ben = { id: '0b9f6a0e-3a52-4c63-9d6d-000000000002', name: 'Ben Bauer' };

function aMail(
  mail: (typeof mailKinds)[number],
  changes: Partial<MailView> = {},
  outside = ordinary,
  attempt = 0,
): MailView {
  const item = sampleItems(outside).find((one) => one.outcome?.code === codes[mail] && one.attempt === attempt) ?? null;
  return {
    mail,
    to: { address: 'ada@contoso.com', name: outside.name },
    view: aView({ item }, outside),
    audience: 'requester',
    language: 'en',
    timeZone: 'Europe/Berlin',
    ...changes,
  };
}

const codes = {
  started: undefined,
  ready: 'ready',
  readyWithWarnings: 'readyWithWarnings',
  failed: 'buildFailed',
  notStarted: 'notStarted',
  closed: 'closedByAdmin',
};

/** What a person reads: tags gone, entities decoded. */
function wordsOf(html: string): string {
  const text = html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"');
  return text.replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/\s+/g, ' ');
}

describe('Mails', () => {
  for (const language of languages) {
    for (const mail of mailKinds) {
      it(`When “${mail}” is written in ${language}, then subject, code, language and who asked are there`, () => {
        for (const audience of ['requester', 'owner'] as const) {
          const { subject, html } = mails.render(aMail(mail, { language, audience }));

          assert.match(subject, /CPC-ada-7F3KQ/);
          assert.match(html, new RegExp(`<html lang="${language}">`));
          assert.match(html, /R-1042/);
          assert.match(wordsOf(html), /Ada Arendt/);
          assert.doesNotMatch(html, /[{}]|undefined|\$\{/);
        }
      });
    }
  }

  it('When nothing was sent, then no mail says that Microsoft refused it', () => {
    const skipped = sampleItems(ordinary).filter(({ state }) => state === 'skipped');
    const [first] = skipped.filter(({ attempt }) => attempt === 0);
    const [again] = skipped.filter(({ attempt }) => attempt > 0);
    assert.ok(first && again);

    const never = wordsOf(mails.render(aMail('notStarted', { view: aView({ item: first }) })).html);
    const notAgain = wordsOf(mails.render(aMail('notStarted', { view: aView({ item: again }) })).html);

    assert.match(never, /nothing was changed/);
    assert.match(notAgain, /What the first start did is not certain/);
    assert.doesNotMatch(never + notAgain, /Microsoft did not accept/);
  });

  it('When an admin closed it, then the mail says that it is not certain what became of the Cloud PC', () => {
    const { subject, html } = mails.render(aMail('closed'));

    assert.match(subject, /was closed by IT/);
    assert.match(wordsOf(html), /It is not certain what became of the Cloud PC/);
    assert.doesNotMatch(wordsOf(html), /Microsoft did not accept|as it was/);
  });

  it('When the rebuild has started, then the mail says what is lost and what stays', () => {
    const { html } = mails.render(aMail('started'));

    assert.match(html, /is deleted: files/);
    assert.match(html, /OneDrive/);
    assert.match(html, /38 to 62 minutes/);
  });

  it('When nothing is known about the duration, then the mail says none', () => {
    const view = { ...aMail('started').view, usual: null };

    const { html } = mails.render(aMail('started', { view }));

    assert.doesNotMatch(html, /usually/);
  });

  it('When it failed, then the mail says what happened, what helps and the reference', () => {
    const { html } = mails.render(aMail('failed'));

    assert.match(html, /Intune/);
    assert.match(html, /enrolment limits/);
    assert.match(html, /intuneEnrollFailed/);
    assert.doesNotMatch(html, /Nothing was changed/);
  });

  it('When it was not started, then nothing was changed, but only where that is certain', () => {
    const first = mails.render(aMail('notStarted'));
    const again = mails.render(aMail('notStarted', {}, ordinary, 1));

    assert.match(first.html, /Nothing was changed/);
    assert.doesNotMatch(again.html, /Nothing was changed/);
    assert.match(again.html, /not certain/);
  });

  it('When it has a new name, then subject and text say it', () => {
    const mail = aMail('ready');
    const item = sampleItems().find((one) => one.state === 'ready')!;

    const { subject, html } = mails.render({ ...mail, view: aView({ item: { ...item, newName: 'CPC-ada-9X2LM' } }) });

    assert.equal(subject, 'Your Cloud PC CPC-ada-9X2LM is ready');
    assert.match(html, /new name: CPC-ada-9X2LM/);
    assert.match(html, /href="https:\/\/windows\.cloud\.microsoft\/"/);
  });

  it('When somebody else asked, then the owner reads their words, and the requester reads of the owner', () => {
    const mail = aMail('ready');
    const request = {
      ...mail.view.request,
      owner: ben,
      mail: { wanted: true, text: 'Agreed by phone.\nSee you <b>soon</b>' },
    };
    const view = { ...mail.view, request };

    const toOwner = mails.render({ ...mail, view, audience: 'owner' });
    const toRequester = mails.render({ ...mail, view, audience: 'requester' });

    assert.match(toOwner.html, /Ada Arendt writes:<br>Agreed by phone\.<br>\nSee you &lt;b&gt;soon&lt;\/b&gt;/);
    assert.match(toOwner.html, /Ada Arendt asked for this/);
    assert.match(toRequester.subject, /of Ben Bauer is ready/);
    assert.doesNotMatch(toRequester.html, /Agreed by phone|<a /);
  });

  for (const [name, outside] of hostile) {
    it(`When names and words are ${name}, then they are only words`, () => {
      for (const mail of mailKinds) {
        const view = aMail(mail, {}, outside).view;
        const request = { ...view.request, mail: { wanted: true, text: outside.words } };

        const { subject, html } = mails.render(aMail(mail, { view: { ...view, request } }, outside));

        const tags = [...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map((match) => match[1]!.toLowerCase());
        const known = [
          '!doctype',
          'html',
          'head',
          'meta',
          'title',
          'body',
          'p',
          'h1',
          'br',
          'strong',
          'a',
          'blockquote',
        ];
        assert.deepEqual(
          tags.filter((tag) => !known.includes(tag)),
          [],
        );
        assert.doesNotMatch(subject, /[\p{Cc}\u202a-\u202e]/u);
        assert.ok(subject.length < 400);
      }
    });
  }
});
