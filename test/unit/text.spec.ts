import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cleanText, type MentionEntity, maxTextBytes } from '../../src/teams/text.ts';
import { quickest } from '../fakes/quickest.ts';

const botId = '28:bot';
const ben = 'aaaaaaaa-0002-4000-8000-000000000002';

const bot = (text = '<at>Concierge</at>'): MentionEntity => ({ id: botId, aadObjectId: null, text });
const person = (text: string, aadObjectId: string | null = ben): MentionEntity => ({ id: '29:x', aadObjectId, text });

describe('Cleaning a text', () => {
  const cases: { title: string; raw: string; entities?: MentionEntity[]; text: string }[] = [
    { title: 'plain words', raw: 'reprovision my cloud pc', text: 'reprovision my cloud pc' },
    { title: 'nothing', raw: '', text: '' },
    { title: 'only white space', raw: ' \r\n\t&nbsp; ', text: '' },
    { title: 'the bot and a &nbsp;', raw: '<at>Concierge</at>&nbsp;help', entities: [bot()], text: 'help' },
    { title: 'only the bot', raw: '<at>Concierge</at> ', entities: [bot()], text: '' },
    { title: 'the bot in the middle', raw: 'please <at>Concierge</at> help', entities: [bot()], text: 'please help' },
    { title: 'the bot at the end', raw: 'help\u00a0<at>Concierge</at>', entities: [bot()], text: 'help' },
    { title: 'the bot twice', raw: '<at>Concierge</at> help <at>Concierge</at>', entities: [bot()], text: 'help' },
    {
      title: 'the bot in two parts',
      raw: '<at>Cloud PC</at> <at>Concierge</at> help',
      entities: [bot('<at>Cloud PC</at>'), bot()],
      text: 'help',
    },
    { title: 'tags with an id', raw: '<at id="0">Concierge</at> help', entities: [bot()], text: 'help' },
    { title: 'tags in capitals', raw: '<AT>Concierge</AT> help', entities: [bot()], text: 'help' },
    {
      title: 'a bot whose name is encoded',
      raw: '<at>IT &amp; Concierge</at> help',
      entities: [bot('<at>IT & Concierge</at>')],
      text: 'help',
    },
    {
      title: 'somebody else beside the bot',
      raw: '<at>Concierge</at> reprovision <at>Ben Bauer</at>',
      entities: [bot(), person('<at>Ben Bauer</at>')],
      text: 'reprovision Ben Bauer',
    },
    { title: 'a mention without entity', raw: 'reprovision <at>Ben Bauer</at>', text: 'reprovision Ben Bauer' },
    { title: 'a tag that never closes', raw: 'help <at>me', text: 'help me' },
    { title: 'a closing tag alone', raw: 'help</at> me', text: 'help me' },
    { title: 'named entities', raw: 'a &amp; b &lt;c&gt; &quot;d&quot; &uuml;', text: 'a & b <c> "d" ü' },
    { title: 'numeric entities', raw: 'O&#39;Neil &#xfc; &#128512;', text: "O'Neil ü 😀" },
    { title: 'entities of no character', raw: 'a&#0;b&#xD800;c&#1114112;d', text: 'abcd' },
    { title: 'an unknown entity', raw: 'a &nothing; b & c', text: 'a &nothing; b & c' },
    { title: 'an entity that was encoded twice', raw: '&amp;lt;', text: '&lt;' },
    {
      title: 'a tag that somebody typed',
      raw: '&lt;at&gt;Concierge&lt;/at&gt;',
      entities: [bot()],
      text: '<at>Concierge</at>',
    },
    { title: 'line ends', raw: 'approve R-1042\r\n\r\nfine with me', text: 'approve R-1042 fine with me' },
    { title: 'letters in two parts', raw: 'Cle\u0301o', text: 'Cléo' },
    { title: 'emoji in several parts', raw: 'ok 👩‍💻 🇩🇪', text: 'ok 👩‍💻 🇩🇪' },
    { title: 'right-to-left words', raw: '\u200fأعد التشغيل\u202c', text: 'أعد التشغيل' },
    { title: 'invisible characters', raw: '\ufeffre\u200bprovision\u2060 \u202emy', text: 'reprovision my' },
    { title: 'control characters', raw: 'a\u0000b\u0007c', text: 'a b c' },
    { title: 'half a character', raw: 'a\ud83d', text: 'a\ufffd' },
  ];

  for (const { title, raw, entities = [], text } of cases) {
    it(`When there is ${title}, then the text is plain`, () => {
      assert.equal(cleanText(raw, entities, botId).text, text);
    });
  }

  it('When people are mentioned, then they are told with their words in the text, and the bot is not', () => {
    const raw = '<at>Concierge</at> reprovision <at>Ben&nbsp;Bauer</at> and <at>Owen O&#39;Neil</at>';
    const entities = [bot(), person('<at>Ben&nbsp;Bauer</at>'), person("<at>Owen O'Neil</at>", null)];

    const { text, mentions } = cleanText(raw, entities, botId);

    assert.equal(text, "reprovision Ben Bauer and Owen O'Neil");
    assert.deepEqual(mentions, [
      { id: ben, name: 'Ben Bauer', text: 'Ben Bauer' },
      { id: null, name: "Owen O'Neil", text: "Owen O'Neil" },
    ]);
  });

  it('When a text is longer than 30 KB, then it is cut between characters', () => {
    const { text } = cleanText(`a${'👩‍💻'.repeat(5000)}`, [], botId);

    assert.ok(Buffer.byteLength(text) <= maxTextBytes);
    assert.ok(Buffer.byteLength(text) > maxTextBytes - 20);
    assert.ok(text.endsWith('👩‍💻'));
  });

  it('When a text has 30 KB, then it stays whole', () => {
    const whole = 'ä'.repeat(maxTextBytes / 2);

    assert.equal(cleanText(whole, [], botId).text, whole);
  });

  for (const part of ['<at>', '<at ', '</at>', '&', '&#', ' ', '<']) {
    it(`When ${JSON.stringify(part)} is repeated a quarter million times, then it takes no time`, async () => {
      const hostile = part.repeat(250_000 / part.length);

      const ms = await quickest(500, () => cleanText(hostile, [bot()], botId));

      assert.ok(ms < 500, `took ${ms} ms`);
    });
  }
});
