// Whom a pasted text names, in whatever form it was pasted.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readTargets, type Targets } from '../../src/domain/targets.ts';

const first = 'aaaaaaaa-0001-4000-8000-000000000001';
const second = 'bbbbbbbb-0002-4000-8000-000000000002';
const ada = 'ada@contoso.com';
const ben = 'ben@contoso.com';
const cleo = 'cleo@contoso.com';

type Row = [text: string, expected: Partial<Targets>];

const addresses: Row[] = [
  [`${ada},${ben}, ${cleo}`, { upns: [ada, ben, cleo] }],
  [`${ada};${ben} ; ${cleo};`, { upns: [ada, ben, cleo] }],
  [`${ada}\n${ben}\r\n\r\n${cleo}`, { upns: [ada, ben, cleo] }],
  [`${ada}\t${ben}\t${cleo}`, { upns: [ada, ben, cleo] }],
  [`${ada}\u00a0${ben}\u202f${cleo}`, { upns: [ada, ben, cleo] }],
  [`${ada}|${ben}/${cleo}`, { upns: [ada, ben, cleo] }],
  [`${ada} and ${ben} und ${cleo} et`, { upns: [ada, ben, cleo] }],
  [`${ada} & ${ben} + ${cleo}`, { upns: [ada, ben, cleo] }],
  [`Ada Adler <${ada}>, Ben Bauer <${ben}>`, { upns: [ada, ben] }],
  [`"Adler, Ada" <${ada}>, "Bauer, Ben" <${ben}>`, { upns: [ada, ben] }],
  [`"${cleo}" <${ada}>, "${ben}" <${ben}>`, { upns: [cleo, ada, ben] }],
  [`Adler, Ada <${ada}>; Bauer, Ben <${ben}>`, { upns: [ada, ben] }],
  [`Ada Adler ${ada} Ben Bauer ${ben}`, { upns: [ada, ben] }],
  [`${ada} (Ada Adler), ${ben} (Ben)`, { upns: [ada, ben] }],
  [`mailto:${ada}, <mailto:${ben}?subject=hello>`, { upns: [ada, ben], rest: ['subject hello'] }],
  [`SMTP:${ada}`, { upns: [ada] }],
  [`[Ada Adler](mailto:${ada}), [${ben}](mailto:${ben})`, { upns: [ada, ben] }],
  [`**${ada}** _${ben}_ \`${cleo}\``, { upns: [ada, ben, cleo] }],
  [`'${ada}' "${ben}" „${cleo}“`, { upns: [ada, ben, cleo] }],
  [`‘${ada}’ «${ben}»`, { upns: [ada, ben] }],
  [`${ada}. ${ben}... ${cleo}!`, { upns: [ada, ben, cleo] }],
  [`1. ${ada}\n2) ${ben}\n• ${cleo}\n- ${ada}`, { upns: [ada, ben, cleo] }],
  [`${ada}'s Cloud PC and ${ben}’s`, { upns: [ada, ben] }],
  ['ADA@Contoso.COM, Ada@contoso.com', { upns: [ada] }],
  [`\ufeffada\u200b@contoso.com`, { upns: [ada] }],
  ["owen.o'neil@contoso.com, Owen.O’Neil@contoso.com", { upns: ["owen.o'neil@contoso.com"] }],
  ['ada+test@contoso.com', { upns: ['ada+test@contoso.com'] }],
  ['ju\u0308rgen.müller@contoso.com', { upns: ['jürgen.müller@contoso.com'] }],
  ['_svc@contoso.com', { upns: ['_svc@contoso.com'] }],
  ['ben_contoso.com#EXT#@sub.contoso.com', { upns: ['ben_contoso.com#ext#@sub.contoso.com'] }],
  [`Name\tUPN\tCity\nAda Adler\t${ada}\tBerlin\nBen\t${ben}\tParis`, { upns: [ada, ben], rest: ['Name', 'City'] }],
];

const ids: Row[] = [
  [`${first}, ${second}`, { cloudPcIds: [first, second] }],
  [`{${first.toUpperCase()}}\n(${first})`, { cloudPcIds: [first] }],
  [`Cloud PC id: ${first}`, { cloudPcIds: [first] }],
  [`"${first}" <${ada}>; ${second}, Ben <${ben}>`, { upns: [ada, ben], cloudPcIds: [first, second] }],
  [`${ada}, ${first}, ${ben}`, { upns: [ada, ben], cloudPcIds: [first] }],
  [
    `https://portal.contoso.com/cloudPc/${first}/overview`,
    { cloudPcIds: [first], rest: ['portal.contoso.com', 'overview'] },
  ],
];

