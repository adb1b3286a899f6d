import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import fc from 'fast-check';
import { escapeMarkdown } from '../../src/cards/escape-markdown.ts';
import { createCards } from '../../src/cards/render-card.ts';
import type { CardView } from '../../src/domain/views.ts';
import { plainLine, plainText } from '../../src/locales/plain-words.ts';
import { createTexts } from '../../src/locales/texts.ts';
import { bulkFormViews, bulkRequestViews } from '../house/bulk-samples.ts';
import { aView, formViews, ordinary } from '../house/card-samples.ts';
import { walkCard } from '../house/normalise-card.ts';

describe('Words from outside in Markdown', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['an ordinary name', 'Ada Arendt', 'Ada Arendt'],
    ['a name with a hyphen and an apostrophe', 'Anne-Marie O’Neil', 'Anne-Marie O’Neil'],
    ['a Cloud PC', 'CPC-ada-7F3KQ', 'CPC-ada-7F3KQ'],
    ['a company', 'R&D (Berlin)', String.raw`R&D \(Berlin\)`],
    ['a link', '[free](https://evil.example)', `${String.raw`\[free\]\(https:`}\u200B${String.raw`//evil.example\)`}`],
    ['a bare address', 'www.evil.example', 'www\u200B.evil.example'],
    ['bold and code', '**a** `b` _c_ ~d~', String.raw`\*\*a\*\* \`b\` \_c\_ \~d\~`],
    ['a mention', '<at>Adam</at>', '‹at›Adam‹/at›'],
    ['an entity', '&lt;b&gt; &#60;', '&\u200Blt;b&\u200Bgt; &\u200B#60;'],
    ['a list', '- one\n- two', String.raw`\- one - two`],
    ['a numbered list', '1. one', String.raw`1\. one`],
    ['a heading', '# one', String.raw`\# one`],
    ['a backslash', String.raw`a\*b`, String.raw`a\\\*b`],
  ];
  for (const [name, given, expected] of cases) {
    it(`When it is ${name}, then it shows as it is written`, () => {
      assert.equal(escapeMarkdown(given), expected);
    });
  }

  it('When it is anything, then no sign of Markdown or HTML stands alone, and it is one line', () => {
    const anything = fc.string({ unit: fc.constantFrom(...'*_[]()`~|<>\\&#-+1. \n\r\tA\u2028'), maxLength: 60 });

    fc.assert(
      fc.property(anything, (given) => {
        const escaped = escapeMarkdown(given);
        const bare = escaped.replace(/\\[\\`*_[\]()~|#+.=-]/g, '');
        assert.doesNotMatch(bare, /[*_[\]()`~|<>\\\r\n\u2028]/);
        assert.doesNotMatch(escaped, /^([-+#]|\d+[.)])/);
      }),
    );
  });
});

describe('Words from outside as plain text', () => {
  it('When they have control characters and overrides, then these are gone', () => {
    assert.equal(plainLine('a\u202Eb\u0007c\u2066d\uFEFFe\u200Bf'), 'abcdef');
  });

  it('When they run from right to left, then they are isolated', () => {
    assert.equal(plainLine('محمد'), '\u2068محمد\u2069');
  });

  it('When they are long, then they end with an ellipsis between two characters', () => {
    assert.equal(plainLine('abcdef', 4), 'abc…');
    assert.equal(plainLine('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 12), '👩‍👩‍👧‍👦👩‍👩‍👧‍👦…');
  });

  it('When they are stacked accents without end, then they stay bounded', () => {
    assert.ok(plainLine(`a${'\u0301'.repeat(5000)}`, 50).length <= 101);
  });

  it('When they have lines, then the lines stay and empty ones are few', () => {
    assert.equal(plainText('one\r\ntwo\n\n\n\n\nthree   four\u0000'), 'one\ntwo\n\nthree four');
  });

  it('When they hold half a character, then they become well-formed', () => {
    assert.ok(plainLine('a\uD800b').isWellFormed());
    assert.ok(plainText('a\uD800b').isWellFormed());
  });
});

describe('A reason with a link in it', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what somebody may type
  const reason = 'Please [click here](https://evil.example) **now** <at>Adam</at> ${1+1}';

  it('When the approval card is shown, then the reason stands in a RichTextBlock word for word and nowhere as Markdown', () => {
    const view = aView({}, { ...ordinary, words: reason });

    const { content } = createCards(createTexts()).render(
      { card: 'request', audience: 'channel', view },
      { language: 'en', timeZone: 'UTC' },
    );

    const parts = [...walkCard(content)].map(({ value }) =>
      typeof value === 'object' ? (value as Record<string, unknown>) : null,
    );
    const runs = parts.filter((part) => part?.type === 'TextRun').map((part) => part?.text);
    const markdown = parts.filter((part) => part?.type === 'TextBlock' || (part && 'title' in part && 'value' in part));
    assert.deepEqual(runs, [reason]);
    assert.ok(!JSON.stringify(markdown).includes('evil'));
  });
});

describe('The renderer of Adaptive Cards', () => {
  interface Renderer {
    AdaptiveCard: new () => {
      parse(card: object): void;
      validateProperties(): { validationEvents: { message: string }[] };
    };
    SerializationContext: unknown;
  }

  function loadRenderer(): Renderer {
    const file = new URL('../../node_modules/adaptivecards/dist/adaptivecards.js', import.meta.url);
    const module = { exports: {} as Renderer };
    vm.runInNewContext(readFileSync(file, 'utf8'), { module, exports: module.exports, self: {}, console });
    return module.exports;
  }

  it('When it reads our cards, then it finds nothing to complain about', function () {
    this.timeout(60_000);
    const { AdaptiveCard } = loadRenderer();
    const cards = createCards(createTexts());
    const bulkViews = [...bulkFormViews(), ...bulkRequestViews()];
    const views: CardView[] = [{ card: 'request', audience: 'channel', view: aView() }, ...formViews(), ...bulkViews];

    for (const view of views) {
      const { content } = cards.render(view, { language: 'de', timeZone: 'UTC' });
      const card = new AdaptiveCard();
      card.parse(JSON.parse(JSON.stringify(content)));
      const complaints = card.validateProperties().validationEvents.map(({ message }) => message);
      assert.equal(complaints.join('; '), '', view.card);
    }
  });
});
