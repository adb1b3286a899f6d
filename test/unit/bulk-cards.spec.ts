// The card of a bulk request: which face when, which buttons, how many waves it shows, and what it says about the time.
import assert from 'node:assert/strict';
import { type BulkSituation, bulkFaceOf, bulkFaces, bulkSides, bulkSituationOf } from '../../src/cards/bulk-faces.ts';
import { createCards } from '../../src/cards/render-card.ts';
import { faceOf } from '../../src/cards/request-faces.ts';
import { itemStates } from '../../src/domain/item.ts';
import type { Language } from '../../src/domain/people.ts';
import type { RequestState } from '../../src/domain/request.ts';
import { hour, minute } from '../../src/domain/time.ts';
import type { Audience, CardView, HistoryEntry, NoticeKind, RequestView } from '../../src/domain/views.ts';
import type { Tally } from '../../src/domain/waves.ts';
import { whyLeftOut } from '../../src/locales/bulk-words.ts';
import { createTexts } from '../../src/locales/texts.ts';
import { createMails } from '../../src/mails/render-mail.ts';
import { bulkItemsAPage } from '../../src/requests/bulk/list-bulk.ts';
import {
  aBulk,
  aBulkRequestView,
  aBulkView,
  bulkFormViews,
  bulkItemViews,
  bulkLines,
  bulkNoticeKinds,
  bulkRequestViews,
  leftOutReasons,
  pauses,
  someWaves,
} from '../house/bulk-samples.ts';
import { now, sampleItems, uuid } from '../house/card-samples.ts';
import { walkCard } from '../house/normalise-card.ts';

type Part = Record<string, unknown>;

const cards = createCards(createTexts());
const sizes = [1, 25, 17];
const midway: Tally = { ready: 20, building: 3, failed: 2 };
const ivan = { id: uuid(3), name: 'Ivan Ilić' };

function render(view: CardView, language: Language = 'en'): Part[] {
  const { content } = cards.render(view, { language, timeZone: 'Europe/Berlin' });
  return [...walkCard(content)].map(({ value }) => value).filter((value): value is Part => isPart(value));
}

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);
const textsIn = (parts: readonly Part[]) => parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
const verbsIn = (parts: readonly Part[]) =>
  parts.flatMap(({ type, verb }) => (type === 'Action.Execute' ? [String(verb)] : []));
const show = (view: RequestView, audience: Audience = 'requester') => render({ card: 'request', audience, view });

/** A request that runs: `current` is its wave, which counts `tally`. */
function running(
  tally: Tally = midway,
  bulk: Parameters<typeof aBulk>[0] = {},
  view: Partial<RequestView> = {},
  current = 2,
): RequestView {
  return aBulkRequestView({ bulk, view: { bulk: aBulkView(someWaves(sizes, current, tally)), ...view } });
}

function inState(state: RequestState, tally: Tally = {}, bulk: Parameters<typeof aBulk>[0] = {}): RequestView {
  const waves = someWaves([25], 1, tally);
  return aBulkRequestView({ request: { state, endedAt: now }, bulk, view: { bulk: aBulkView(waves) } });
}

