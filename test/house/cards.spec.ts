// Every face of every card, in every language, with ordinary and with hostile words.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import { bulkSituationOf } from '../../src/cards/bulk-faces.ts';
import { isVerb, parseButton, verbs } from '../../src/cards/button-data.ts';
import { personSituationOf } from '../../src/cards/person-faces.ts';
import { createCards, type RenderedCard } from '../../src/cards/render-card.ts';
import { faceOf, requestFaces, sideOf, sides, situationOf } from '../../src/cards/request-faces.ts';
import { languages, type Reader } from '../../src/domain/people.ts';
import type { CardView } from '../../src/domain/views.ts';
import { createTexts } from '../../src/locales/texts.ts';
import { bulkFormViews, bulkItemViews, bulkRequestViews } from './bulk-samples.ts';
import { formViews, hostile, type Outside, ordinary, requestViews } from './card-samples.ts';
import { normaliseCard, walkCard } from './normalise-card.ts';
import { personFormViews, personRequestViews } from './person-samples.ts';

type Part = Record<string, unknown>;

const openUrl = 'https://windows.cloud.microsoft/';
const cards = createCards(createTexts());
const isValid = compileSchema();
const samples: readonly (readonly [string, Outside])[] = [['ordinary words', ordinary], ...hostile];

function compileSchema(): ValidateFunction {
  const text = readFileSync(new URL('./schemas/adaptive-card.1.6.0.schema.json', import.meta.url), 'utf8');
  // The published file has `required: true` where draft 6 wants a list, and the old `id` keyword.
  const schema = JSON.parse(text, function (this: Part, key: string, value: unknown) {
    return key === 'required' && typeof value === 'boolean' ? undefined : value;
  });
  delete schema.id;
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, allErrors: true });
  ajv.addMetaSchema(createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-06.json'));
  return ajv.compile(schema);
}

/** What can make a difference to what is shown; hostile words need not meet every impossible pair of states. */
function keyOf(view: CardView, outside: Outside): string {
  if (view.card !== 'request' && view.card !== 'notice') return JSON.stringify(view);
  const { item, request, bulk, usual, ownerUnreached } = view.view;
  if (bulk) return bulkKeyOf(view, outside);
  if (request.operation !== 'reprovision') return personKeyOf(view, outside);
  const kind = view.card === 'notice' ? view.notice : situationOf(view.view);
  const side = sideOf(view.audience, request);
  const states = [request.state, item?.state, item?.attempt, usual === null];
  const isRunning = request.state === 'running' || outside === ordinary;
  const ends = isRunning ? [item?.outcome?.code, item?.newName === null, ownerUnreached] : [];
  return [view.card, kind, side, ...ends, ...(outside === ordinary ? states : [])].join();
}

function bulkKeyOf(view: CardView & { card: 'request' | 'notice' }, outside: Outside): string {
  const { request, bulk, ...rest } = view.view;
  const kind = view.card === 'notice' ? view.notice : bulkSituationOf(view.view);
  const key = [view.card, kind, view.audience, bulk?.waves.length, rest.usual === null];
  if (outside !== ordinary) return JSON.stringify(key);
  return JSON.stringify([...key, bulk?.troubled.length, bulk?.unreached, rest.hasChannel, request.bulk?.source.type]);
}

/** What is done for the person is seen while it runs, and when it is asked for. */
function personKeyOf(view: CardView & { card: 'request' | 'notice' }, outside: Outside): string {
  const { request, person, ownerUnreached } = view.view;
  const { item, ticket } = person ?? {};
  const kind = view.card === 'notice' ? view.notice : personSituationOf(view.view);
  const isRunning = request.state === 'running';
  const key = [view.card, kind, sideOf(view.audience, request), request.operation, item?.order.endsGrace];
  if (outside !== ordinary) return JSON.stringify([...key, isRunning && ownerUnreached, ticket?.state]);
  if (!isRunning) return JSON.stringify([...key, request.mail.wanted, ticket?.state]);
  const ends = [item?.outcome?.code, item?.order.entitlement.kind, ownerUnreached];
  return JSON.stringify([...key, ...ends, item?.step, item?.changes.length]);
}

function views(outside: Outside): CardView[] {
  const different = new Map<string, CardView>();
  const all = [
    ...requestViews(outside),
    ...formViews(outside),
    ...bulkRequestViews(outside),
    ...bulkItemViews(outside),
    ...bulkFormViews(outside),
    ...personRequestViews(outside),
    ...personFormViews(outside),
  ];
  for (const view of all) different.set(keyOf(view, outside), view);
  return [...different.values()];
}

