// Lists as files: what comes in as spreadsheets write it, and what goes out so that they open it and run nothing.
import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { InputError } from '../../src/domain/errors.ts';
import type { Targets } from '../../src/domain/targets.ts';
import { decodeFile } from '../../src/teams/file-text.ts';
import { readCsvTargets } from '../../src/teams/read-csv.ts';
import { writeCsv } from '../../src/teams/write-csv.ts';

const ada = 'ada@contoso.com';
const ben = 'ben@contoso.com';
const jo = 'jörg@contoso.com';
const first = 'aaaaaaaa-0001-4000-8000-000000000001';
const second = 'bbbbbbbb-0002-4000-8000-000000000002';

const throwsInput = (work: () => unknown, code: string) =>
  assert.throws(work, (error) => error instanceof InputError && error.code === code);

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n`;

describe('Bytes of a list', () => {
  const text = lines('UPN', jo);
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');

  for (const [how, bytes] of [
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`)],
    ["UTF-16 as Excel's Unicode text", utf16],
    ['UTF-16 the other way round', Buffer.from(utf16).swap16()],
    ["Windows' code page", Buffer.from(text, 'latin1')],
  ] as const) {
    it(`When they are ${how}, then the text is read without its mark`, () => {
      assert.equal(decodeFile(bytes), text);
      assert.deepEqual(readCsvTargets(decodeFile(bytes)).upns, [jo]);
    });
  }

  for (const [what, bytes] of [
    ['a workbook', Buffer.from('PK\u0003\u0004\u0014\u0000\u0006\u0000')],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
  ] as const) {
    it(`When they are ${what}, then they are no list`, () => {
      throwsInput(() => decodeFile(bytes), 'fileNotCsv');
    });
  }
});