describe('The faces of bulk requests', () => {
  it('When every state meets every flag and count, then there is a face, and every face is shown by some of them', () => {
    const shown = new Set<BulkSituation>();

    for (const { view, audience } of bulkRequestViews()) {
      assert.ok(bulkFaceOf(view, audience));
      shown.add(bulkSituationOf(view));
    }

    const missing = Object.keys(bulkFaces).filter((situation) => !shown.has(situation as BulkSituation));
    assert.deepEqual(missing, []);
    for (const row of Object.values(bulkFaces)) assert.deepEqual(Object.keys(row).sort(), [...bulkSides].sort());
  });

  it('When any state of a request meets any state of all its items, then there is a face', () => {
    const states: RequestState[] = ['draft', 'awaitingApproval', 'approved', 'running', 'succeeded', 'partlySucceeded'];
    for (const state of [...states, 'failed', 'declined', 'expired', 'cancelled'] as const) {
      for (const itemState of itemStates) {
        for (const pause of pauses()) {
          for (const audience of ['requester', 'owner', 'channel'] as const) {
            const face = bulkFaceOf(inState(state, { [itemState]: 25 }, { pause }), audience);
            assert.ok(face.title && face.text, `${state} ${itemState}`);
          }
        }
      }
    }
  });

  const cases: readonly (readonly [string, RequestView, BulkSituation])[] = [
    ['a wave runs', running(), 'running'],
    ['it is the only wave', inState('running', { building: 25 }), 'runningOne'],
    ['Windows 365 waits for maintenance windows', running(midway, { duringMaintenance: true }), 'runningMaintenance'],
    ['the emergency stop is on', running(midway, {}, { startsPaused: true }), 'startsPaused'],
    ['too many failed', running(midway, { pause: pauses()[1] }), 'pausedFailures'],
    ['an admin paused it', running(midway, { pause: pauses()[2] }), 'pausedByAdmin'],
    ['the way of starting is gone', running(midway, { pause: pauses()[3] }), 'wayGone'],
    ['an admin stopped the rest', running(midway, { stopped: { by: ivan, at: now } }), 'stopped'],
    [
      'it is paused and all starts are, too',
      running(midway, { pause: pauses()[2] }, { startsPaused: true }),
      'pausedByAdmin',
    ],
    ['only people are waited for', inState('running', { ready: 20, needsOperator: 5 }), 'onlyPeople'],
    [
      'only people are waited for after a stop',
      inState('running', { timedOut: 5 }, { stopped: { by: ivan, at: now } }),
      'onlyPeople',
    ],
    ['one waits for a person and others run', inState('running', { building: 20, needsOperator: 5 }), 'runningOne'],
    [
      'the last wave runs, which nothing can pause',
      inState('running', { building: 25 }, { pause: pauses()[2] }),
      'runningOne',
    ],
    ['some failed and may be tried again', inState('partlySucceeded', { ready: 20, failed: 5 }), 'partlyReadyRetry'],
    ['some were left out only', inState('partlySucceeded', { ready: 20, skipped: 5 }), 'partlyReady'],
    ['all failed', inState('failed', { failed: 25 }), 'noneReadyRetry'],
    ['nothing was started', inState('failed', { skipped: 20, cancelled: 5 }), 'noneStarted'],
  ];
  for (const [name, view, situation] of cases) {
    it(`When ${name}, then the card says ${situation}`, () => {
      assert.equal(bulkSituationOf(view), situation);
    });
  }

  it('When the failed ones have been taken on by another request, then it is named and they cannot be tried twice', () => {
    const retriedBy = { requestId: uuid(43), code: 'R-1060' };

    const parts = show(inState('partlySucceeded', { ready: 20, failed: 5 }, { retriedBy }));

    assert.ok(textsIn(parts).includes('The failed ones are tried again in R-1060.'));
    assert.ok(!verbsIn(parts).includes('bulk.retry'));
  });

  it('When a request is over before it began, then its card in the channel has no buttons', () => {
    for (const state of ['declined', 'expired', 'cancelled'] as const) {
      assert.deepEqual(verbsIn(show(inState(state, { cancelled: 25 }), 'channel')), []);
    }
  });

  it('When it runs, then both sides have the same buttons', () => {
    for (const pause of pauses()) {
      const view = running({ ...midway, needsOperator: 1 }, { pause });
      assert.deepEqual(verbsIn(show(view)), verbsIn(show(view, 'channel')));
    }
  });
});