const words: Row[] = [
  [`${ada}, Ben Bauer and ${cleo}`, { upns: [ada, cleo], rest: ['Ben Bauer'] }],
  [`Ben Bauer, ben  bauer, BEN BAUER`, { rest: ['Ben Bauer'] }],
  [`${ada} Ben Bauer ${cleo}`, { upns: [ada, cleo], rest: ['Ben Bauer'] }],
  [`Ben Bauer\nAda Adler ${ada}`, { upns: [ada], rest: ['Ben Bauer'] }],
  [`Ben Bauer Ada Adler ${ada}`, { upns: [ada], rest: ['Ben Bauer Ada Adler'] }],
  [`Ben Bauer\t${ada}\t${cleo}`, { upns: [ada, cleo], rest: ['Ben Bauer'] }],
  [`@Ben Bauer, ${ada}`, { upns: [ada], rest: ['Ben Bauer'] }],
  ['Ben und Cleo sowie Ivan', { rest: ['Ben', 'Cleo', 'Ivan'] }],
  ["Owen O'Neil", { rest: ["Owen O'Neil"] }],
  ['and, und; et', {}],
  [' \t\n', {}],
  ['', {}],
  ['- • 1. 22) …', {}],
  [
    `ada@, @contoso.com, ada@contoso, a@b@contoso.com`,
    { rest: ['ada@', 'contoso.com', 'ada@contoso', 'a@b@contoso.com'] },
  ],
  [
    'ada@-x.contoso.com, ada@contoso..com, ada.@contoso.com',
    { rest: ['ada@-x.contoso.com', 'ada@contoso..com', 'ada.@contoso.com'] },
  ],
  [first.slice(1), { rest: [first.slice(1)] }],
  [`${first}-1`, { rest: [`${first}-1`] }],
];

describe('readTargets', () => {
  for (const [text, expected] of [...addresses, ...ids, ...words]) {
    it(`When ${JSON.stringify(text)} is pasted, then it names who and what is in it`, () => {
      assert.deepEqual(readTargets(text), { upns: [], cloudPcIds: [], rest: [], ...expected });
    });
  }

  it('When an address is as long as one can be, then it is read, and not one character more', () => {
    const longest = `${'a'.repeat(113 - '@contoso.com'.length)}@contoso.com`;

    assert.deepEqual(readTargets(longest).upns, [longest]);
    assert.deepEqual(readTargets(`a${longest}`).upns, []);
  });

  it('When words have no end, then they are cut, and half a character is not left', () => {
    const { rest } = readTargets(`${'a '.repeat(127)}a𝓐${'b'.repeat(90_000)}`);

    assert.equal(rest.length, 1);
    assert.equal(rest[0]?.length, 256);
    assert.ok(rest[0]?.isWellFormed());
  });

  const upn = fc
    .tuple(fc.stringMatching(/^[a-zäöü][a-z0-9'+_äöü-]{0,20}[a-z0-9]$/), fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/))
    .map(([local, domain]) => `${local}@${domain}.contoso.com`);
  const id = fc.uuid();
  const casing = fc.constantFrom<(word: string) => string>(
    (word) => word,
    (word) => word.toUpperCase(),
    (word) => word.charAt(0).toUpperCase() + word.slice(1),
  );
  const wrap = fc.constantFrom<(word: string) => string>(
    (word) => word,
    (word) => `<${word}>`,
    (word) => `"${word}"`,
    (word) => `{${word}}`,
    (word) => `mailto:${word}`,
    (word) => `[${word}](mailto:${word})`,
    (word) => `${word}.`,
    (word) => ` ${word}\u00a0`,
  );
  const separator = fc.constantFrom(',', ';', '\n', '\r\n', '\t', ' ', ', ', ' ; ', ' and ', ' und ', ' et ', '\u00a0');

  it('When any list is written in any form, then each is read once, in order, and nothing is left', () => {
    const entry = fc.tuple(fc.oneof(upn, id), casing, wrap, separator);
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
        const text = entries.map(([word, write, around, then]) => around(write(word)) + then).join('');
        const once = [...new Set(entries.map(([word]) => word))];

        const { upns, cloudPcIds, rest } = readTargets(text);

        assert.deepEqual(
          upns,
          once.filter((word) => word.includes('@')),
        );
        assert.deepEqual(
          cloudPcIds,
          once.filter((word) => !word.includes('@')),
        );
        assert.deepEqual(rest, []);
      }),
      { numRuns: 500 },
    );
  });

  it('When any text is read, then what comes out can be read again and says the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const { upns, cloudPcIds } = readTargets(`${text} ${ada}`);

        const again = readTargets([...upns, ...cloudPcIds].join(', '));

        assert.deepEqual(again, { upns, cloudPcIds, rest: [] });
      }),
    );
  });

  it('When 100,000 characters of anything come, then reading them takes no time to speak of', () => {
    const junk = [
      '@',
      'a',
      '.',
      '_',
      '-',
      '<',
      '"',
      ';',
      "'s",
      'a@',
      'a.',
      '"<',
      '\t',
      '1 ',
      '[x](',
      ',b<;',
      'é\u0301',
      'a@contoso.com ',
    ];
    for (const part of junk) {
      const text = part.repeat(Math.ceil(100_000 / part.length));
      const began = performance.now();

      readTargets(text);

      assert.ok(performance.now() - began < 2_000, `${JSON.stringify(part)}: ${performance.now() - began} ms`);
    }
  });

  it('When the text is four times as long, then it takes about four times as long', () => {
    const text = (count: number) =>
      Array.from({ length: count }, (_, index) => `person${index}@contoso.com`).join('; ');
    const took = (given: string) => {
      const began = performance.now();
      readTargets(given);
      return performance.now() - began;
    };
    took(text(1_000));

    const [short, long] = [took(text(5_000)), took(text(20_000))];

    assert.ok(long < 12 * short + 200, `${short} ms, ${long} ms`);
    assert.equal(readTargets(text(20_000)).upns.length, 20_000);
  });
});
