// Whatever comes in through the door: the answer is a sentence or a card of ours, nothing is changed that must not be, and
// the bot goes on answering.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { verbs } from '../../src/cards/button-data.ts';
import { createTextRenderer } from '../../src/cards/render-text.ts';
import type { ErrorValues } from '../../src/domain/errors.ts';
import type { Reader } from '../../src/domain/people.ts';
import { createTexts, type TextTree } from '../../src/locales/texts.ts';
import { demoCloudPcs, demoGroups, demoPeople } from '../../src/simulator/index.ts';
import {
  answeredCard,
  answeredText,
  type Card,
  cardOf,
  eventually,
  findButton,
  last,
  wordsOn,
} from '../fakes/looking.ts';
import { type Activity, type CastMember, chatOf, execute, message, submit, type TeamsAnswer } from '../fakes/teams.ts';
import {
  adaSubmits,
  setChannel,
  startWholeBot,
  testPolicy,
  type WholeBot,
  type WholeBotOptions,
} from '../fakes/whole-bot.ts';

const texts = createTexts();
const sentences = createTextRenderer(texts);
const german: Reader = { language: 'de', timeZone: 'Europe/Berlin' };
/** A sentence as the toast of a press shows it. */
const toast = (text: string, values: ErrorValues = {}) => sentences.plain({ text, values }, german);
/** A sentence as a message shows it. */
const spoken = (text: string, values: ErrorValues = {}) => sentences.markdown({ text, values }, german);

// ── What an answer may be ──────────────────────────────────────────────────────────────────────────────────────────

function* leaves(tree: TextTree): Generator<string> {
  for (const value of Object.values(tree)) {
    if (typeof value === 'string') yield value;
    else yield* leaves(value);
  }
}

/** The text as a pattern: what stands in braces is filled in, emphasis may be quotation marks. */
function patternOf(text: string): RegExp {
  let depth = 0;
  let open = '';
  for (const letter of text) {
    if (letter === '{') depth += 1;
    if (depth === 0) open += letter;
    if (letter === '}') depth -= 1;
    if (letter === '}' && depth === 0) open += '\0';
  }
  const escaped = open.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('\0', '[^]*?');
  return new RegExp(`^${escaped.replace(/\\\*([^*]*)\\\*/g, '(?:\\*|“)$1(?:\\*|”)')}$`, 'u');
}

const ours = (['en', 'de', 'fr'] as const).flatMap((language) => {
  const { say, error } = texts.tree(language);
  return [...leaves({ say, error } as TextTree)].map(patternOf);
});