describe('The buttons of a bulk request', () => {
  it('When it runs, then it can be paused, and its rest stopped', () => {
    assert.deepEqual(verbsIn(show(running())), ['bulk.pause', 'bulk.stop', 'bulk.items', 'request.history']);
  });

  it('When some wait for a person, then deciding comes first, and there are still four', () => {
    const parts = show(running({ ...midway, needsOperator: 1 }));

    assert.deepEqual(verbsIn(parts), ['bulk.settle.ask', 'bulk.pause', 'bulk.stop', 'bulk.items']);
  });

  it('When it stands still, then it can go on', () => {
    const parts = show(running(midway, { pause: pauses()[1] }));

    assert.deepEqual(verbsIn(parts), ['bulk.resume', 'bulk.stop', 'bulk.items', 'request.history']);
  });

  it('When nothing waits any more, then nothing is left to pause or stop', () => {
    const parts = show(inState('running', { building: 25 }));

    assert.deepEqual(verbsIn(parts), ['bulk.items', 'request.history']);
  });

  it('When some failed, then the button says how many are tried again', () => {
    const parts = show(inState('partlySucceeded', { ready: 22, failed: 3 }));

    assert.deepEqual(verbsIn(parts), ['bulk.retry', 'bulk.items', 'bulk.export', 'request.history']);
    assert.ok(parts.some(({ title }) => title === 'Retry 3 failed'));
  });

  it('When only ends are missing, then a new start is not among the choices', () => {
    const view = inState('running', { ready: 20, timedOut: 5 });
    const choices = render({ card: 'bulkSettle', view }).flatMap(({ type, data }) =>
      type === 'Action.Execute' ? [(data as Part).choice] : [],
    );

    assert.deepEqual(choices, ['check', 'close']);
  });

  it('When all are decided on, then each press says how it stood, and a new start asks for the number of unclear ones', () => {
    const view = inState('running', { ready: 20, needsOperator: 3, timedOut: 2 });

    const settle = render({ card: 'bulkSettle', view }).filter(({ type }) => type === 'Action.Execute');
    const resend = render({ card: 'bulkResend', view });

    assert.deepEqual(
      settle.map(({ data }) => (data as Part).choice),
      ['check', 'treatAsStarted', 'close', 'startAgain'],
    );
    for (const { data } of settle) assert.equal((data as Part).attempts, view.bulk?.attempts);
    assert.equal(resend.find(({ id }) => id === 'confirmCount')?.regex, String.raw`^\s*3\s*$`);
  });
});

describe('The waves on a card', () => {
  const rowsOf = (view: RequestView) =>
    show(view)
      .filter(({ type }) => type === 'TableRow')
      .slice(1)
      .map((row) => textsIn([...walkCard(row)].map(({ value }) => value).filter(isPart)));
  const many = (count: number, current: number) => {
    const waves = someWaves([1, ...Array.from({ length: count - 1 }, () => 25)], current, midway);
    return aBulkRequestView({ view: { bulk: aBulkView(waves) } });
  };

  it('When there are three, then each has a line', () => {
    assert.deepEqual(rowsOf(running()), [
      ['Wave 1, the trial', '1', 'done 13:20'],
      ['Wave 2', '25', '22 of 25'],
      ['Wave 3', '17', 'to come'],
    ]);
  });

  it('When there are two hundred, then the first, those around the current one, the last, and what lies between', () => {
    const rows = rowsOf(many(200, 100));

    assert.deepEqual(
      rows.map(([name, count]) => [name, count]),
      [
        ['Wave 1, the trial', '1'],
        ['Waves 2 to 98', '2425'],
        ['Wave 99', '25'],
        ['Wave 100', '25'],
        ['Wave 101', '25'],
        ['Waves 102 to 199', '2450'],
        ['Wave 200', '25'],
      ],
    );
  });

  it('When they are any number and any one is current, then there are seven lines at most, and all add up', () => {
    for (let count = 1; count <= 12; count++) {
      for (let current = 0; current <= count + 1; current++) {
        const view = many(count, current);
        const rows = rowsOf(view);
        const sum = rows.reduce((total, [, size]) => total + Number(size), 0);

        assert.ok(rows.length <= 7);
        assert.equal(
          sum,
          view.bulk?.waves.reduce((total, { size }) => total + size, 0),
        );
      }
    }
  });

  it('When a preview plans waves of one size, then they are one line', () => {
    const preview = [...bulkFormViews()].find((view) => view.card === 'bulkPreview' && view.waves.length > 100)!;

    const facts = render(preview).flatMap(({ type, facts }) => (type === 'FactSet' ? (facts as Part[]) : []));

    assert.deepEqual(
      facts.map(({ title, value }) => `${title}: ${value}`),
      ['Wave 1, the trial: 1 Cloud PC', 'Waves 2 to 200: 25 Cloud PCs each', 'Wave 201: 24 Cloud PCs'],
    );
  });
});