describe('Reading a list', () => {
  const table: [what: string, text: string, expected: Partial<Targets>][] = [
    ['commas', lines('Name,UPN', `Ada Adler,${ada}`, `Ben,${ben}`), { upns: [ada, ben] }],
    ['semicolons', lines('Name;UPN', `"Adler, Ada";${ada}`, `Ben;${ben}`), { upns: [ada, ben] }],
    ['tabs', lines('Name\tUPN', `Adler, Ada\t${ada}`, `Ben\t${ben}`), { upns: [ada, ben] }],
    ['commas in a quoted heading', lines('"Name; first, last";UPN', `Ada;${ada}`), { upns: [ada] }],
    ["Excel's own first line", lines('sep=;', 'UPN;a,b,c', `${ada};x,y,z`), { upns: [ada] }],
    ['only line feeds', `UPN\n${ada}\n${ben}`, { upns: [ada, ben] }],
    ['a mark', `\ufeff${lines('UPN', ada)}`, { upns: [ada] }],
    [
      'quoted fields with line ends',
      lines('"User principal name","Note"', `"${ada}","two\r\nlines ""quoted"""`),
      { upns: [ada] },
    ],
    ['quotes in the middle of words', lines('UPN,Note', `${ada},13" screen`), { upns: [ada] }],
    ['empty rows and cells', lines('UPN;Name', '', ';', `${ada};`, `;Ben Bauer`, ''), { upns: [ada] }],
    ['rows that are shorter or longer', lines('Name,UPN', 'Cleo', `Ada,${ada},more,and more`), { upns: [ada] }],
    ['everybody twice', lines('UPN', ada, 'Ada@Contoso.com', ben), { upns: [ada, ben] }],
    [
      'names instead of addresses',
      lines('Benutzer', '"Bauer, Ben"', ada, 'bauer, ben'),
      { upns: [ada], rest: ['Bauer, Ben'] },
    ],
    ['names in the addresses', lines('Mail', `Ada Adler <${ada}>`), { upns: [ada] }],
    ['ids', lines('Cloud PC id', `{${first.toUpperCase()}}`, second), { cloudPcIds: [first, second] }],
    ['ids and owners', lines('UPN,CloudPcId', `${ada},${first}`, `${ben},`), { upns: [ben], cloudPcIds: [first] }],
    [
      "the directory's export",
      lines('userPrincipalName,displayName,mail,id', `${ada},Ada,a.adler@contoso.com,${first}`),
      { upns: [ada] },
    ],
    ['a lone Id', lines('Id', first), { cloudPcIds: [first] }],
    [
      'mail where the other column is empty',
      lines('Mail;UPN', `${ada};`, `x@contoso.com;${ben}`),
      { upns: [ada, ben] },
    ],
    ['no headings', lines(ada, ben), { upns: [ada, ben] }],
    ['no headings, and names', lines(`Ada Adler;${ada}`, `Ben;${ben}`, 'Cleo;'), { upns: [ada, ben], rest: ['Cleo'] }],
    ['no headings, all on one line', `${ada}, ${ben}, ${first}`, { upns: [ada, ben], cloudPcIds: [first] }],
    ['a heading nobody knows', lines('Wer', ada, ben), { upns: [ada, ben], rest: ['Wer'] }],
  ];
  for (const [what, text, expected] of table) {
    it(`When it has ${what}, then it is read`, () => {
      assert.deepEqual(readCsvTargets(text), { upns: [], cloudPcIds: [], rest: [], ...expected });
    });
  }

  for (const heading of [
    'UPN',
    'upn ',
    'UserPrincipalName',
    'User principal name',
    'user_principal_name',
    'E-Mail',
    'E-Mail-Adresse',
    'Mail',
    'Email address',
    'Benutzer',
    'Benutzerprinzipalname',
    'Adresse',
    'User',
    'Username',
    "Nom principal de l'utilisateur",
    'Nom d’utilisateur principal',
    'Adresse e-mail',
    'Adresse électronique',
    'Courriel',
    'Utilisateur',
    'Owner',
    'Propriétaire',
  ]) {
    it(`When the heading is ${JSON.stringify(heading)}, then its column is the people's`, () => {
      const text = lines(`Nr,${heading},Manager`, `7,${ada},${ben}`);

      assert.deepEqual(readCsvTargets(text), { upns: [ada], cloudPcIds: [], rest: [] });
    });
  }

  for (const heading of [
    'Cloud PC id',
    'CloudPcId',
    'Cloud-PC-ID',
    'cloud_pc_id',
    'Identifiant du Cloud PC',
    'ID',
    'Cloud PC',
  ]) {
    it(`When the heading is ${JSON.stringify(heading)}, then its column is the Cloud PCs'`, () => {
      const text = lines(`Device;${heading}`, `${second};${first}`);

      assert.deepEqual(readCsvTargets(text), { upns: [], cloudPcIds: [first], rest: [] });
    });
  }

  it('When no column has addresses or ids, then that is said', () => {
    for (const text of ['', '\r\n\r\n', 'Name,Department\r\nAda,IT\r\n', 'only words\r\n', '1,2,3'])
      throwsInput(() => readCsvTargets(text), 'fileNoColumn');
  });

  it('When a quote never ends, then it is no list', () => {
    throwsInput(() => readCsvTargets(lines('UPN', `"${ada}`, ben)), 'fileNotCsv');
  });

  it('When one row has no end, then it is no list', () => {
    throwsInput(() => readCsvTargets(`UPN\n"${'a'.repeat(200_000)}"`), 'fileNotCsv');
  });

  it('When there are 20,000 rows, then they are read; when there is one more, then none', () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `person${index}@contoso.com`);

    assert.equal(readCsvTargets(lines('UPN', ...rows)).upns.length, 20_000);
    assert.equal(readCsvTargets(lines(...rows)).upns.length, 20_000);
    throwsInput(() => readCsvTargets(lines('UPN', ...rows, ada)), 'fileTooBig');
    throwsInput(() => readCsvTargets(lines(...rows, ada)), 'fileTooBig');
  });

  it('When a file is full of signs, then it takes no time to speak of', function () {
    this.timeout(60_000);
    for (const part of ['"', ',', ';', '\t', '\n', '",', '"\n', 'a;', '@,', `${ada},`]) {
      const began = performance.now();

      try {
        readCsvTargets(part.repeat(Math.ceil(500_000 / part.length)));
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
      }

      assert.ok(performance.now() - began < 10_000, `${JSON.stringify(part)}: ${performance.now() - began} ms`);
    }
  });
});