/** What no person may ever read. */
const raw =
  /\bat \S+ \(|\.ts:\d|node:internal|\b(?:Type|Reference|Range|Syntax|Zod|Input|Database|URI)?Error\b|ECONN|SELECT |invalid (?:byte|input)|\[object |undefined|NaN/;

function checkCard(content: unknown): void {
  const card = content as Card;
  assert.equal(card.type, 'AdaptiveCard');
  assert.equal(card.version, '1.5');
  assert.ok(Buffer.byteLength(JSON.stringify(card)) <= 24 * 1024);
  assert.doesNotMatch(JSON.stringify(card), raw);
}

function checkSentence(text: unknown): void {
  assert.equal(typeof text, 'string');
  assert.ok(
    ours.some((pattern) => pattern.test(text as string)),
    `no sentence of ours: ${String(text).slice(0, 300)}`,
  );
  assert.doesNotMatch(text as string, raw);
}

/** Everything that was sent or answered. */
function checkAnswer(answer: TeamsAnswer): void {
  if (answer.status >= 400) {
    assert.ok(answer.status < 500, `status ${answer.status}`);
    assert.ok(['BadRequest', 'PayloadTooLarge'].includes(answer.body?.error), JSON.stringify(answer.body));
    return;
  }
  assert.equal(answer.status, 200);
  if (answer.body?.type === 'application/vnd.microsoft.card.adaptive') checkCard(answer.body.value);
  else if (answer.body?.type === 'application/vnd.microsoft.activity.message') checkSentence(answer.body.value);
  else assert.ok(!answer.body, JSON.stringify(answer.body)?.slice(0, 300));
  for (const { verb, body } of answer.received) {
    if (verb !== 'send' && verb !== 'reply' && verb !== 'update') continue;
    const attached = body.attachments?.[0]?.content;
    if (attached) checkCard(attached);
    else checkSentence(body.text);
  }
}

/** The sentences that were sent to somebody meanwhile; cards of requests may arrive beside them. */
function saidTo(member: CastMember, { received }: TeamsAnswer): string[] {
  const own = received.filter(({ verb, conversationId }) => verb !== 'update' && conversationId === chatOf(member));
  return own.flatMap(({ body }) => (typeof body.text === 'string' ? [body.text] : []));
}

/** Requests that change something in the tenant; `$batch` and `checkMemberGroups` only ask. */
function changesIn(whole: WholeBot): string[] {
  return whole.simulator.requests
    .filter(({ method, path }) => method !== 'GET' && !/\/(\$batch|checkMemberGroups)$/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
}

const errorsIn = (whole: WholeBot) => whole.log.lines.filter(({ level }) => level === 'error');

/** Does it, and looks whether everything is as it was: an answer of ours, no change, no fault, and help still helps. */
async function harmless(whole: WholeBot, act: () => Promise<TeamsAnswer>): Promise<TeamsAnswer> {
  const [answer] = await allHarmless(whole, [act]);
  assert.ok(answer);
  return answer;
}

/** The same for many things in a row, with one look at the end. */
async function allHarmless(whole: WholeBot, acts: readonly (() => Promise<TeamsAnswer>)[]): Promise<TeamsAnswer[]> {
  const changes = changesIn(whole).length;
  const errors = errorsIn(whole).length;
  const answers: TeamsAnswer[] = [];

  for (const act of acts) answers.push(await act());

  answers.forEach(checkAnswer);
  assert.deepEqual(changesIn(whole).slice(changes), []);
  assert.deepEqual(errorsIn(whole).slice(errors), [], 'a fault was logged');
  const help = await whole.says('cleo', 'help');
  assert.match(
    JSON.stringify(help.received.find(({ conversationId }) => conversationId === chatOf('cleo'))),
    /AdaptiveCard/,
  );
  return answers;
}

/** Names, addresses and words of people are nobody's business but theirs. */
function checkLog(whole: WholeBot): void {
  const told = JSON.stringify(whole.log.lines, (_key, value: unknown) =>
    value instanceof Error ? [value.message, value.cause] : value,
  );
  assert.ok(whole.log.lines.length > 0);
  assert.doesNotMatch(told, /Ada|Arendt|Bauer|O'Neil|contoso\.com|Apps no longer|drop table|xxxx/);
}

const longestText = 'a'.repeat(30 * 1024);

function nested(depth: number): unknown {
  return depth === 0 ? 'deep' : { inner: nested(depth - 1) };
}

describe('hostile words', function () {
  this.timeout(60_000);
  let whole: WholeBot;

  before(async () => {
    whole = await startWholeBot();
  });
  after(() => whole.stop());

  const meaningless: Record<string, string> = {
    nothing: '',
    spaces: '     ',
    'white space of every kind': '\t\r\n\u00a0\u2003\u3000&nbsp;',
    '30 kB without a space': longestText,
    '30 kB of spaces and a word': `x${' '.repeat(30 * 1024)}x`,
    '120 kB': 'ö'.repeat(60 * 1024),
    '30 kB of emoji': '👩‍💻'.repeat(2000),
    emoji: '😀👩‍👩‍👧‍👦🏴‍☠️',
    'words from right to left': 'أعد توفير جهاز الكمبيوتر الخاص بي',
    'direction marks around words': '\u202ehcaetnioper\u202c\u2066x\u2069',
    'NUL and control characters': 'a\0b\u0001\u0007\u001b[31m\u007f\u0085c',
    'lone surrogates': '\ud800 \udfff x \udc00\ud800',
    'characters outside of Unicode’s use': '\uffff\ufffe\u{10ffff}',
    Markdown: '[x](https://contoso.com) **y** # z `code`',
    HTML: '<script>alert(1)</script><img src=x onerror=alert(1)>',
    'a template': '\u0024{$root} \u0024{1+1} {{x}} {count, plural, one {#}}',
    SQL: "'; drop table requests; --",
    'mentions that are none': '<at>Cloud PC Concierge<at></at></at><at',
    entities: '&#0;&#xD800;&#1114112;&lt;&amp;lt;',
    'a command inside': 'please do not reprovision my Cloud PC',
  };
  for (const [name, text] of Object.entries(meaningless)) {
    it(`When somebody types ${name}, then they are told that it was not understood`, async () => {
      const answer = await harmless(whole, () => whole.says('ada', text));

      assert.deepEqual(saidTo('ada', answer), [spoken('say.unknown')]);
    });
  }

  it('When invisible characters stand around a command, then it is understood all the same', async () => {
    const answer = await harmless(whole, () => whole.says('ada', '\u200b\0\u202emy\u00a0cloud\u00adpcs\u2069!'));

    assert.match(wordsOn(answer.received[0]?.body), /CPC-ada-7F3KQ/);
  });

  const names: Record<string, string> = {
    'a quote': "q'",
    'an end of the filter': "x') or startswith(displayName,'A",
    'a query of their own': 'x&$top=999&$filter=true',
    'a path': '../../me',
    'a percent sign': '100%',
    'a backslash': '\\',
    'a hash and a question mark': 'a#b?c',
    NUL: 'a\0b',
    'lone surrogates': '\ud800x',
    'a very long name': 'b'.repeat(255),
    'a longer name than there are': longestText,
    emoji: '😀',
    Markdown: '**[x](https://contoso.com)**',
    'a template': '\u0024{1+1} {text}',
  };
  for (const [name, who] of Object.entries(names)) {
    it(`When an admin asks to reprovision ${name}, then nobody is found and nothing else happens`, async () => {
      const answer = await harmless(whole, () => whole.says('adam', `reprovision ${who}`));

      const said = String(saidTo('adam', answer));
      const isFound =
        said === spoken('say.unknown') ||
        said.startsWith(spoken('error.personNotFound', { text: '' }).split('„')[0] ?? '?');
      assert.ok(isFound, said);
      assert.doesNotMatch(said, /\]\(https/);
    });
  }

  for (const who of ["o'neil@contoso.com", "O'Neil", "o'"]) {
    it(`When an admin asks for ${who}, then exactly Owen is found`, async () => {
      const answer = await harmless(whole, () => whole.says('adam', `reprovision ${who}`));

      const words = wordsOn(answer.received[0]?.body);
      assert.match(words, /Owen O'Neil/);
      assert.equal(answer.received.length, 1);
    });
  }

  it('When a person in a mention does not exist, then that is told', async () => {
    const activity = message('reprovision <at>Nobody</at>', { from: 'adam' });
    const mentioned = { id: '29:x', name: 'Nobody', aadObjectId: randomUUID() };
    activity.entities.push({ type: 'mention', text: '<at>Nobody</at>', mentioned });

    const answer = await harmless(whole, () => whole.post(activity));

    assert.deepEqual(saidTo('adam', answer), [spoken('error.personNotFound', { text: '' })]);
  });

  const shapes: Record<string, Activity> = {
    'a text that is a number': { text: 42 },
    'a text that is a list': { text: ['help'] },
    'no text at all': { text: undefined },
    'null as text': { text: null },
    'null as value': { text: '', value: null },
    'a value that is a list': { text: '', value: ['request.approve'] },
    'a value without a verb': { text: '', value: { request: 'x' } },
    'a verb that is an object': { text: '', value: { verb: { toString: 'x' } } },
    'entities of no known kind': {
      text: 'x',
      entities: [{ type: 'mention' }, { type: 'clientInfo', locale: 7 }, { type: 'x' }],
    },
    'entities that are none': { text: 'x', entities: 'mention' },
    'a mention of an object': { text: 'x', entities: [{ type: 'mention', mentioned: [], text: {} }] },
    'a language that is none': { text: 'x', locale: '../../etc' },
    'a time zone that is none': { text: 'x', entities: [{ type: 'clientInfo', timezone: 'Mars/Olympus' }] },
    'attachments of no known kind': { text: 'x', attachments: [{ contentType: 'x', content: nested(20) }] },
    'something deep': { text: 'x', value: nested(50) },
    'something too deep': { text: 'x', value: nested(80) },
    'keys of prototypes': { text: 'x', ['__proto__']: { isAdmin: true }, constructor: { prototype: {} } },
  };
  const refusedAtTheDoor = new Set([
    'a text that is a number',
    'a text that is a list',
    'entities that are none',
    'something too deep',
  ]);
  for (const [name, changes] of Object.entries(shapes)) {
    it(`When an activity has ${name}, then it is answered or refused, and no more`, async () => {
      const answer = await harmless(whole, () => whole.post({ ...message('', { from: 'ada' }), ...changes }));

      assert.equal(answer.status, refusedAtTheDoor.has(name) ? 400 : 200);
    });
  }

  it('When an activity is larger than any of Teams, then it is refused at the door', async () => {
    const answer = await harmless(whole, () => whole.says('ada', 'a'.repeat(300 * 1024)));

    assert.equal(answer.status, 413);
  });

  for (const [name, from] of Object.entries({
    'NUL and lone surrogates': 'A\0da \ud800',
    directions: '\u202eadA',
    'a thousand letters': 'A'.repeat(1000),
    nothing: '',
  })) {
    it(`When the sender’s name holds ${name}, then they are answered like everybody`, async () => {
      const activity = message('status', { from: 'ben' });

      const answer = await harmless(whole, () => whole.post({ ...activity, from: { ...activity.from, name: from } }));

      assert.match(JSON.stringify(answer.received[0]?.body), /AdaptiveCard/);
    });
  }

  for (const typed of ['status R-4711', 'approve R-4711', 'decline R-4711 no', 'cancel R-4711']) {
    it(`When “${typed}” names a request that does not exist, then exactly that is told, to admins as well`, async () => {
      for (const from of ['ada', 'ivan', 'adam'] as const) {
        const answer = await harmless(whole, () => whole.says(from, typed));

        assert.deepEqual(saidTo(from, answer), [spoken('error.noSuchRequest', { code: 'R-4711' })]);
      }
    });
  }

  it('When all of this has come, then the log names nobody and tells nobody’s words', () => checkLog(whole));

  it('When the same message is delivered twice, then it is answered once', async () => {
    const activity = message('xyz', { from: 'ada' });

    const first = await harmless(whole, () => whole.post(activity));
    const second = await harmless(whole, () => whole.post(activity));

    assert.deepEqual([first.received.length, second.received.length], [1, 0]);
  });
});

describe('hostile buttons', function () {
  this.timeout(60_000);
  let whole: WholeBot;
  let form: Card;
  let request: string;
  const good = { reason: 'Apps no longer start', saved: 'true', mail: 'true' };

  /** A press with data of the sender's own making. */
  const press = (from: CastMember, verb: unknown, data: unknown) =>
    whole.post(execute({ from, verb: verb as string, data: data as Record<string, unknown> }));

  before(async () => {
    whole = await startWholeBot();
    await setChannel(whole);
    await whole.says('ada', 'reprovision my Cloud PC');
    form = cardOf(last(whole.messagesOf('ada')));
    request = String(findButton(form, 'request.submit').data?.request);
  });
  after(() => whole.stop());

  const tooLong = (max: number): ErrorValues => ({ max });
  const forms: [name: string, inputs: Record<string, unknown>, error: string, values?: ErrorValues][] = [
    ['no reason', { reason: undefined }, 'reasonMissing'],
    ['an empty reason', { reason: '' }, 'reasonMissing'],
    ['a blank reason', { reason: ' \n\t\u00a0 ' }, 'reasonMissing'],
    ['null as reason', { reason: null }, 'reasonMissing'],
    ['a reason of 301 characters', { reason: 'x'.repeat(301) }, 'reasonTooLong', tooLong(300)],
    ['a reason of 20 kB', { reason: 'x'.repeat(20_000) }, 'badButton'],
    ['a reason that is a number', { reason: 7 }, 'badButton'],
    ['a reason that is an object', { reason: { text: 'x' } }, 'badButton'],
    ['no tick', { saved: 'false' }, 'tickMissing'],
    ['a tick that was never shown', { saved: undefined }, 'tickMissing'],
    ['a tick that says yes', { saved: 'yes' }, 'badButton'],
    ['a tick that is a number', { saved: 1 }, 'badButton'],
    ['a mail of 3001 characters', { mailText: 'x'.repeat(3001) }, 'mailTextTooLong', tooLong(3000)],
    ['a mail that is a list', { mailText: ['x'] }, 'badButton'],
    ['a Windows version that was not offered', { osVersion: 'windows10' }, 'choiceNotOffered'],
    ['an account type that was not offered', { accountType: 'administrator' }, 'choiceNotOffered'],
    ['a Windows version that does not exist', { osVersion: 'windows12' }, 'badButton'],
    ['an account type that is a list', { accountType: ['administrator'] }, 'badButton'],
    ['somebody else’s Cloud PC', { cloudPc: demoCloudPcs.benOffice }, 'cloudPcNotFound'],
    ['a Cloud PC that does not exist', { cloudPc: randomUUID() }, 'cloudPcNotFound'],
    ['a path as Cloud PC', { cloudPc: '../../users' }, 'badButton'],
    ['no Cloud PC', { cloudPc: undefined }, 'choiceMissing'],
    ['dots as Cloud PC', { cloudPc: '..' }, 'badButton'],
    ['no request', { request: undefined }, 'badButton'],
    ['words as request', { request: 'R-1001' }, 'badButton'],
    ['a request that does not exist', { request: randomUUID() }, 'draftGone'],
    ['a list of requests', { request: [randomUUID()] }, 'badButton'],
    ['no revision', { revision: undefined }, 'badButton'],
    ['a revision below zero', { revision: -1 }, 'badButton'],
    ['a broken revision', { revision: 1.5 }, 'badButton'],
    ['words as revision', { revision: 'one' }, 'badButton'],
  ];
  for (const [name, inputs, error, values] of forms) {
    it(`When a form has ${name}, then it is refused with the sentence that helps (${error})`, async () => {
      const answer = await harmless(whole, () => whole.presses('ada', form, 'request.submit', { ...good, ...inputs }));

      assert.equal(answeredText(answer), toast(`error.${error}`, values));
    });
  }

  it('When somebody else sends, closes or changes Ada’s form, then it stays hers and open', async () => {
    const sent = await harmless(whole, () => whole.presses('ben', form, 'request.submit', good));
    const byAdmin = await harmless(whole, () => whole.presses('adam', form, 'request.submit', good));
    const chosen = await harmless(whole, () =>
      press('ben', 'reprovision.choose', { request, revision: 1, cloudPc: demoCloudPcs.benOffice }),
    );
    await harmless(whole, () => whole.presses('ben', form, 'card.cancel'));

    assert.equal(answeredText(sent), toast('error.draftGone'));
    assert.equal(answeredText(byAdmin), toast('error.draftGone'));
    assert.equal(answeredText(chosen), toast('error.draftGone'));
    const missing = await harmless(whole, () => whole.presses('ada', form, 'request.submit', { ...good, reason: '' }));
    assert.equal(answeredText(missing), toast('error.reasonMissing'), 'the form is still open');
  });

  it('When a draft’s id is pressed with the verbs of requests, then it is no request yet, for admins as well', async () => {
    for (const verb of verbs.filter((one) => one.startsWith('request.') && one !== 'request.submit')) {
      const everybody = ['ada', 'ben', 'ivan', 'adam'] as const;

      const answers = await allHarmless(
        whole,
        everybody.map((from) => () => press(from, verb, { request, revision: 1, attempt: 0, declineReason: 'no' })),
      );

      for (const answer of answers) assert.equal(answeredText(answer), toast('error.unknownRequest'), verb);
    }
  });

  const foreign: unknown[] = [
    'request.destroy',
    'REQUEST.APPROVE',
    'request.approve ',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ];
  for (const verb of foreign) {
    it(`When the verb is ${String(verb)}, then the button cannot be read`, async () => {
      const answer = await harmless(whole, () => press('ada', verb, { request, revision: 1 }));

      assert.equal(answeredText(answer), toast('error.badButton'));
    });
  }

  for (const [name, verb] of Object.entries({
    'is missing': undefined,
    'is empty': '',
    'is a number': 7,
    'is an object': { a: 1 },
    'is endless': 'x'.repeat(5000),
  })) {
    it(`When the verb ${name}, then nothing happens`, async () => {
      await harmless(whole, () => press('ada', verb, { request, revision: 1 }));
      await harmless(whole, () =>
        whole.post(submit({ from: 'ada', verb: verb as string, data: { request, revision: 1 } })),
      );
    });
  }

  const datas: Record<string, unknown> = {
    nothing: undefined,
    null: null,
    'a list': [{ request: 'x' }],
    words: 'request',
    'a number': 7,
    'something deep': nested(45),
    'something too deep': nested(80),
    'keys of prototypes': JSON.parse('{"__proto__": {"request": "x"}, "constructor": {"prototype": {"admin": true}}}'),
    garbage: { request: '\0', revision: {}, attempt: [], page: 'x', filter: 'x', cloudPc: {}, person: 7 },
    'a page below one': { page: 0 },
    'a page beyond all pages': { page: 999_999_999 },
    'a page beyond numbers': { page: '99999999999999999999' },
  };
  for (const [name, data] of Object.entries(datas)) {
    it(`When any button carries ${name}, then it is answered with a sentence or a card`, async () => {
      const value = (verb: string) => (typeof data === 'object' ? { ...data, verb } : { data, verb });
      const pressed = await allHarmless(
        whole,
        verbs.map((verb) => () => press('ben', verb, data)),
      );
      const submitted = await allHarmless(
        whole,
        verbs.map((verb) => () => whole.post({ ...submit({ from: 'ben', verb }), value: value(verb) })),
      );

      const status = name === 'something too deep' ? 400 : 200;
      assert.ok([...pressed, ...submitted].every((answer) => answer.status === status));
      assert.deepEqual(
        verbs.filter((_, at) => pressed[at]?.status === 200 && !pressed[at].body),
        [],
        'not answered',
      );
      assert.deepEqual(
        verbs.filter((_, at) => submitted[at]?.status === 200 && submitted[at].received.length !== 1),
        [],
        'not answered as a message',
      );
    });
  }

  describe('of somebody else’s request', () => {
    let code: string;
    let open: Record<string, unknown>;

    before(async () => {
      const sent = await whole.presses('ada', form, 'request.submit', good);
      code = /R-\d+/.exec(wordsOn(answeredCard(sent)))?.[0] ?? '';
      open = { request, revision: 1, attempt: 0 };
      await eventually(() => assert.ok(approvalCard()));
    });

    const approvalCard = () => whole.channelMessages().find((one) => wordsOn(one).includes('Ada Arendt?'));
    // Without the minute in which it was asked: the next one may have begun.
    const state = async () =>
      wordsOn(answeredCard(await press('ada', 'request.show', open))).replace(/Stand .*? · Zeiten/, '');

    for (const typed of ['status', 'approve', 'decline', 'cancel']) {
      it(`When Ben types “${typed}” with its code, then he hears the same as for one that does not exist`, async () => {
        const words = typed === 'decline' ? ' no' : '';

        const real = await harmless(whole, () => whole.says('ben', `${typed} ${code}${words}`));
        const none = await harmless(whole, () => whole.says('ben', `${typed} R-9999${words}`));

        assert.deepEqual(saidTo('ben', real), [spoken('error.noSuchRequest', { code })]);
        assert.deepEqual(saidTo('ben', none), [spoken('error.noSuchRequest', { code: 'R-9999' })]);
      });
    }

    /** What says which request it is about, and what only some may do at all. */
    const rightful = verbs.filter((one) => /^(request|assign|unassign|bulk|channel|check)\./.test(one));
    for (const verb of rightful) {
      it(`When Ben presses ${verb} with its id, then he learns nothing and nothing changes`, async () => {
        const before = await state();

        for (const where of ['personal', { thread: '1' }] as const) {
          const bulk = { attempts: 0, choice: 'startAgain', confirmCount: '1' };
          const data = { ...open, ...good, ...bulk, declineReason: 'no', cloudPc: demoCloudPcs.ada };
          const answer = await harmless(whole, () => whole.post(execute({ from: 'ben', verb, data, where })));

          assert.doesNotMatch(answeredText(answer), /Ada|CPC-|R-\d|Apps/);
        }
        assert.equal(await state(), before);
      });
    }

    it('When Ada forges the buttons of approvers and admins, then she is told why not', async () => {
      const before = await state();
      const refusals: [string, string][] = [
        ['request.approve', 'ownRequest'],
        ['request.decline', 'ownRequest'],
        ['request.decline.ask', 'ownRequest'],
        ['request.resend', 'notAdmin'],
        ['request.treatAsStarted', 'notAdmin'],
        ['request.close', 'notAdmin'],
        ['assign.resend', 'notAdmin'],
        ['assign.close', 'notAdmin'],
        ['bulk.pause', 'notAdminForOthers'],
        ['bulk.resume', 'notAdminForOthers'],
        ['bulk.stop', 'notAdminForOthers'],
        ['bulk.settle.ask', 'notAdminForOthers'],
        ['bulk.settle', 'notAdminForOthers'],
        ['bulk.resend', 'notAdminForOthers'],
        ['check.run', 'notAdmin'],
      ];
      for (const [verb, error] of refusals) {
        const data = { ...open, declineReason: 'no', attempts: 0, choice: 'startAgain', confirmCount: '1' };
        const answer = await harmless(whole, () => press('ada', verb, data));

        assert.equal(answeredText(answer), toast(`error.${error}`), verb);
      }
      assert.equal(await state(), before);
    });

    it('When an approver presses for another revision, then the present card comes back and nothing is decided', async () => {
      const before = await state();

      for (const revision of [0, 2, '2', 999_999_999]) {
        const approved = await harmless(whole, () => press('ivan', 'request.approve', { ...open, revision }));
        const declined = await harmless(whole, () =>
          press('ines', 'request.decline', { ...open, revision, declineReason: 'no' }),
        );

        assert.ok(findButton(answeredCard(approved), 'request.approve'));
        assert.ok(findButton(answeredCard(declined), 'request.approve'));
      }
      assert.equal(await state(), before);
    });

    it('When an admin presses for another attempt, or where nothing is unclear, then nothing is started', async () => {
      const before = await state();

      for (const verb of ['request.resend.ask', 'request.resend', 'request.treatAsStarted', 'request.close']) {
        for (const attempt of [0, 1, 7]) {
          const answer = await harmless(whole, () => press('adam', verb, { ...open, attempt }));

          assert.ok(answeredCard(answer));
        }
      }
      assert.equal(await state(), before);
    });

    it('When an approver declines without words or with too many, then they are asked for some', async () => {
      const none = await harmless(whole, () => press('ivan', 'request.decline', { ...open, declineReason: '  ' }));
      const many = await harmless(whole, () =>
        press('ivan', 'request.decline', { ...open, declineReason: 'x'.repeat(501) }),
      );
      const typed = await harmless(whole, () => whole.says('ivan', `approve ${code} ${'x'.repeat(20_000)}`));

      assert.equal(answeredText(none), toast('error.declineReasonMissing'));
      assert.equal(answeredText(many), toast('error.commentTooLong', { max: 500 }));
      assert.deepEqual(saidTo('ivan', typed), [spoken('error.commentTooLong', { max: 500 })]);
    });

    it('When all of this is over, then the request still waits for its one approval, and that works', async () => {
      const approved = await press('ivan', 'request.approve', open);

      assert.ok(answeredCard(approved));
      await eventually(() => assert.equal(whole.simulator.tenant.reprovisionPosts(demoCloudPcs.ada).applied, 1));
      assert.equal(whole.simulator.tenant.reprovisionPosts().received, 1);
      checkLog(whole);
    });
  });
});

describe('words of people on cards', function () {
  this.timeout(60_000);
  // The first eighty letters of a name are shown.
  const nasty =
    '\u0024{1+1} [click](https://contoso.com/x) **bold** _i_ `c` <at>Adam</at> {{user}} \u0024{$root.title} &lt;b&gt; <b>b</b> @all';
  let whole: WholeBot;
  let approval: Card;

  before(async () => {
    whole = await startWholeBot();
    await setChannel(whole);
    whole.simulator.tenant.changePerson('ada@contoso.com', { displayName: nasty });
    const hello = message('hello', { from: 'ada' });
    await whole.post({ ...hello, from: { ...hello.from, name: nasty } });
    const ask = message('reprovision', { from: 'ada' });
    await whole.post({ ...ask, from: { ...ask.from, name: nasty } });
    const form = last(whole.messagesOf('ada'));
    const data = {
      ...findButton(form, 'request.submit').data,
      reason: `${nasty}\n# heading\n- item\u202e`,
      saved: 'true',
    };
    const sent = execute({ from: 'ada', verb: 'request.submit', data, replyToId: form.id });
    await whole.post({ ...sent, from: { ...sent.from, name: nasty } });
    approval = await eventually(() => cardOf(whole.channelMessages().find((one) => wordsOn(one).includes('R-1001'))));
  });
  after(() => whole.stop());

  type Part = Record<string, unknown>;
  const partsOf = (node: unknown): Part[] => {
    if (Array.isArray(node)) return node.flatMap(partsOf);
    if (typeof node !== 'object' || node === null) return [];
    return [node as Part, ...Object.values(node).flatMap(partsOf)];
  };
  /** What Teams reads as Markdown. */
  const markdownOn = (card: unknown) =>
    partsOf(card).flatMap((part) => {
      if (part.type === 'TextBlock') return [String(part.text)];
      return part.type === undefined && 'title' in part && 'value' in part
        ? [String(part.title), String(part.value)]
        : [];
    });
  const cards = () => [
    approval,
    ...whole.messagesOf('ada').flatMap((one) => (one.content?.attachments?.[0] ? [cardOf(one)] : [])),
  ];

  it('When a name is full of Markdown, then it is words: no link, no bold, no tag', () => {
    for (const card of cards()) {
      for (const text of markdownOn(card)) {
        const unescaped = text.replace(/\\[\\`*_[\]()~|]/g, '');
        assert.doesNotMatch(unescaped, /\]\(|\*\*|`|<|>|_i_/, text);
        assert.doesNotMatch(text, /https:\/\/contoso/, text);
      }
    }
    assert.ok(
      markdownOn(approval).some((text) => text.includes('click')),
      'the name is on the card',
    );
  });

  it('When words look like a template, then nothing is computed and nothing is put in', () => {
    const words = markdownOn(approval).filter((text) => text.includes('click'));

    assert.ok(words.length >= 2);
    for (const text of words) assert.match(text.replaceAll('\\', ''), /\$\{1\+1\}/);
  });

  it('When the reason is full of Markdown, then it stands as it was written, where nothing is read as Markdown', () => {
    const runs = partsOf(approval).filter((part) => part.type === 'TextRun');

    const reason = runs.find((run) => String(run.text).includes('click'));
    assert.match(String(reason?.text), / \[click\]\(https:\/\/contoso\.com\/x\) \*\*bold\*\* _i_ `c` <at>Adam<\/at> /);
    assert.match(String(reason?.text), /^\$\{1\+1\} .* \{\{user\}\} \$\{\$root\.title\} &lt;b&gt; <b>b<\/b> @all/);
    assert.doesNotMatch(String(reason?.text), /\u202e/);
    assert.ok(markdownOn(approval).every((text) => !text.includes('heading')));
  });

  it('When words look like a mention, then nobody is mentioned', () => {
    for (const one of [...whole.channelMessages(), ...whole.messagesOf('ada')]) {
      const mentions = ((one.content?.entities ?? []) as Part[]).filter(({ type }) => type === 'mention');
      assert.deepEqual(mentions, []);
    }
    for (const card of cards()) assert.equal((card.msteams as Part | undefined)?.entities, undefined);
  });

  it('When such a name is answered with a sentence, then it is words there too', async () => {
    // Without the first word the person of that name would be found.
    const answer = await harmless(whole, () => whole.says('adam', `reprovision nobody ${nasty}`));

    assert.match(String(saidTo('adam', answer)), /\\\[click\\\]/);
  });

  it('When a card about such a person is too big for Teams, then its summary is words as well', async () => {
    const body = { error: { code: 'MessageSizeTooBig', message: 'too big' } };
    whole.connector.failNext({ verb: 'reply', status: 413, body });

    await whole.says('ivan', 'status R-1001');

    const { text, textFormat, attachments } = last(whole.messagesOf('ivan')).content;
    assert.match(text, /\[click\]\(https:\/\/contoso\.com\/x\)/);
    assert.deepEqual([textFormat, attachments], ['plain', undefined], 'read as Markdown');
    whole.connector.assertFaultsUsed();
  });

  it('When such a person is in a list, then it is words there too', async () => {
    const answer = await harmless(whole, () => whole.says('ivan', 'status'));

    for (const text of markdownOn(answer.received[0]?.body.attachments[0].content)) {
      assert.doesNotMatch(text.replace(/\\[\\`*_[\]()~|]/g, ''), /\]\(|\*\*|`|<|>/, text);
    }
  });
});

describe('policies, seen from outside', function () {
  this.timeout(60_000);
  let bot: WholeBot;

  /** One bot for all that follows in this block. */
  function withPolicy(policy: WholeBotOptions['policy']): void {
    before(async () => {
      bot = await startWholeBot({ policy });
      await setChannel(bot);
    });
    after(() => bot.stop());
  }

  const selfService = (changes: Partial<typeof testPolicy.selfService>) => ({
    selfService: { ...testPolicy.selfService, ...changes },
  });
  const starts = (cloudPcId?: string) => bot.simulator.tenant.reprovisionPosts(cloudPcId);
  /** Long enough for a start that must not happen: it takes a few milliseconds when it may. */
  const aMoment = () => wait(500);
  const form = { reason: 'Apps no longer start', saved: 'true' };
  const codeOn = (answer: TeamsAnswer) => /R-\d+/.exec(wordsOn(answeredCard(answer)))?.[0] ?? 'none';

  async function benSubmits(): Promise<TeamsAnswer> {
    await bot.says('ben', 'reprovision');
    const chooser = last(
      bot.messagesOf('ben').filter((one) => JSON.stringify(one.content).includes('reprovision.choose')),
    );
    const chosen = await bot.presses('ben', chooser, 'reprovision.choose', { cloudPc: demoCloudPcs.benDesign });
    return bot.presses('ben', answeredCard(chosen), 'request.submit', form);
  }

  describe('with resets that Windows 365 must allow', () => {
    withPolicy(selfService({ respectResetEnabled: true }));
    const told = texts.t('de', 'reason.resetDisabled.text');
    const allow = (resetEnabled: boolean) => {
      for (const setting of bot.simulator.tenant.userSettings) setting.resetEnabled = resetEnabled;
    };

    it('When they are not allowed, then Ada is told so and nothing is asked', async () => {
      allow(false);

      const refused = await adaSubmits(bot);

      const words = wordsOn(answeredCard(refused));
      assert.ok(words.includes(told), words);
      assert.doesNotMatch(words, /R-\d/);
      await aMoment();
      assert.ok(!bot.channelMessages().some((one) => wordsOn(one).includes('Ada Arendt?')));
      assert.deepEqual(errorsIn(bot), []);
    });

    it('When they were allowed when she asked and no longer are when it is approved, then it is skipped', async () => {
      allow(true);
      const code = codeOn(await adaSubmits(bot));
      allow(false);

      await bot.says('ivan', `approve ${code}`);

      await eventually(() => assert.ok(bot.messagesOf('ada').some((one) => wordsOn(one).includes(told))));
      assert.equal(starts().received, 0);
    });

    it('When an admin asks for her, then it is not a reset by herself, and it is taken', async () => {
      await bot.says('adam', 'reprovision ada@contoso.com');
      const shown = last(bot.messagesOf('adam'));

      const choices = { osVersion: 'windows11', accountType: 'standardUser' };
      const sent = await bot.presses('adam', shown, 'request.submit', { ...form, ...choices });

      assert.match(codeOn(sent), /^R-/);
    });
  });

  describe('with self-service without approval', () => {
    withPolicy(selfService({ reprovision: 'direct' }));

    it('When nobody has to approve, then it runs at once, once, and nobody is asked', async () => {
      const sent = await benSubmits();

      await eventually(() => assert.equal(starts(demoCloudPcs.benDesign).applied, 1));
      const card = await eventually(() => {
        const found = bot.channelMessages().find((one) => wordsOn(one).includes(codeOn(sent)));
        assert.ok(found);
        return found;
      });
      assert.doesNotMatch(JSON.stringify(card.content), /request\.(approve|decline)/);
      assert.equal(starts().received, 1);
    });

    it('When the owner is a VIP, then an approver alone does not suffice, and an admin’s word does', async () => {
      bot.simulator.tenant.addMember(demoGroups.vip, demoPeople.ada);
      const code = codeOn(await adaSubmits(bot));

      const byIvan = await bot.says('ivan', `approve ${code}`);
      await aMoment();
      const { received } = starts(demoCloudPcs.ada);
      const byAdam = await bot.says('adam', `approve ${code}`);

      assert.deepEqual(saidTo('ivan', byIvan), [spoken('say.decided.approved')]);
      assert.equal(received, 0);
      assert.deepEqual(saidTo('adam', byAdam), [spoken('say.decided.approved')]);
      await eventually(() => assert.equal(starts(demoCloudPcs.ada).applied, 1));
    });
  });

  describe('with approval', () => {
    withPolicy({});

    it('When the owner is no VIP, then an admin who is no approver cannot approve', async () => {
      const code = codeOn(await adaSubmits(bot));

      const answer = await bot.says('adam', `approve ${code}`);

      assert.deepEqual(saidTo('adam', answer), [spoken('error.notApprover')]);
      await aMoment();
      assert.equal(starts().received, 0);
    });

    it('When somebody is no admin any more when the form comes, then it is refused', async () => {
      await bot.says('adam', 'reprovision ben@contoso.com');
      const chooser = last(bot.messagesOf('adam'));
      const chosen = await bot.presses('adam', chooser, 'reprovision.choose', { cloudPc: demoCloudPcs.benDesign });
      bot.simulator.tenant.removeMember(demoGroups.admins, demoPeople.adam);

      const inputs = { ...form, osVersion: 'windows11', accountType: 'standardUser' };
      const answer = await harmless(bot, () => bot.presses('adam', answeredCard(chosen), 'request.submit', inputs));

      assert.equal(answeredText(answer), toast('error.notAdminForOthers'));
    });
  });

  describe('without self-service', () => {
    withPolicy(selfService({ reprovision: 'off' }));

    it('When Ada asks, then she is told whom to ask, by whatever way, and Adam may ask for her', async () => {
      const asked = await harmless(bot, () => bot.says('ada', 'reprovision my Cloud PC'));
      const pressed = await harmless(bot, () =>
        bot.post(execute({ from: 'ada', verb: 'reprovision.start', data: {} })),
      );
      const choice = { cloudPc: demoCloudPcs.ada };
      const chosen = await harmless(bot, () =>
        bot.post(execute({ from: 'ada', verb: 'reprovision.choose', data: choice })),
      );
      const listed = await harmless(bot, () => bot.says('ada', 'my cloud pcs'));
      const byAdam = await bot.says('adam', 'reprovision ada@contoso.com');

      assert.deepEqual(saidTo('ada', asked), [spoken('error.selfServiceOff')]);
      assert.equal(answeredText(pressed), toast('error.selfServiceOff'));
      assert.equal(answeredText(chosen), toast('error.selfServiceOff'));
      assert.doesNotMatch(JSON.stringify(listed.received[0]?.body), /reprovision\.(choose|start)/);
      assert.match(JSON.stringify(byAdam.received[0]?.body), /request\.submit/);
    });
  });

  describe('with two approvals', () => {
    withPolicy({ approval: { ...testPolicy.approval, needed: 2 } });

    it('When one person approves, then that is one approval, however often, and the second starts it', async () => {
      const code = codeOn(await adaSubmits(bot));

      const first = await bot.says('ivan', `approve ${code}`);
      const again = await bot.says('ivan', `approve ${code}`);
      await aMoment();
      const { received } = starts();
      const second = await bot.says('ines', `approve ${code}`);

      assert.deepEqual(saidTo('ivan', first), [spoken('say.decided.approved')]);
      assert.deepEqual(saidTo('ivan', again), [spoken('error.alreadyDecided', { code })]);
      assert.equal(received, 0);
      assert.deepEqual(saidTo('ines', second), [spoken('say.decided.approved')]);
      await eventually(() => assert.equal(starts(demoCloudPcs.ada).applied, 1));
    });

    it('When an approver declines after one approval of two, then it is declined', async () => {
      const code = codeOn(await benSubmits());
      await bot.says('ivan', `approve ${code}`);

      const declined = await bot.says('ines', `decline ${code} please restart first`);

      assert.deepEqual(saidTo('ines', declined), [spoken('say.decided.declined')]);
      await aMoment();
      assert.equal(starts(demoCloudPcs.benDesign).received, 0);
    });
  });
});
