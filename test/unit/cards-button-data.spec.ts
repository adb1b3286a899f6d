import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseButton, type Verb, verbs } from '../../src/cards/button-data.ts';
import { InputError } from '../../src/domain/errors.ts';

const request = '0B9F6A0E-3a52-4c63-9d6d-2d1d8f1b3c11';
const ids = { request, revision: 3 };

const isBadButton = (error: unknown) => error instanceof InputError && error.code === 'badButton';

describe('Reading a button', () => {
  it('When a form is sent as Teams sends it, then its inputs have their types', () => {
    const data = {
      ...ids,
      cloudPc: 'pc-1',
      reason: 'slow',
      osVersion: 'windows11',
      mail: 'true',
      mailText: 'a',
      saved: 'false',
    };

    const button = parseButton('request.submit', data);

    assert.deepEqual(button, {
      verb: 'request.submit',
      request: request.toLowerCase(),
      revision: 3,
      cloudPc: 'pc-1',
      reason: 'slow',
      osVersion: 'windows11',
      accountType: null,
      mail: true,
      mailText: 'a',
      saved: false,
    });
  });

  for (const [name, nothing] of [
    ['missing', {}],
    ['empty', { reason: '', osVersion: '', accountType: '', mail: '', mailText: '', saved: '', cloudPc: '' }],
    ['null', { reason: null, osVersion: null, accountType: null, mail: null, mailText: null, saved: null }],
  ] as const) {
    it(`When the inputs are ${name}, then nothing was chosen and nothing written`, () => {
      const button = parseButton('request.submit', { ...ids, ...nothing });

      const none = {
        cloudPc: null,
        reason: '',
        osVersion: null,
        accountType: null,
        mail: null,
        mailText: '',
        saved: null,
      };
      assert.deepEqual(button, { verb: 'request.submit', request: request.toLowerCase(), revision: 3, ...none });
    });
  }

  it('When a number comes as text, then it is a number', () => {
    const button = parseButton('request.close', { ...ids, revision: '7', attempt: '2' });

    assert.deepEqual(button, { verb: 'request.close', request: request.toLowerCase(), revision: 7, attempt: 2 });
  });

  it('When there is more in the data than ids, then it is left out', () => {
    const data = { ...ids, verb: 'request.approve', requester: 'me', role: 'admin', approved: true };

    const button = parseButton('request.approve', data);

    assert.deepEqual(button, { verb: 'request.approve', request: request.toLowerCase(), revision: 3 });
  });

  it('When the words are too long for the use-case, then they come whole, so that it can say so', () => {
    const button = parseButton('request.decline', { ...ids, declineReason: 'x'.repeat(10_000) });

    assert.equal(button.verb === 'request.decline' && button.declineReason.length, 10_000);
  });

  it('When a list says nothing, then it is the first page, and no filter was chosen', () => {
    assert.deepEqual(parseButton('requests.list', {}), { verb: 'requests.list', page: 1, filter: null });
    assert.deepEqual(parseButton('cloudPcs.list', null), { verb: 'cloudPcs.list', page: 1 });
  });

  it('When a bulk request is sent, then its inputs have their types, and a list left as it is means no choice', () => {
    const data = { ...ids, reason: 'slow', confirmCount: '43', osVersion: 'none', accountType: 'administrator' };

    const button = parseButton('bulk.submit', { ...data, maintenance: 'true', mail: 'false', mailText: 'a' });

    assert.deepEqual(button, {
      verb: 'bulk.submit',
      request: request.toLowerCase(),
      revision: 3,
      reason: 'slow',
      confirmCount: '43',
      osVersion: null,
      accountType: 'administrator',
      maintenance: true,
      mail: false,
      mailText: 'a',
    });
  });

  it('When the Cloud PCs of a bulk request are chosen, then a long list comes whole, and “none” is no policy', () => {
    const people = 'ben@contoso.com\n'.repeat(6000);

    const button = parseButton('bulk.choose', { people, group: 'Sales', policyId: 'none', failed: 'true' });

    const chosen = { people, group: 'Sales', policyId: null, failed: true, several: null };
    assert.deepEqual(button, { verb: 'bulk.choose', ...chosen });
    assert.equal(parseButton('bulk.choose', { policyId: request }).verb, 'bulk.choose');
  });

  it('When a bulk form was not filled in, then nothing was chosen and nothing written', () => {
    const chosen = { people: '', group: '', policyId: null, failed: null, several: null };

    assert.deepEqual(parseButton('bulk.choose', {}), { verb: 'bulk.choose', ...chosen });
  });

  it('When a list of a bulk request is asked for, then with its filter and page, or with all from the beginning', () => {
    const on = { verb: 'bulk.items', request: request.toLowerCase(), revision: 3 };

    assert.deepEqual(parseButton('bulk.items', { ...ids, filter: 'unsettled', page: '4' }), {
      ...on,
      filter: 'unsettled',
      page: 4,
    });
    assert.deepEqual(parseButton('bulk.items', ids), { ...on, filter: null, page: 1 });
  });

  it('When somebody decides on all that wait, then the press says what, and how it stood', () => {
    const button = parseButton('bulk.settle', { ...ids, attempts: '5', choice: 'treatAsStarted' });

    assert.deepEqual(button, {
      verb: 'bulk.settle',
      request: request.toLowerCase(),
      revision: 3,
      attempts: 5,
      choice: 'treatAsStarted',
    });
    const resend = parseButton('bulk.resend', { ...ids, attempts: 5, confirmCount: ' 3 ' });
    assert.deepEqual(resend.verb === 'bulk.resend' && [resend.attempts, resend.confirmCount], [5, ' 3 ']);
  });

  for (const verb of ['change', 'export', 'pause', 'resume', 'stop', 'retry', 'settle.ask'] as const) {
    it(`When “bulk.${verb}” is pressed, then it brings the request and its revision alone`, () => {
      const button = parseButton(`bulk.${verb}`, { ...ids, attempts: 5, confirmCount: '1' });

      assert.deepEqual(button, { verb: `bulk.${verb}`, request: request.toLowerCase(), revision: 3 });
    });
  }

  const bad: readonly (readonly [string, unknown, unknown])[] = [
    ['a verb that does not exist', 'request.wipe', ids],
    ['a verb of every object', 'toString', ids],
    ['a prototype', '__proto__', ids],
    ['a verb that is no text', { verb: 'request.show' }, ids],
    ['words above 10,000 characters', 'request.submit', { ...ids, reason: 'x'.repeat(10_001) }],
    ['a code instead of an id', 'request.show', { request: 'R-1042', revision: 1 }],
    ['no id', 'request.approve', { revision: 1 }],
    ['no attempt', 'request.resend', ids],
    ['a negative attempt', 'request.check', { ...ids, attempt: -1 }],
    ['half a revision', 'request.show', { request, revision: 1.5 }],
    ['a list of ids', 'request.show', { request: [request], revision: 1 }],
    ['another Windows', 'request.submit', { ...ids, osVersion: 'windows95' }],
    ['another answer to a toggle', 'request.submit', { ...ids, saved: 'yes' }],
    ['a path as Cloud PC', 'reprovision.choose', { cloudPc: '../users' }],
    ['page 0', 'cloudPcs.list', { page: 0 }],
    ['no attempts of all', 'bulk.settle', { ...ids, choice: 'close' }],
    ['another choice for all', 'bulk.settle', { ...ids, attempts: 1, choice: 'wipe' }],
    ['another filter', 'bulk.items', { ...ids, filter: 'mine' }],
    ['a name as policy', 'bulk.choose', { policyId: 'Office' }],
    ['a list of people above 100,000 characters', 'bulk.choose', { people: 'x'.repeat(100_001) }],
    ['no request to pause', 'bulk.pause', { revision: 1 }],
    ['text instead of data', 'requests.list', 'page'],
    ['a list instead of data', 'help.show', [1]],
  ];
  for (const [name, verb, data] of bad) {
    it(`When it has ${name}, then it is refused as unreadable`, () => {
      assert.throws(() => parseButton(verb, data), isBadButton);
    });
  }

  it('When it is garbage, then nothing else is thrown, and what is read is of that verb', () => {
    const keys = [
      'request',
      'revision',
      'attempt',
      'cloudPc',
      'reason',
      'osVersion',
      'mail',
      'saved',
      'page',
      'filter',
      'person',
      'people',
      'policyId',
      'attempts',
      'choice',
      'confirmCount',
    ];
    const like = fc.oneof(
      fc.jsonValue(),
      fc.constant(request),
      fc.nat(),
      fc.constantFrom('', 'true', '1', null, '__proto__'),
    );
    const data = fc.oneof(fc.anything(), fc.jsonValue(), fc.dictionary(fc.constantFrom(...keys), like));
    const verb = fc.oneof(fc.constantFrom(...verbs), fc.anything());

    fc.assert(
      fc.property(verb, data, (someVerb, someData) => {
        try {
          const button = parseButton(someVerb, someData);
          assert.equal(button.verb, someVerb);
          assert.ok(verbs.includes(someVerb as Verb));
        } catch (error) {
          assert.ok(isBadButton(error), String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
