// The list of a bulk request as a file: offered in the personal chat, put into the person's OneDrive when they agree.
import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import { addFleet, fleetGroup } from '../campaigns/bulk/tenant.ts';
import { answerAboutFile, asks } from '../fakes/bulk-desk.ts';
import type { ConnectorMessage } from '../fakes/connector.ts';
import { answeredCard, answeredText, type Card, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { createSharePoint } from '../fakes/share-point.ts';
import { activityOf, type CastMember } from '../fakes/teams.ts';
import { setChannel, startWholeBot, testPolicy, type WholeBot } from '../fakes/whole-bot.ts';

const patience = 240_000;
const size = 620;
const consent = 'application/vnd.microsoft.teams.card.file.consent';
let places = 0;
/** Teams makes each of them for one file. */
function newPlace() {
  places += 1;
  const drive = 'https://contoso-my.sharepoint.com/personal/adam';
  return {
    uploadUrl: `${drive}/_api/v2.0/drive/items/1/uploadSession?guid=${places}`,
    contentUrl: `${drive}/Documents/Applications/list.csv`,
  };
}

describe('The list of a bulk request as a file', function () {
  this.timeout(patience);
  const sharePoint = createSharePoint();
  let whole: WholeBot;

  before(async () => {
    const limits = { ...testPolicy.limits, bulkMax: 1000 };
    whole = await startWholeBot({ policy: { limits }, fetchFile: sharePoint.fetch });
    addFleet(whole.simulator, size, 0);
    const { tenant } = whole.simulator;
    tenant.changePerson('worker0@contoso.com', { displayName: '=HYPERLINK("https://evil.example";"Ada")' });
    tenant.changePerson('worker1@contoso.com', { displayName: '@SUM(1+1)|cmd' });
    tenant.changePerson('worker2@contoso.com', { displayName: ' +49 89 "Miller", Bob\r\nSecond line' });
    await setChannel(whole);
    for (const who of ['adam', 'ada', 'ivan'] as const) await whole.says(who, 'language en');
  });
  after(async () => {
    await whole.stop();
  });
  beforeEach(() => {
    sharePoint.asked.length = 0;
  });

  const questions = (who: CastMember) =>
    whole.messagesOf(who).filter((one) => one.content.attachments?.[0]?.contentType === consent);

  /** Presses "Download as CSV" and gives the question that comes in the chat. */
  async function isAsked(who: CastMember, card: ConnectorMessage | Card): Promise<ConnectorMessage> {
    // A question of before may vanish meanwhile: what became of it is told a moment later.
    const known = new Set(questions(who).map(({ id }) => id));
    const pressed = await whole.presses(who, card, 'bulk.export');
    assert.match(answeredText(pressed), /offered you the file in our chat/);
    const fresh = questions(who).filter(({ id }) => !known.has(id));
    assert.equal(fresh.length, 1);
    return last(fresh);
  }

  const answers = (who: CastMember, question: ConnectorMessage, upload: Parameters<typeof answerAboutFile>[2]) =>
    whole.post(answerAboutFile(activityOf(who, 'personal', ''), question, upload));

  const listOf = async (preview: ConnectorMessage | Card) =>
    answeredCard(await whole.presses('adam', preview, 'bulk.items', { page: 1 }));

  const put = () => eventually(() => sharePoint.puts()[0] ?? assert.fail('nothing was put there'));

  it('When Adam agrees, then every line is in his OneDrive, nothing in it runs, and the chat shows the file', async () => {
    const preview = await asks(whole, `bulk reprovision group ${fleetGroup.name}`);
    const question = await isAsked('adam', await listOf(preview));
    const [{ name, content }] = question.content.attachments;
    assert.equal(name, 'cloud-pcs-preview.csv');
    assert.ok(content.sizeInBytes > 0);

    const place = newPlace();
    const answer = await answers('adam', question, place);

    assert.equal(answer.status, 200);
    const { url, text } = await put();
    assert.equal(url, place.uploadUrl);
    const [asked] = sharePoint.asked;
    assert.equal(asked?.headers.get('authorization'), null);
    const length = asked?.body?.length ?? 0;
    assert.equal(asked?.headers.get('content-range'), `bytes 0-${length - 1}/${length}`);
    const rows: string[][] = parse(text);
    assert.equal(rows.length, size + 1, 'each line and the headings');
    assert.equal(new Set(rows.map(([, address]) => address)).size, size + 1);
    assert.deepEqual(rows[0]?.slice(0, 4), ['Owner', 'Address', 'Cloud PC', 'Cloud PC id']);
    for (const cell of rows.flat()) assert.doesNotMatch(cell, /^[\s]*[=+\-@]/, cell);
    const owners = rows.map(([owner]) => owner);
    assert.ok(owners.includes(`'=HYPERLINK("https://evil.example";"Ada")`), owners.slice(0, 4).join('\n'));
    assert.ok(owners.includes("'@SUM(1+1)|cmd"));
    await eventually(() => {
      const shown = last(whole.messagesOf('adam')).content.attachments?.[0];
      assert.equal(shown?.contentType, 'application/vnd.microsoft.teams.card.file.info');
      assert.deepEqual([shown.contentUrl, shown.content], [place.contentUrl, { uniqueId: 'file-2', fileType: 'csv' }]);
      assert.deepEqual(questions('adam'), [], 'the question is gone');
    });
  });

  it('When Adam declines, then nothing is put anywhere and the question is gone', async () => {
    const question = await isAsked('adam', await listOf(await asks(whole, 'bulk reprovision ada@contoso.com')));

    const answer = await answers('adam', question, null);

    assert.equal(answer.status, 200);
    await eventually(() => {
      assert.match(wordsOn(last(whole.messagesOf('adam'))), /no file/);
      assert.deepEqual(questions('adam'), []);
    });
    assert.deepEqual(sharePoint.asked, []);
  });

  it('When Adam reads German, then the file does too, as Excel splits it there', async () => {
    await whole.says('adam', 'language de');
    try {
      const question = await isAskedInGerman(await asks(whole, 'bulk reprovision ada@contoso.com, nobody@contoso.com'));
      await answers('adam', question, newPlace());

      const rows: string[][] = parse((await put()).text, { delimiter: ';' });
      assert.equal(rows.length, 3);
      assert.match(rows[0]?.[0] ?? '', /Besitz|Person|Eigent/);
      assert.deepEqual(rows[1]?.slice(0, 2), ['Ada Arendt', 'ada@contoso.com']);
      assert.equal(rows[2]?.[0], 'nobody@contoso.com');
    } finally {
      await whole.says('adam', 'language en');
    }
  });

  async function isAskedInGerman(preview: ConnectorMessage): Promise<ConnectorMessage> {
    await whole.presses('adam', await listOf(preview), 'bulk.export');
    return last(questions('adam'));
  }

  for (const [what, elsewhere] of [
    ['to a foreign host', { ...newPlace(), uploadUrl: 'https://evil.example/upload' }],
    [
      'to a host that only begins like ours',
      { ...newPlace(), uploadUrl: 'https://contoso-my.sharepoint.com.evil.example/' },
    ],
    [
      'to a team site instead of a OneDrive',
      { ...newPlace(), uploadUrl: 'https://contoso.sharepoint.com/sites/x/upload' },
    ],
    ['without TLS', { ...newPlace(), uploadUrl: newPlace().uploadUrl.replace('https', 'http') }],
    ['and shown from elsewhere', { ...newPlace(), contentUrl: 'https://evil.example/list.csv' }],
  ] as const) {
    it(`When the file should go ${what}, then nothing is sent there and Adam is told`, async () => {
      const question = await isAsked('adam', await listOf(await asks(whole, 'bulk reprovision ada@contoso.com')));

      const refusals = () =>
        whole.messagesOf('adam').filter((one) => /OneDrive and SharePoint only/.test(wordsOn(one))).length;
      const before = refusals();

      await answers('adam', question, elsewhere);

      await eventually(() => assert.ok(refusals() > before));
      assert.deepEqual(sharePoint.asked, []);
    });
  }

  it('When OneDrive refuses, then Adam is told, and may answer again', async () => {
    const question = await isAsked('adam', await listOf(await asks(whole, 'bulk reprovision ada@contoso.com')));
    sharePoint.failNext(403);

    await answers('adam', question, newPlace());
    await eventually(() => assert.match(wordsOn(last(whole.messagesOf('adam'))), /could not put the file/));
    assert.equal(questions('adam').at(-1)?.id, question.id, 'the question stands');
    await answers('adam', question, newPlace());

    await eventually(() => assert.equal(sharePoint.puts().length, 2));
  });

  it('When somebody else presses, or agrees to a file of a preview that is not theirs, then they get nothing', async () => {
    const list = await listOf(await asks(whole, 'bulk reprovision ada@contoso.com'));
    const question = await isAsked('adam', list);

    for (const who of ['ada', 'ivan'] as const) {
      assert.match(answeredText(await whole.presses(who, list, 'bulk.export')), /no such request/);
      const before = whole.messagesOf(who).length;
      await answers(who, question, newPlace());
      await eventually(() => assert.ok(whole.messagesOf(who).length > before));
      assert.match(wordsOn(last(whole.messagesOf(who))), /no such request/);
    }
    assert.deepEqual(sharePoint.asked, []);
  });

  it('When the request was sent, then approvers may have the list as well, in their chat, and others may not', async () => {
    const preview = await asks(whole, 'bulk reprovision ada@contoso.com, worker5@contoso.com');
    const inputs = { reason: 'New image', confirmCount: '2' };
    const list = await listOf(preview);
    const code = /R-\d+/.exec(wordsOn(answeredCard(await whole.presses('adam', preview, 'bulk.submit', inputs))))?.[0];

    const approval = await eventually(() => {
      const card = whole.channelMessages().find((one) => wordsOn(one).includes(code ?? 'R-'));
      assert.ok(card);
      return card;
    });
    const question = await isAsked('ivan', list);
    assert.equal(question.content.attachments[0].name, `cloud-pcs-${code?.toLowerCase()}.csv`);
    await answers('ivan', question, newPlace());
    const rows: string[][] = parse((await put()).text);
    assert.deepEqual(
      rows.slice(1).map(([, address, , , wave, state]) => [address, wave, state]),
      [
        ['ada@contoso.com', '1', 'To come'],
        ['worker5@contoso.com', '2', 'To come'],
      ],
    );
    assert.match(answeredText(await whole.presses('ben', list, 'bulk.export')), /solche|no such/i);
    assert.ok(findButton(approval, 'request.approve'));
  });
});
