import assert from 'node:assert/strict';
import { languages } from '../../src/domain/people.ts';
import { day, hour, minute } from '../../src/domain/time.ts';
import { explainOutcome, skipReasonOf } from '../../src/locales/outcome.ts';
import { createTexts } from '../../src/locales/texts.ts';
import { createTimes } from '../../src/locales/times.ts';

const texts = createTexts();
const now = Date.parse('2026-11-23T14:20:00+01:00');
const timesIn = (language: 'en' | 'de' | 'fr', timeZone = 'Europe/Berlin') =>
  createTimes(texts, { language, timeZone }, now);

describe('Texts', () => {
  it('When one thing or more are counted, then the words follow', () => {
    assert.equal(texts.t('en', 'cloudPcs.sub', { n: 1 }), 'One Cloud PC');
    assert.equal(texts.t('de', 'cloudPcs.sub', { n: 3 }), '3 Cloud-PCs');
    assert.equal(
      texts.t('fr', 'approval.openText', { needed: 2, expires: 'x' }),
      '2 approbations sont nécessaires. Expire x.',
    );
  });

  it('When a value looks like a message, a tag or a reference, then it stays as it is', () => {
    const text = '{n} $t(say.openChat) {{x}} <b>&';

    assert.equal(texts.t('en', 'error.personNotFound', { text }).includes(text), true);
  });

  it('When a key is missing and there is no log, then it is a fault', () => {
    assert.throws(() => texts.t('de', 'say.nothing'), /say\.nothing/);
    assert.throws(() => texts.t('de', 'say'), /no text say/);
    assert.throws(() => texts.t('de', '__proto__.x'));
  });

  it('When a value is missing and there is no log, then it is a fault', () => {
    assert.throws(() => texts.t('de', 'say.didYouMean'), /say\.didYouMean/);
  });

  it('When a key or a value is missing and there is a log, then it is logged and something is shown', () => {
    const logged: unknown[] = [];
    const forgiving = createTexts({ error: (fields) => logged.push(fields) });

    const missing = forgiving.t('de', 'say.nothing');
    const unfilled = forgiving.t('de', 'say.didYouMean');

    assert.equal(missing, 'say.nothing');
    assert.match(unfilled, /Meinten Sie/);
    assert.equal(logged.length, 2);
  });

  it('When two makers of texts live side by side, then they share nothing', () => {
    const other = createTexts({ error: () => undefined });

    other.t('en', 'say.nothing');

    assert.throws(() => texts.t('en', 'say.nothing'));
  });
});

describe('Times', () => {
  const cases = [
    [
      'en',
      ['today 14:20', 'yesterday 14:20', 'tomorrow 14:20', 'Thu 26 Nov, 14:20', '28 Mar, 14:20', '19 Oct 2025, 15:20'],
    ],
    [
      'de',
      [
        'heute 14:20',
        'gestern 14:20',
        'morgen 14:20',
        'Do., 26. Nov., 14:20',
        '28. März, 14:20',
        '19. Okt. 2025, 15:20',
      ],
    ],
    [
      'fr',
      [
        'aujourd’hui 14:20',
        'hier 14:20',
        'demain 14:20',
        'jeu. 26 nov., 14:20',
        '28 mars, 14:20',
        '19 oct. 2025, 15:20',
      ],
    ],
  ] as const;
  for (const [language, expected] of cases) {
    it(`When a time is told in ${language}, then near days have names and far ones dates`, () => {
      const { smart } = timesIn(language);

      assert.deepEqual(
        [0, -1, 1, 3, -240, -400].map((days) => smart(now + days * day)),
        expected,
      );
    });
  }

  it('When it is shortly after midnight, then yesterday is counted by the calendar of the zone', () => {
    const { smart, clock } = timesIn('en');
    const lateYesterday = Date.parse('2026-11-22T23:59:00+01:00');

    assert.equal(smart(lateYesterday), 'yesterday 23:59');
    assert.equal(clock(lateYesterday), 'yesterday 23:59');
    assert.equal(clock(lateYesterday + 2 * minute), '00:01');
    assert.equal(timesIn('en', 'America/New_York').smart(lateYesterday), 'yesterday 17:59');
    assert.equal(timesIn('en', 'Pacific/Auckland').clock(lateYesterday + 13 * hour), '00:59');
  });

  it('When the clocks change, then days stay days', () => {
    const afterChange = Date.parse('2026-10-25T12:00:00+01:00');
    const { smart } = createTimes(texts, { language: 'en', timeZone: 'Europe/Berlin' }, afterChange);

    assert.equal(smart(Date.parse('2026-10-24T00:30:00+02:00')), 'yesterday 00:30');
  });

  it('When the zone is unknown, then it is UTC and says so', () => {
    const times = timesIn('en', 'Nowhere/At-All');

    assert.equal(times.time(now), '13:20');
    assert.equal(times.zone(now), 'UTC');
  });

  it('When the zone is named, then it is the name of that season', () => {
    assert.equal(timesIn('de').zone(now), 'MEZ');
    assert.equal(timesIn('de').zone(Date.parse('2026-07-01T12:00:00Z')), 'MESZ');
    assert.equal(timesIn('en').zone(now), 'CET');
  });

  it('When something lasted, then hours and minutes are told', () => {
    const { span } = timesIn('en');

    assert.deepEqual([0, 51 * minute, 2 * hour, 97 * minute].map(span), ['1 min', '51 min', '2 h', '1 h 37 min']);
  });
});

describe('How an item ended', () => {
  const failed = (code: string) => ({
    state: 'failed' as const,
    outcome: { code: 'buildFailed' as const, detail: { code, message: null } },
  });
  const cases = [
    ['intuneEnrollFailed', 'cause.intune', 'try.enrolment'],
    ['internalServerError', 'cause.internal', 'try.again'],
    ['insufficientIpAddresses', 'cause.ipAddress', 'try.network'],
    ['hybridAzureADJoinFailed', 'cause.hybridJoin', 'try.directory'],
    ['domainJoinFailed', 'cause.domainJoin', 'try.directory'],
    ['licenseNotFound', 'cause.licence', 'try.licence'],
    ['somethingOfTomorrow', 'cause.other', 'try.again'],
  ] as const;
  for (const [code, happened, helps] of cases) {
    it(`When Graph says ${code}, then it is told in plain words with what helps`, () => {
      const explained = explainOutcome(failed(code));

      assert.deepEqual([explained?.happened.key, explained?.helps.key], [happened, helps]);
    });
  }

  it('When Graph gives no code, then it is a cause that is not known', () => {
    const explained = explainOutcome({ state: 'failed', outcome: { code: 'buildFailed', detail: null } });

    assert.equal(explained?.happened.key, 'cause.other');
  });

  it('When it was skipped, then its reason has its own words in every language', () => {
    const item = { state: 'skipped' as const, outcome: { code: 'ownerChanged' as const, detail: null } };

    assert.equal(skipReasonOf(item), 'ownerChanged');
    for (const language of languages) assert.ok(texts.t(language, explainOutcome(item)!.helps.key));
  });

  it('When it is ready, there is nothing to explain', () => {
    assert.equal(explainOutcome({ state: 'ready', outcome: { code: 'ready', detail: null } }), null);
  });
});