describe('The numbers on the card of a bulk request', () => {
  /** Label → number: the label is the text that follows. */
  const numbersOf = (view: RequestView): Record<string, number> => {
    const texts = textsIn(show(view));
    const pairs = texts.map((text, index) => ({ text, label: texts[index + 1] ?? '' }));
    const counts = pairs.filter(({ text, label }) => /^\d+$/.test(text) && /^\D+$/.test(label));
    return Object.fromEntries(counts.map(({ text, label }) => [label, Number(text)]));
  };

  it('When they are counted, then all but those left out add up to the whole', () => {
    const tally: Tally = {
      ready: 5,
      readyWithWarnings: 1,
      building: 2,
      starting: 1,
      checking: 1,
      failed: 3,
      skipped: 4,
      cancelled: 5,
      needsOperator: 1,
      timedOut: 2,
    };
    const { 'left out': leftOut, ...rest } = numbersOf(inState('running', tally));

    const sum = Object.values(rest).reduce((total, count) => total + count, 0);
    assert.equal(sum, 25);
    assert.equal(leftOut, 3);
    assert.equal(rest['need a person'], 3);
  });

  it('When nothing went wrong, then only what is always told stands there', () => {
    const counts = { ...aBulk().counts, leftOut: 0 };

    assert.deepEqual(Object.keys(numbersOf(inState('running', { building: 25 }, { counts }))), [
      'ready',
      'being built',
      'to come',
      'failed',
    ]);
  });

  it('When it runs, then the bar shows the finished ones of all', () => {
    const bar = show(running()).find(({ type }) => type === 'ProgressBar');

    assert.deepEqual([bar?.value, bar?.max], [23, 43]);
    assert.ok(textsIn(show(running())).includes('23 of 43 finished'));
  });
});

describe('The time that a bulk request takes', () => {
  const timeOf = (view: RequestView) => textsIn(show(view)).find((text) => / so far\./.test(text));
  // The first wave began two hours before now, the second an hour.
  const begun = '2 h so far.';

  it('When there is a history, then both ends are told: what is left of this wave, and the waves to come', () => {
    const usual = { fromMinutes: 70, toMinutes: 90, count: 20 };

    assert.equal(
      timeOf(running(midway, {}, { usual })),
      `${begun} Usually 1 h 20 min to 2 h more, if nothing holds it up.`,
    );
  });

  it('When the quickest end has passed in the last wave, then only the longest is told', () => {
    const usual = { fromMinutes: 30, toMinutes: 90, count: 20 };
    const view = running({ building: 17 }, {}, { usual }, 3);

    assert.match(timeOf(view) ?? '', /Usually at most 30 min more/);
  });

  it('When there is no history, then nothing is said about what is left', () => {
    assert.equal(timeOf(running(midway, {}, { usual: null })), begun);
  });

  it('When it stands still or waits for maintenance windows, then nobody knows, and nothing is said', () => {
    assert.equal(timeOf(running(midway, { pause: pauses()[1] })), begun);
    assert.equal(timeOf(running(midway, { duringMaintenance: true })), begun);
    assert.equal(timeOf(running(midway, {}, { startsPaused: true })), begun);
  });

  it('When it takes longer than usual already, then nothing is made up', () => {
    const usual = { fromMinutes: 5, toMinutes: 9, count: 20 };

    assert.equal(timeOf(running({ building: 17 }, {}, { usual }, 3)), '3 h so far.');
  });

  it('When a preview estimates, then each wave counts once, and without a history it says so', () => {
    const of = (pick: (view: CardView) => boolean) => textsIn(render([...bulkFormViews()].find(pick)!));
    const isPreview = (view: CardView) => view.card === 'bulkPreview';
    const withUsual = of((view) => isPreview(view) && 'usual' in view && view.usual !== null);
    const without = of((view) => isPreview(view) && 'usual' in view && view.usual === null);

    assert.ok(
      withUsual.includes(
        'Usually 38 to 62 minutes for each one (last 20 here). With 3 waves that makes 1 h 54 min to 3 h 6 min.',
      ),
    );
    assert.ok(without.includes('There are no figures from here yet, so I cannot say how long it takes.'));
    assert.equal(38 * 3 * minute, hour + 54 * minute);
  });
});