describe('Writing a list', () => {
  it('When it is written, then with the mark, CRLF and the separator of the language', () => {
    const table = { headings: ['Besitzer', 'Zustand'], rows: [['Jörg Müller', 'bereit']] };

    assert.equal(writeCsv(table, 'de').toString('utf8'), '\ufeffBesitzer;Zustand\r\nJörg Müller;bereit\r\n');
    assert.equal(writeCsv(table, 'fr').toString('utf8'), '\ufeffBesitzer;Zustand\r\nJörg Müller;bereit\r\n');
    assert.equal(writeCsv(table, 'en').toString('utf8'), '\ufeffBesitzer,Zustand\r\nJörg Müller,bereit\r\n');
  });

  it('When there are no rows, then there are the headings', () => {
    assert.equal(writeCsv({ headings: ['a', 'b'], rows: [] }, 'en').toString('utf8'), '\ufeffa,b\r\n');
  });

  for (const sign of ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t=', '\r=', '\n=', ' =', '\u00a0@']) {
    it(`When a cell begins with ${JSON.stringify(sign)}, then no spreadsheet runs it`, () => {
      const written = writeCsv({ headings: [`${sign}1`], rows: [[`${sign}cmd|' /C calc'!A0`]] }, 'en').toString('utf8');

      const cells = parse(written, { bom: true, relax_column_count: true }).flat();
      assert.equal(cells.length, 2);
      for (const cell of cells) assert.match(cell, /^'[=+@＝＋－＠-]/u);
    });
  }

  /** Whatever sign a spreadsheet splits at, and whether or not it minds quotes. */
  const cellsOf = (written: Buffer) => written.toString('utf8').split(/[\ufeff,;|\t\r\n]/);
  const isFormula = (cell: string) => /^[\s"]*[=+@＝＋－＠-]/u.test(cell);

  for (const [language, name] of [
    ['en', "x;=cmd|' /C calc'!A0;y"],
    ['en', 'x; \u00a0"=1+1";y'],
    ['en', 'x\t@SUM(1)'],
    ['en', 'x\n-1'],
    ['en', 'x|＝1'],
    ['de', "x,=cmd|' /C calc'!A0,y"],
    ['de', 'x,"+1"'],
    ['fr', 'x, ＋1'],
    ['fr', 'x\t=1'],
  ] as const) {
    it(`When a spreadsheet of another country splits ${JSON.stringify(name)} out of a file in ${language}, then it runs none of it`, () => {
      const written = writeCsv({ headings: ['Nr', name], rows: [['1', name]] }, language);

      assert.deepEqual(cellsOf(written).filter(isFormula), []);
      const delimiter = language === 'en' ? ',' : ';';
      const [row = []] = parse(written, { bom: true, delimiter, record_delimiter: '\r\n', from: 2 });
      assert.equal(row[1]?.replace(/'(?=[=+@＝＋－＠-])/u, ''), name);
    });
  }

  it('When signs stand within words, then they stay alone', () => {
    const row = ['a-b@contoso.com', 'Anna-Lena Müller', '2026-11-29', 'a, b; c | d', 'left - right', "1+1=2, 'yes'"];

    for (const language of ['en', 'de'] as const) {
      const written = writeCsv({ headings: row, rows: [] }, language);
      assert.deepEqual(parse(written, { bom: true, delimiter: language === 'en' ? ',' : ';' }), [row]);
    }
  });

  it('When there is anything in the cells, then it is read back as it was, without the white space around it, and nothing runs', () => {
    const hostile = fc.constantFrom(...',;|\t\r\n "\'=+-@＝＋a');
    const unit = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }), hostile);
    const cell = fc.string({ unit, maxLength: 20 }).map((text) => text.trim());
    const row = fc.array(cell, { minLength: 2, maxLength: 4 });
    const withoutMarks = (cells: string[][]) => cells.map((one) => one.map((text) => text.replaceAll("'", '')));
    fc.assert(
      fc.property(
        row,
        fc.array(row, { maxLength: 5 }),
        fc.constantFrom('en' as const, 'de' as const),
        (headings, rows, language) => {
          const written = writeCsv({ headings, rows }, language);

          const delimiter = language === 'en' ? ',' : ';';
          const options = { bom: true, delimiter, relax_column_count: true, record_delimiter: '\r\n' };
          assert.deepEqual(withoutMarks(parse(written, options)), withoutMarks([headings, ...rows]));
          assert.deepEqual(cellsOf(written).filter(isFormula), []);
        },
      ),
    );
  });

  it('When a list that was written comes back, then it names the same', () => {
    const rows = [
      ['Ada', ada],
      ['"Bauer"; Ben', ben],
      ['Jörg', jo],
    ];

    for (const language of ['en', 'de', 'fr'] as const) {
      const written = writeCsv({ headings: ['Name', 'UPN'], rows }, language);
      assert.deepEqual(readCsvTargets(decodeFile(written)), { upns: [ada, ben, jo], cloudPcIds: [], rest: [] });
    }
  });

  it('When there are 5,000 rows, then they take no time to speak of', () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => [
      `Person ${index}`,
      `person${index}@contoso.com`,
      'ready',
    ]);
    const began = performance.now();

    const written = writeCsv({ headings: ['a', 'b', 'c'], rows }, 'en');

    assert.ok(written.length > 100_000 && performance.now() - began < 5_000);
  });
});