function nameOf(view: CardView): string {
  if (view.card === 'request')
    return `request ${view.view.request.state}/${(view.view.item ?? view.view.person?.item)?.state} for ${view.audience}`;
  return view.card === 'notice' ? `notice ${view.notice} for ${view.audience}` : view.card;
}

interface Sample {
  name: string;
  rendered: RenderedCard;
  reader: Reader;
}

/** Each different card once: with ordinary words in every language, with hostile ones in a language each. */
function renderAll(outside: Outside): Sample[] {
  const different = new Map<string, Sample>();
  const all = views(outside);
  const at = samples.findIndex(([, one]) => one === outside);
  const spoken = outside === ordinary ? languages : languages.filter((_, index) => index === at % languages.length);
  for (const language of spoken) {
    const reader = { language, timeZone: 'Europe/Berlin' };
    for (const view of all) {
      const rendered = cards.render(view, reader, { openUrl });
      different.set(JSON.stringify(rendered), { name: `${nameOf(view)} in ${language}`, rendered, reader });
    }
  }
  return [...different.values()];
}

function checkEach(all: readonly Sample[], check: (rendered: RenderedCard, reader: Reader) => void): void {
  for (const { name, rendered, reader } of all) {
    try {
      check(rendered, reader);
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}\n${JSON.stringify(rendered).slice(0, 4000)}`, {
        cause: error,
      });
    }
  }
}

const parts = (rendered: RenderedCard) =>
  [...walkCard(rendered.content)]
    .map(({ value }) => value)
    .filter((value): value is Part => typeof value === 'object' && value !== null);
const ofType = (rendered: RenderedCard, type: string | RegExp) =>
  parts(rendered).filter((part) => (typeof type === 'string' ? part.type === type : type.test(String(part.type))));

for (const [name, outside] of samples) {
  describe(`Every card, ${name}`, () => {
    let all: Sample[] = [];

    before(function () {
      this.timeout(180_000);
      all = renderAll(outside);
    });

    it('When it is rendered, then it follows the schema and says version 1.5', () => {
      checkEach(all, ({ content }) => {
        assert.ok(isValid(normaliseCard(content)), JSON.stringify(isValid.errors?.slice(0, 3)));
        assert.equal((content as Part).version, '1.5');
        assert.equal((content as Part).refresh, undefined);
      });
    });

    it('When it is rendered, then nothing of templates or messages is left and nothing is null', () => {
      const given = new Set(Object.values(outside));
      checkEach(all, ({ content }) => {
        for (const { key, value } of walkCard(content)) {
          assert.notEqual(value, null, `${key} is null`);
          if (typeof value !== 'string' || [...given].some((words) => words.includes('{'))) continue;
          assert.doesNotMatch(value, /\$\{|[{}]/, `${key}: ${value}`);
          assert.doesNotMatch(value, /undefined|NaN|\[object/, `${key}: ${value}`);
        }
      });
    });

    it('When it is sent, then it is small enough', () => {
      checkEach(all, ({ content, summary }) => {
        const bytes = Buffer.byteLength(JSON.stringify(content));
        assert.ok(bytes <= 24 * 1024, `${bytes} bytes`);
        assert.ok(summary.length <= 420, 'the summary is short');
      });
    });

    it('When it is read aloud or in an old client, then it says what it is', () => {
      checkEach(all, (rendered, reader) => {
        const card = rendered.content as Part;
        assert.equal(card.lang, reader.language);
        for (const words of [card.speak, card.fallbackText, rendered.summary]) {
          assert.ok(typeof words === 'string' && words.trim() !== '');
          assert.doesNotMatch(words, /[\p{Cc}\u202a-\u202e]/u);
        }
        assert.ok(
          ofType(rendered, 'TextBlock').some((block) => block.style === 'heading'),
          'a heading',
        );
      });
    });

    it('When it has text, then the text wraps and no word turns the direction of the rest', () => {
      checkEach(all, (rendered) => {
        for (const block of ofType(rendered, 'TextBlock')) {
          assert.equal(block.wrap, true);
          assert.ok(typeof block.text === 'string' && block.text !== '', 'words in every TextBlock');
        }
        const text = JSON.stringify(rendered);
        assert.doesNotMatch(text, /[\u202a-\u202e\u2066\u2067]/);
        assert.equal((text.match(/\u2068/g) ?? []).length, (text.match(/\u2069/g) ?? []).length);
      });
    });

    it('When it has facts, then none has a word that is wider than a telephone leaves beside the labels', () => {
      if (outside !== ordinary) return;
      checkEach(all, (rendered) => {
        const facts = ofType(rendered, 'FactSet').flatMap(({ facts }) => facts as { title: string; value: string }[]);
        for (const { value } of facts) {
          const longest = Math.max(...value.split(/[\s-]/).map((word) => word.length));
          assert.ok(longest <= 15, value);
        }
      });
    });

    it('When it has buttons, then they are few, short, and work in clients without Execute', () => {
      checkEach(all, (rendered) => {
        const { actions } = rendered.content as { actions: unknown[] };
        assert.ok(actions.length <= 4);
        for (const action of ofType(rendered, 'Action.Execute')) {
          const fallback = action.fallback as Part;
          assert.ok(isVerb(action.verb), String(action.verb));
          assert.equal(fallback.type, 'Action.Submit');
          assert.equal(fallback.title, action.title);
          assert.deepEqual(fallback.data, { verb: action.verb, ...(action.data as Part) });
          assert.ok(String(action.title).length <= 28, `${action.title} is too long`);
        }
      });
    });

    it('When a button is pressed, then it brings back ids and nothing else, and they can be read', () => {
      const allowed = new Set(['request', 'revision', 'attempt', 'attempts', 'choice', 'cloudPc', 'page']);
      checkEach(all, (rendered) => {
        for (const { verb, data } of ofType(rendered, 'Action.Execute')) {
          assert.deepEqual(
            Object.keys(data as Part).filter((key) => !allowed.has(key)),
            [],
          );
          assert.doesNotThrow(() => parseButton(verb, data), `${verb} ${JSON.stringify(data)}`);
        }
      });
    });

    it('When it asks for something, then each input has an id, a label and, where required, a sentence', () => {
      checkEach(all, (rendered) => {
        const inputs = ofType(rendered, /^Input\./);
        assert.equal(new Set(inputs.map((input) => input.id)).size, inputs.length);
        for (const input of inputs) {
          assert.ok(input.id && input.label);
          if (input.isRequired) assert.ok(input.errorMessage);
        }
      });
    });
  });
}

describe('The faces of requests', () => {
  const ordinaryViews = views(ordinary);

  it('When every state meets every other, then there is a face, and every face is shown by some of them', () => {
    const shown = new Set<string>();

    for (const { view, audience } of [...requestViews(), ...bulkItemViews()]) {
      const face = faceOf(view, audience);
      assert.ok(face);
      shown.add(situationOf(view));
    }

    assert.deepEqual(
      Object.keys(requestFaces).filter((situation) => !shown.has(situation)),
      [],
    );
    for (const row of Object.values(requestFaces)) assert.deepEqual(Object.keys(row).sort(), [...sides].sort());
  });

  it('When a wipe may have arrived, then no card says that nothing was changed', () => {
    const unchanged = { en: 'Nothing was changed', de: 'wurde nichts verändert', fr: 'Rien n’a été modifié' };

    for (const language of languages) {
      for (const view of ordinaryViews) {
        if (view.card !== 'request') continue;
        const { item, request } = view.view;
        const mayHaveArrived = item && (item.attempt > 0 || item.state === 'building' || item.state === 'timedOut');
        if (!mayHaveArrived || !['running', 'failed', 'succeeded'].includes(request.state)) continue;
        if (item.state === 'queued' || item.state === 'cancelled') continue;

        const { content } = cards.render(view, { language, timeZone: 'UTC' });

        assert.ok(!JSON.stringify(content).includes(unchanged[language]), `${request.state}/${item.state} ${language}`);
      }
    }
  });

  it('When a request is over, then its card in the channel has no button that decides', () => {
    for (const view of requestViews()) {
      const { state } = view.view.request;
      if (view.audience !== 'channel' || !['declined', 'expired', 'cancelled'].includes(state)) continue;

      const { content } = cards.render(view, { language: 'en', timeZone: 'UTC' });

      assert.deepEqual((content as Part).actions, []);
    }
  });

  it('When a person must decide, then only IT gets the buttons for it, and each carries the attempt', () => {
    for (const view of requestViews()) {
      const { item, request } = view.view;
      if (request.state !== 'running' || (item?.state !== 'needsOperator' && item?.state !== 'timedOut')) continue;

      const rendered = cards.render(view, { language: 'de', timeZone: 'UTC' });
      const deciding = ofType(rendered, 'Action.Execute').filter(({ verb }) => verb !== 'request.history');

      assert.equal(deciding.length > 0, view.audience === 'channel');
      for (const { data } of deciding) assert.equal((data as Part).attempt, item.attempt);
    }
  });

  it('When every card is rendered, then every verb that exists is on one', function () {
    this.timeout(180_000);
    const used = new Set<unknown>();

    for (const view of ordinaryViews) {
      for (const { verb } of ofType(cards.render(view, { language: 'en', timeZone: 'UTC' }), 'Action.Execute'))
        used.add(verb);
    }

    assert.deepEqual(
      verbs.filter((verb) => !used.has(verb)),
      [],
    );
  });
});