describe('The preview of a bulk request', () => {
  const previews = [...bulkFormViews()].filter((view) => view.card === 'bulkPreview');

  it('When nothing remains, then there is a sentence why, no input and no start', () => {
    const empty = previews.filter(({ waves }) => waves.length === 0);

    assert.equal(empty.length, 3);
    for (const view of empty) {
      const parts = render(view);
      assert.ok(!verbsIn(parts).includes('bulk.submit'));
      assert.ok(!parts.some(({ type }) => /^Input\./.test(String(type))));
      assert.ok(textsIn(parts).includes('Nothing would be rebuilt'));
    }
  });

  it('When approval is needed, then it says so and the press only asks; else the button is the one that deletes', () => {
    for (const view of previews.filter(({ waves }) => waves.length > 0)) {
      const start = render(view).find(({ verb, type }) => verb === 'bulk.submit' && type === 'Action.Execute');
      const isNeeded = view.approvals > 0;

      assert.equal(start?.style, isNeeded ? 'positive' : 'destructive');
      assert.equal(
        textsIn(render(view)).some((text) => text.endsWith('nothing starts before.')),
        isNeeded,
      );
    }
  });

  it('When a number is typed, then only the right one passes', () => {
    for (const view of previews.filter(({ waves }) => waves.length > 0)) {
      const { regex } = render(view).find(({ id }) => id === 'confirmCount')!;
      const { remaining } = view.counts;

      assert.match(` ${remaining} `, new RegExp(String(regex)));
      assert.doesNotMatch(`${remaining}0`, new RegExp(String(regex)));
    }
  });

  it('When the policy leaves choices, then the first is to leave it as it is', () => {
    const view = previews.find(({ choices }) => choices.osVersions.length > 1)!;

    for (const id of ['osVersion', 'accountType']) {
      const input = render(view).find((part) => part.id === id)!;
      assert.equal(input.value, 'none');
      assert.equal((input.choices as Part[])[0]?.value, 'none');
    }
    assert.ok(render(view).some(({ id }) => id === 'maintenance'));
    assert.ok(!render(previews[0]!).some(({ id }) => ['osVersion', 'accountType', 'maintenance'].includes(String(id))));
  });

  it('When something is left out, then every reason has a sentence of its own', () => {
    const texts = createTexts();
    const keys = leftOutReasons.map((reason) => whyLeftOut(reason).key);

    assert.equal(new Set(keys).size, leftOutReasons.length);
    for (const key of keys) assert.ok(texts.has(key), key);
  });
});

describe('The list of a bulk request', () => {
  const list = (lines: ReturnType<typeof bulkLines>, code: string | null): CardView => ({
    card: 'bulkItems',
    requestId: uuid(42),
    revision: 1,
    code,
    lines,
    filter: 'all',
    page: 2,
    pages: 9,
    total: 120,
    now,
  });
  const page = bulkLines().slice(0, bulkItemsAPage);

  it('When it is still a preview, then there is no request to go back to, and states are not asked for', () => {
    const parts = render(list(page, null));

    const filter = parts.find(({ id }) => id === 'filter')!;
    assert.deepEqual(
      (filter.choices as Part[]).map(({ value }) => value),
      ['all', 'toRebuild', 'leftOut'],
    );
    assert.deepEqual(verbsIn(parts).slice(1), ['bulk.items', 'bulk.items', 'bulk.export']);
  });

  it('When it is sent, then it leads back to its card', () => {
    const verbs = verbsIn(render(list(page, 'R-1042'))).slice(1);

    assert.deepEqual(verbs, ['bulk.items', 'bulk.items', 'bulk.export', 'request.show']);
  });

  it('When a line is of one that ended badly, then its reason stands there; when it is left out, why', () => {
    const failed = bulkLines().find(({ item }) => item?.outcome?.code === 'buildFailed')!;
    const nobody = bulkLines().find(({ owner }) => owner === null)!;

    const texts = textsIn(render(list([failed, nobody], 'R-1042'))).join('\n');

    assert.match(texts, /Wave 200 · failed today 14:19 .* The new Cloud PC could not be registered/);
    assert.match(texts, /left out · Nobody and no Cloud PC is found under this\./);
  });
});

