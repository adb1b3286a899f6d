// What people type for a bulk request, and for whom it then is.
import assert from 'node:assert/strict';
import { readTargets } from '../../src/domain/targets.ts';
import { type BulkWords, bulkPatterns, readBulkWords, takeMentions } from '../../src/teams/commands/bulk-words.ts';
import { commands } from '../../src/teams/commands/index.ts';
import { findCommand } from '../../src/teams/find-command.ts';
import { cleanText } from '../../src/teams/text.ts';

/** As it comes to the commands: cleaned. */
const cleaned = (typed: string) => cleanText(typed, [], '28:bot').text;
const isBulk = (text: string) => bulkPatterns.some((pattern) => pattern.test(text));

const form: BulkWords = { kind: 'form' };
const failed: BulkWords = { kind: 'failed' };
const group = (name: string): BulkWords => ({ kind: 'group', name });
const policy = (name: string): BulkWords => ({ kind: 'policy', name });
const list = (text: string): BulkWords => ({ kind: 'list', text });
const both = 'ada@contoso.com, ben@contoso.com';

const typed: [text: string, expected: BulkWords][] = [
  ['bulk', form],
  ['Bulk!', form],
  ['bulk reprovision', form],
  ['BULK  Reprovision', form],
  ['bulk-reprovision', form],
  ['bulk reprovisioning', form],
  ['please bulk reprovision', form],
  ['bulk reprovision, please.', form],
  ['bulk rebuild', form],
  ['reprovision bulk', form],
  ['reprovision in bulk', form],
  ['reprovision many', form],
  ['reprovision several Cloud PCs', form],
  ['massenhaft neu bereitstellen', form],
  ['Mehrere neu bereitstellen, bitte', form],
  ['mehrere Cloud-PCs neu bereitstellen', form],
  ['Massen-Neubereitstellung', form],
  ['reprovisionner en masse', form],
  ['reprovisionnement groupé', form],
  ["Reprovisionner en masse, s'il vous plaît", form],
  ['reprovisionner plusieurs', form],

  ['bulk reprovision all failed', failed],
  ['bulk reprovision all failed ones', failed],
  ['bulk reprovision: the failed ones.', failed],
  ['bulk failed', failed],
  ['bulk reprovision everything that failed', failed],
  ['bulk reprovision all failed Cloud PCs please', failed],
  ['reprovision all failed', failed],
  ['reprovision the failed ones', failed],
  ['massenhaft neu bereitstellen: alle fehlgeschlagenen', failed],
  ['alle fehlgeschlagenen neu bereitstellen', failed],
  ['alle fehlgeschlagenen Cloud-PCs neu bereitstellen bitte', failed],
  ['mehrere neu bereitstellen: alle, die fehlgeschlagen sind', failed],
  ['reprovisionner en masse tous les échecs', failed],
  ['reprovisionner tous les échecs', failed],
  ['reprovisionner en masse les Cloud PC en échec', failed],
  ['reprovisionner en masse tous ceux qui ont échoué', failed],

  ['bulk reprovision group Finance', group('Finance')],
  ['bulk reprovision the group Finance', group('Finance')],
  ['bulk reprovision group: Finance & Tax', group('Finance & Tax')],
  ['bulk reprovision team "Sales, North"', group('Sales, North')],
  ['bulk reprovision members of the group called Finance, please', group('Finance')],
  ['bulk reprovision everyone in team Finance', group('Finance')],
  ['bulk reprovision the Finance team', group('Finance')],
  ['bulk for group Finance', group('Finance')],
  ['massenhaft neu bereitstellen Gruppe Finanzen', group('Finanzen')],
  ['mehrere neu bereitstellen: alle aus der Gruppe „Vertrieb Süd“', group('Vertrieb Süd')],
  ['massenhaft neu bereitstellen Mitglieder der Gruppe Finanzen', group('Finanzen')],
  ['massenhaft neu bereitstellen: Team Nord', group('Nord')],
  ['reprovisionner en masse groupe Finance', group('Finance')],
  ['reprovisionner en masse le groupe « Finance »', group('Finance')],
  ['reprovisionner en masse l’équipe Finance', group('Finance')],
  ['reprovisionner en masse tous les membres du groupe Finance', group('Finance')],
  ['bulk reprovision group policy makers', group('policy makers')],

  ['bulk reprovision policy Win11', policy('Win11')],
  ['bulk reprovision provisioning policy Win11 DE', policy('Win11 DE')],
  ['bulk reprovision the provisioning policy "Win11: group A"', policy('Win11: group A')],
  ['bulk reprovision all Cloud PCs with the policy Win11', policy('Win11')],
  ['bulk reprovision the Win11 policy', policy('Win11')],
  ['massenhaft neu bereitstellen Richtlinie Win11', policy('Win11')],
  ['massenhaft neu bereitstellen: alle mit der Bereitstellungsrichtlinie Win11', policy('Win11')],
  ['reprovisionner en masse stratégie Win11', policy('Win11')],
  ["reprovisionner en masse la stratégie d'approvisionnement Win11", policy('Win11')],
  ['reprovisionner en masse stratégie de provisionnement «Win11»', policy('Win11')],

  [`bulk reprovision ${both}`, list(both)],
  [`bulk reprovision: ${both}.`, list(both)],
  [`bulk reprovision for ${both}`, list(`for ${both}`)],
  [`bulk reprovision\n\nada@contoso.com\r\nben@contoso.com`, list('ada@contoso.com ben@contoso.com')],
  [`reprovision many: ${both}`, list(both)],
  [`massenhaft neu bereitstellen ${both}`, list(both)],
  [`mehrere neu bereitstellen: ${both}`, list(both)],
  [`reprovisionner en masse : ${both}`, list(both)],
  ['bulk reprovision Ada, Ben and the whole team', list('Ada, Ben and the whole team')],
  ['bulk reprovision group', list('group')],
];