describe('The form that chooses the Cloud PCs', () => {
  const choice = { people: '', group: '', policyId: null, failed: false, several: false };
  const form = (changes: Partial<typeof choice> = {}, takesFiles = true) =>
    render({ card: 'bulkChoose', choice: { ...choice, ...changes }, policies: [], problem: null, takesFiles });

  it('When what was pasted fits, then it stands there again line by line', () => {
    const people = 'ada@contoso.com\nben@contoso.com';

    assert.equal(form({ people }).find(({ id }) => id === 'people')?.value, people);
  });

  it('When it is too long for a card, then it is left out whole and this is said: half a list would choose others', () => {
    const parts = form({ people: 'ben@contoso.com\n'.repeat(1250) });

    assert.equal(parts.find(({ id }) => id === 'people')?.value, '');
    assert.ok(textsIn(parts).includes('Your list is too long to be shown here again. Please paste it once more.'));
  });

  it('When there are no policies or no files here, then neither is offered', () => {
    const parts = form({}, false);

    assert.ok(!parts.some(({ id }) => id === 'policyId'));
    assert.ok(!textsIn(parts).some((text) => text.includes('CSV')));
    assert.ok(textsIn(form()).some((text) => text.includes('CSV')));
  });
});

describe('What is told of a bulk request', () => {
  const of = (tally: Tally, bulk: Parameters<typeof aBulk>[0] = {}, state: RequestState = 'running') => ({
    ...inState(state, tally, bulk),
    ownerUnreached: true,
  });
  const told = (notice: NoticeKind, view: RequestView, audience: Audience = 'requester') =>
    textsIn(render({ card: 'notice', notice, audience, view }));

  it('When it halts by itself, then the numbers and what to do are told; when an admin did it, who', () => {
    assert.ok(
      told('bulkPaused', of(midway, { pause: pauses()[1] })).includes(
        'In wave 2, 3 of 25 failed or are unclear. Nothing new starts before an admin decides on the card.',
      ),
    );
    const byAdmin = told('bulkPaused', of(midway, { pause: { reason: 'byAdmin', by: ivan, at: now } }));
    assert.ok(byAdmin.some((text) => text.startsWith('Ivan Ilić paused it.')));
  });

  it('When the way of starting is gone, then the setting that helps is named', () => {
    const texts = told('bulkWayGone', of(midway, { pause: pauses()[3] }), 'channel');

    assert.ok(texts.some((text) => text.includes('Set GRAPH_BULK to bulkActions or to each')));
  });

  it('When it has ended, then all numbers are told, and those of which there are none are not', () => {
    const texts = told(
      'bulkEnded',
      of({ ready: 19, readyWithWarnings: 1, failed: 3, skipped: 2 }, {}, 'partlySucceeded'),
    );

    assert.ok(texts.includes('R-1042 has ended: 20 of 25 ready'));
    assert.ok(texts.includes('20 ready · 3 failed · 2 not started. The card and its list show the rest.'));
  });

  it('When many were cancelled or asked for, then their number is told and nobody is named as the owner', () => {
    const view = of({ queued: 25 }, {}, 'awaitingApproval');

    assert.ok(told('cancelled', view).includes('Concierge cancelled it. Nothing was changed.'));
    assert.ok(told('approvalReminder', view, 'channel').some((text) => text.includes('to reprovision 25 Cloud PCs.')));
    for (const notice of bulkNoticeKinds) {
      assert.ok(!told(notice, view).some((text) => text.includes('could not be reached')), notice);
    }
  });

  it('When its history is shown, then it has a number for its name, and an entry of one Cloud PC says which', () => {
    const entry = { at: now, actor: ivan, words: null };
    const entries: HistoryEntry[] = [
      { ...entry, action: 'request.waveBegan', values: { wave: 2, size: 25 } },
      { ...entry, action: 'request.settled', values: { choice: 'close', n: 1 } },
      { ...entry, action: 'item.failed', values: { pc: 'CPC-ben-8KQ4A' } },
    ];

    const texts = textsIn(render({ card: 'history', view: running(), entries, page: 1, pages: 1, total: 3 }));

    assert.ok(texts.includes('Reprovision 43 Cloud PCs · Ada Arendt'));
    assert.ok(texts.includes('Wave 2 began: 25 Cloud PCs'));
    assert.ok(texts.includes('Closed as failed: 1 Cloud PC'));
    assert.ok(texts.includes('Ivan Ilić · CPC-ben-8KQ4A'));
  });

  it('When requests are listed, then a bulk request shows how many', () => {
    const line = { requestId: uuid(42), code: 'R-1042', revision: 1, cloudPcName: '', bulkSize: 43, requester: ivan };
    const of = { operation: 'reprovision' as const, owner: ivan };
    const lines = [{ ...line, ...of, submittedAt: now, state: 'running' as const, needsOperator: false }];
    const list = { card: 'requests' as const, filter: 'all' as const, page: 1, pages: 1, total: 1, warnings: [], now };

    assert.ok(textsIn(render({ ...list, lines })).includes('R-1042 · Reprovision 43 Cloud PCs'));
  });

  it('When a draft is named, then by the number that its preview counted', () => {
    const view = aBulkRequestView({ request: { state: 'draft', code: null, submittedAt: null } });

    assert.ok(textsIn(show(view)).includes('Reprovision 43 Cloud PCs'));
  });

  it('When its owner gets a mail about one of many, then it is about that one and names who asked', () => {
    const item = sampleItems().find(({ state }) => state === 'ready')!;
    const owner = { id: uuid(2), name: 'Ben Bauer' };
    const view = aBulkRequestView({ request: { owner, requester: ivan }, view: { item } });

    const { subject, html } = createMails(createTexts()).render({
      mail: 'ready',
      to: { address: 'ben@contoso.com', name: owner.name },
      view,
      audience: 'owner',
      language: 'en',
      timeZone: 'UTC',
    });

    assert.equal(subject, 'Your Cloud PC CPC-ada-7F3KQ is ready');
    assert.match(html, /Ivan Ilić asked for this/);
  });
});

describe('One Cloud PC of many', () => {
  it('When its owner has a card, then no button on it could decide on all the others', () => {
    for (const view of bulkItemViews()) {
      const decides = verbsIn(render(view)).filter((verb) => verb !== 'request.history');
      assert.deepEqual(decides, [], view.view.item?.state);
    }
  });

  it('When the whole is halted, then its owner reads that it begins by itself', () => {
    const item = sampleItems().find(({ hold }) => hold === 'bulk')!;
    const view = aBulkRequestView({ view: { item } });

    assert.equal(faceOf(view, 'owner').title, 'progress.heldBulk');
    assert.ok(
      textsIn(show(view, 'owner')).includes('IT has halted this for a moment. It begins by itself when they go on.'),
    );
  });

  it('When the rest was stopped, then its owner reads who did it and when its own turn ended', () => {
    const item = { ...sampleItems().find(({ state }) => state === 'cancelled')!, endedAt: now - 3 * hour };
    const stopped = { by: ivan, at: now - 3 * hour };
    const view = aBulkRequestView({
      request: { state: 'partlySucceeded', endedAt: now },
      bulk: { stopped },
      view: { item },
    });

    const texts = textsIn(show(view, 'owner'));

    assert.ok(
      texts.some((text) => text.startsWith('Cancelled by Ivan Ilić today 11:20.')),
      texts.join('\n'),
    );
  });
});