describe('The words of a bulk request', () => {
  for (const [text, expected] of typed) {
    it(`When ${JSON.stringify(text)} is typed, then it is a bulk request for ${expected.kind}`, () => {
      const words = cleaned(text);

      assert.ok(isBulk(words));
      assert.deepEqual(readBulkWords(words), expected);
    });
  }

  for (const text of [
    'reprovision',
    'reprovision my Cloud PC',
    'reprovision ada@contoso.com',
    'reprovision Ben Bauer',
    'neu bereitstellen',
    'reprovisionner mon Cloud PC',
    'bulky',
    'help',
    'status',
    'approve R-1042 bulk reprovision',
    'why did the bulk reprovision fail',
  ]) {
    it(`When ${JSON.stringify(text)} is typed, then it is no bulk request`, () => {
      assert.ok(!isBulk(cleaned(text)));
    });
  }

  it('When a phrase of another command is typed, then it is not taken for a bulk request', () => {
    const others = commands.filter(({ phrase }) => !phrase.startsWith('bulk'));
    const phrases = others.flatMap(({ phrase, also = [] }) => [phrase.replace('…', '1042'), ...also]);

    assert.ok(phrases.length > 20);
    assert.deepEqual(phrases.filter(isBulk), []);
    for (const phrase of phrases) assert.ok(findCommand(others, phrase), phrase);
  });

  it('When a thousand addresses are pasted behind it, then all of them are its list', () => {
    const people = Array.from({ length: 1_000 }, (_, index) => `person${index}@contoso.com`);
    for (const head of ['bulk reprovision', 'massenhaft neu bereitstellen', 'reprovisionner en masse']) {
      for (const separator of [', ', ';', '\r\n', '\t', ' ']) {
        const words = readBulkWords(cleaned(`${head} ${people.join(separator)}`));

        assert.equal(words.kind, 'list');
        assert.deepEqual(readTargets(words.kind === 'list' ? words.text : ''), {
          upns: people,
          cloudPcIds: [],
          rest: [],
        });
      }
    }
  });

  it('When 30 KB of anything come, then reading them takes no time to speak of', () => {
    const junk = [
      'bulk ',
      'a',
      ' ',
      ',',
      '. ',
      'please ',
      'failed ',
      'group ',
      'the ',
      '"',
      '- ',
      'alle die ',
      '!',
      "l'",
    ];
    for (const head of ['bulk reprovision ', 'bulk reprovision group ', 'reprovision all ', 'please ', '']) {
      for (const part of junk) {
        const text = head + part.repeat(Math.ceil(30_720 / part.length));
        const began = performance.now();

        isBulk(text);
        readBulkWords(text);

        const took = performance.now() - began;
        assert.ok(took < 1_000, `${JSON.stringify([head, part])}: ${took} ms`);
      }
    }
  });
});

describe('Mentions in a bulk request', () => {
  const mention = (name: string, id: string | null) => ({ id, name, text: name });

  it('When people are mentioned among words, then they are taken out by their ids and the words stay', () => {
    const taken = takeMentions(`Ben Bauer Ada, cleo@contoso.com and Ben`, [
      mention('Ben', '2'),
      mention('Ben Bauer', '1'),
      mention('Ada', '3'),
    ]);

    assert.deepEqual(taken.personIds.toSorted(), ['1', '2', '3']);
    assert.deepEqual(readTargets(taken.text), { upns: ['cleo@contoso.com'], cloudPcIds: [], rest: [] });
  });

  it('When Teams did not say who is mentioned, then the words stay', () => {
    const taken = takeMentions('Ben Bauer', [mention('Ben Bauer', null)]);

    assert.deepEqual(taken, { text: 'Ben Bauer', personIds: [] });
  });

  it('When a mention is not among the words, then nobody is taken for it', () => {
    assert.deepEqual(takeMentions('ada@contoso.com', [mention('Ben', '1')]), {
      text: 'ada@contoso.com',
      personIds: [],
    });
  });

  it('When somebody is mentioned twice, then they are one', () => {
    const taken = takeMentions('Ada and Ada', [mention('Ada', '1'), mention('Ada', '1')]);

    assert.deepEqual(taken.personIds, ['1']);
    assert.deepEqual(readTargets(taken.text).rest, []);
  });
});
