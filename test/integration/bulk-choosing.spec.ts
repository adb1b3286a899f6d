// "bulk reprovision": what an admin types, pastes, attaches or fills in becomes a preview, and nothing else happens by it.
import assert from 'node:assert/strict';
import { demoCloudPcs, demoGroups, demoPeople, demoPolicies } from '../../src/simulator/index.ts';
import { addFleet, type FleetMember, fleetGroup } from '../campaigns/bulk/tenant.ts';
import { asks, countsOn, linesOf, withFiles } from '../fakes/bulk-desk.ts';
import type { ConnectorMessage } from '../fakes/connector.ts';
import { answeredCard, answeredText, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { createSharePoint } from '../fakes/share-point.ts';
import { startWholeBot, testPolicy, type WholeBot } from '../fakes/whole-bot.ts';

const patience = 240_000;
const size = 300;
const twin = 'Twins';

const people = (found: number, leftOut: number, notFound: number) => ({
  found,
  toRebuild: found - leftOut,
  leftOut,
  notFound,
});

/** Nothing but reads, whatever was looked at. */
function assertOnlyRead({ simulator }: WholeBot): void {
  const isRead = (method: string, path: string) => method === 'GET' || /\/checkMemberGroups$/.test(path);
  const writes = simulator.requests.flatMap(({ method, path, parts = [] }) => {
    const calls =
      path === '/$batch' ? parts.map((part) => ({ method: part.method, path: part.url })) : [{ method, path }];
    return calls.filter((call) => !isRead(call.method, call.path));
  });
  assert.deepEqual(writes, []);
  assert.equal(simulator.tenant.reprovisionPosts().received, 0);
}

describe('Choosing the Cloud PCs of a bulk request', function () {
  this.timeout(patience);
  const sharePoint = createSharePoint();
  let whole: WholeBot;
  let fleet: FleetMember[];
  const upn = (at: number) => `worker${at}@contoso.com`;
  const idOf = (at: number) => fleet[at]?.cloudPcId ?? '';

  before(async () => {
    const limits = { ...testPolicy.limits, bulkMax: size };
    whole = await startWholeBot({ policy: { limits }, fetchFile: sharePoint.fetch });
    const { tenant } = whole.simulator;
    fleet = addFleet(whole.simulator, size, 0);
    for (const id of ['1', '2']) {
      tenant.addGroup({
        id: `bbbbbbbb-0f1e-4000-8000-00000000001${id}`,
        displayName: twin,
        description: null,
        memberIds: [],
      });
    }
    for (const at of [10, 11]) tenant.changeCloudPc(idOf(at), { status: 'failed' });
    await whole.says('adam', 'language en');
    await whole.says('ada', 'language en');
  });
  after(async () => {
    await whole.stop();
  });
  beforeEach(() => {
    whole.simulator.requests.length = 0;
    sharePoint.asked.length = 0;
  });
  afterEach(() => assertOnlyRead(whole));

  describe('by typing', () => {
    it('When nothing is named, then a form asks, and whatever is filled in there becomes the preview', async () => {
      const form = await asks(whole, 'bulk reprovision');

      assert.match(
        wordsOn(form),
        /Choose the Cloud PCs .*Office West Europe.*Design North Europe.*CSV file in this chat/,
      );
      const both = { people: `${upn(0)}; ${idOf(1)}`, policyId: demoPolicies.designNorthEurope };
      const preview = answeredCard(await whole.presses('adam', form, 'bulk.choose', both));
      assert.deepEqual(countsOn(preview), people(3, 0, 0));
      const lines = await linesOf(whole, preview);
      assert.deepEqual(lines.map(({ who }) => who).sort(), [
        'Ben Bauer · CPC-ben-5RW1Z',
        'Worker 0 · CPC-worker-0',
        'Worker 1 · CPC-worker-1',
      ]);
    });

    it('When a group is named, then everybody in it stands in the preview, and Graph was asked a handful of times', async () => {
      const preview = await asks(whole, `bulk reprovision group ${fleetGroup.name}`);

      assert.match(wordsOn(preview), /Preview · group Sales Munich/);
      assert.deepEqual(countsOn(preview), people(size, 0, 0));
      assert.ok(whole.simulator.requests.length <= 10, `${whole.simulator.requests.length} requests`);
      assert.equal(
        new Set((await linesOf(whole, preview)).map(({ who }) => who)).size,
        size,
        'each one stands on one page, once',
      );
    });

    it('When three hundred addresses are pasted, then they are found with a handful of requests, too', async () => {
      const preview = await asks(whole, `bulk reprovision ${fleet.map((one) => one.upn).join('\n')}`);

      assert.deepEqual(countsOn(preview), people(size, 0, 0));
      assert.ok(whole.simulator.requests.length <= 10, `${whole.simulator.requests.length} requests`);
    });

    it('When a provisioning policy is named, in any case of letters, then its Cloud PCs are taken and no others', async () => {
      const preview = await asks(whole, 'bulk reprovision policy design NORTH europe');

      assert.match(wordsOn(preview), /Preview · provisioning policy Design North Europe/);
      assert.deepEqual(countsOn(preview), people(1, 0, 0));
      assert.deepEqual(
        (await linesOf(whole, preview)).map(({ who }) => who),
        ['Ben Bauer · CPC-ben-5RW1Z'],
      );
    });

    it('When all failed ones are meant, then those that failed are taken', async () => {
      const preview = await asks(whole, 'Bulk reprovision all failed ones, please');

      assert.match(wordsOn(preview), /Preview · all failed ones/);
      assert.deepEqual(
        (await linesOf(whole, preview)).map(({ who }) => who),
        ['Worker 10 · CPC-worker-10', 'Worker 11 · CPC-worker-11'],
      );
    });

    const excel = [
      `Worker 1\t${upn(1)}\tSales`,
      `Worker 2\t${upn(2)}\tField Service South East`,
      `Worker 3\t${upn(3).toUpperCase()}\tIT`,
    ].join('\r\n');
    for (const [how, text] of [
      ['with commas', `bulk reprovision ${upn(1)}, ${upn(2)},${upn(3)}`],
      ['line by line', `bulk reprovision:\n${upn(1)}\n${upn(2)}\n${upn(3)}\n`],
      [
        'with semicolons and names, as Outlook writes them',
        `bulk reprovision Worker 1 <${upn(1)}>; "2, Worker" <${upn(2)}>; ${upn(3)};`,
      ],
      ['with more columns, from Excel', `bulk reprovision\n${excel}`],
      ['twice', `bulk reprovision ${upn(1)}, ${upn(2)}, ${upn(3)}, ${upn(1).toUpperCase()}`],
      ['and by id as well', `bulk reprovision ${upn(1)}, ${upn(2)}, PC3_ID, PC1_ID`],
    ] as const) {
      it(`When addresses are pasted ${how}, then each Cloud PC counts once and nothing else is looked for`, async () => {
        const preview = await asks(whole, text.replace('PC3_ID', idOf(3)).replace('PC1_ID', idOf(1).toUpperCase()));

        assert.match(wordsOn(preview), /Preview · a list/);
        assert.deepEqual(countsOn(preview), people(3, 0, 0));
        assert.deepEqual(
          (await linesOf(whole, preview)).map(({ who }) => who).sort(),
          [1, 2, 3].map((at) => `Worker ${at} · CPC-worker-${at}`),
        );
      });
    }

    it('When Cloud PC ids are pasted, then those are taken, also of people with several, and unknown ids are named', async () => {
      const nobody = '99999999-0000-4000-8000-000000000001';

      const preview = await asks(whole, `bulk reprovision ${demoCloudPcs.benDesign} ${demoCloudPcs.ada} ${nobody}`);

      assert.deepEqual(countsOn(preview), people(2, 0, 1));
      const left = await linesOf(whole, preview, 'leftOut');
      assert.deepEqual(
        left.map(({ who }) => who),
        [nobody],
      );
    });

    it('When people are mentioned, in the chat or in a channel, then their Cloud PCs are taken and the preview comes in the chat', async () => {
      const mentions = ['ada', 'ben', 'cleo'] as const;
      const text = `bulk reprovision <at>Ada Arendt</at>, <at>Ben Bauer</at> and <at>Cléo Costa</at>, ${upn(4)}`;
      for (const where of ['personal', { thread: '7' }] as const) {
        const preview = await asks(whole, text, { where, mentions: [...mentions] });

        assert.deepEqual(countsOn(preview), people(4, 2, 1));
        const stands = Object.fromEntries((await linesOf(whole, preview)).map(({ who, stand }) => [who, stand]));
        assert.match(stands['Ada Arendt · CPC-ada-7F3KQ'] ?? '', /to be rebuilt/);
        assert.match(stands['Ben Bauer · CPC-ben-2M8TD'] ?? '', /several/);
        assert.match(stands['Cléo Costa'] ?? '', /no Cloud PC/);
      }
    });

    it('When somebody who is mentioned is not in the directory, then that is a line that was not found', async () => {
      const { tenant } = whole.simulator;
      const owen = tenant.findPerson(demoPeople.owen);
      assert.ok(owen);
      tenant.removePerson(demoPeople.owen);
      try {
        const preview = await asks(whole, `bulk reprovision <at>Owen O'Neil</at> ${upn(4)}`, { mentions: ['owen'] });

        assert.deepEqual(countsOn(preview), people(1, 0, 1));
      } finally {
        tenant.addPerson(owen);
      }
    });
  });

  describe('by a file', () => {
    const url = (name: string) => `https://contoso-my.sharepoint.com/personal/adam/_layouts/15/download.aspx?n=${name}`;
    const attaches = async (text: string, ...names: string[]) => {
      await whole.post(
        withFiles(
          text,
          names.map((name) => ({ name, url: url(name) })),
        ),
      );
      return last(whole.messagesOf('adam'));
    };
    before(() => {
      sharePoint.files.set(
        url('team.csv'),
        `Name;User Principal Name;City\r\nOne;${upn(1)};Ulm\r\nTwo;${upn(2)};Bonn\r\n`,
      );
      sharePoint.files.set(url('ids.csv'), `Cloud PC Id\n${idOf(2)}\n${idOf(3)}\n`);
      sharePoint.files.set(url('huge.csv'), `UPN\n${`${upn(1)}\n`.repeat(60_000)}`);
      sharePoint.files.set(url('book.xlsx'), Buffer.from('PK\u0003\u0004\u0014\u0000\u0006\u0000'));
      sharePoint.files.set(url('empty.csv'), 'Name;City\r\nOne;Ulm\r\n');
    });

    for (const text of ['bulk reprovision', '', 'here is the list for tonight']) {
      it(`When a CSV comes with ${text === '' ? 'no words' : `"${text}"`}, then its people stand in the preview`, async () => {
        const preview = await attaches(text, 'team.csv');

        assert.match(wordsOn(preview), /Preview · file team.csv/);
        assert.deepEqual(countsOn(preview), people(2, 0, 0));
        const [asked, ...more] = sharePoint.asked;
        assert.deepEqual([asked?.method, asked?.url, more.length], ['GET', url('team.csv'), 0]);
        assert.equal(asked?.headers.get('authorization'), null);
      });
    }

    it('When two files come, and an address beside them, then all of them count, each Cloud PC once', async () => {
      const preview = await attaches(`bulk reprovision also ${upn(4)} and`, 'team.csv', 'ids.csv');

      assert.match(wordsOn(preview), /file team.csv, ids.csv/);
      assert.deepEqual(
        (await linesOf(whole, preview)).map(({ who }) => who).sort(),
        [1, 2, 3, 4].map((at) => `Worker ${at} · CPC-worker-${at}`),
      );
    });

    for (const [name, why] of [
      ['huge.csv', /too big/],
      ['book.xlsx', /cannot read that file as a list/],
      ['empty.csv', /no addresses and no ids/],
      ['gone.csv', /could not fetch/],
    ] as const) {
      it(`When the file is ${name}, then it is said why it is not taken`, async () => {
        assert.match(wordsOn(await attaches('bulk reprovision', name)), why);
      });
    }

    it('When the address of the file is not on SharePoint, then nothing is fetched', async () => {
      await whole.post(withFiles('', [{ name: 'team.csv', url: 'https://contoso-my.sharepoint.com.evil.example/t' }]));

      assert.match(wordsOn(last(whole.messagesOf('adam'))), /OneDrive and SharePoint only/);
      assert.deepEqual(sharePoint.asked, []);
    });

    it('When the file comes in a channel, then it is refused and the addresses may be pasted', async () => {
      const file = { name: 'team.csv', url: url('team.csv') };

      await whole.post(withFiles('bulk reprovision', [file], 'adam', { thread: '8' }));

      assert.match(wordsOn(last(whole.messagesOf('adam'))), /only in our chat.*paste the addresses/);
      assert.deepEqual(sharePoint.asked, []);
    });

    it('When somebody who is no admin attaches a file, then it is not even fetched', async () => {
      await whole.post(withFiles('', [{ name: 'team.csv', url: url('team.csv') }], 'ada'));

      assert.match(wordsOn(last(whole.messagesOf('ada'))), /Only administrators/);
      assert.deepEqual(sharePoint.asked, []);
    });
  });

  describe('and what is refused', () => {
    it('When somebody who is no admin types it or presses in such a form, then they get no preview', async () => {
      const form = await asks(whole, 'bulk reprovision');

      for (const text of ['bulk reprovision', `bulk reprovision ${upn(1)}`]) {
        await whole.says('ada', text);
        assert.match(wordsOn(last(whole.messagesOf('ada'))), /Only administrators/);
      }
      const pressed = await whole.presses('ada', form, 'bulk.choose', { people: upn(1) });
      assert.match(answeredText(pressed), /Only administrators/);
    });

    it('When somebody is no admin any more, then their next press says so', async () => {
      const form = await asks(whole, 'bulk reprovision');
      whole.simulator.tenant.removeMember(demoGroups.admins, demoPeople.adam);
      try {
        const pressed = await whole.presses('adam', form, 'bulk.choose', { people: upn(1) });

        assert.match(answeredText(pressed), /Only administrators/);
      } finally {
        whole.simulator.tenant.addMember(demoGroups.admins, demoPeople.adam);
      }
    });

    for (const [what, text, why] of [
      ['the group is unknown', 'bulk reprovision group Atlantis', /no group called “Atlantis”/],
      ['several groups have the name', `bulk reprovision group ${twin}`, /2 groups are called “Twins”/],
      ['the policy is unknown', 'bulk reprovision policy Atlantis', /no provisioning policy called “Atlantis”/],
    ] as const) {
      it(`When ${what}, then the form comes with that sentence, and can be mended there`, async () => {
        const form = await asks(whole, text);

        assert.match(wordsOn(form), why);
        const mended = answeredCard(await whole.presses('adam', form, 'bulk.choose', { people: upn(1), group: '' }));
        assert.deepEqual(countsOn(mended), people(1, 0, 0));
      });
    }

    it('When a group is unknown beside a list, then the form still has the list', async () => {
      const form = await asks(whole, 'bulk reprovision');
      const inputs = { people: `${upn(1)}\n${idOf(2)}`, group: ' Atlantis ', failed: 'true' };

      const again = answeredCard(await whole.presses('adam', form, 'bulk.choose', inputs));

      assert.match(wordsOn(again), /no group called “Atlantis”/);
      const body = JSON.stringify(again);
      for (const kept of [upn(1), idOf(2), '"value":"Atlantis"']) assert.ok(body.includes(kept), `${kept} is gone`);
    });

    it('When nothing is chosen, then the form says so', async () => {
      const form = await asks(whole, 'bulk reprovision');

      for (const inputs of [{}, { people: ' \n ', group: '  ', policyId: 'none', failed: 'false', several: 'true' }]) {
        const again = answeredCard(await whole.presses('adam', form, 'bulk.choose', inputs));
        assert.match(wordsOn(again), /Please say which Cloud PCs/);
      }
    });

    it('When it is more than the policy allows, found or not found, then the form says how many', async () => {
      const tooMany = await asks(whole, 'bulk reprovision policy Office West Europe');
      const unknown = Array.from({ length: size + 1 }, (_, at) => `x${at}@contoso.com`).join(',');
      const tooManyUnknown = await asks(whole, `bulk reprovision ${unknown}`);

      assert.match(wordsOn(tooMany), /at most 300 Cloud PCs, and 302 were found/);
      assert.match(wordsOn(tooManyUnknown), /at most 300 Cloud PCs, and 301 were found/);
    });

    it('When a list is so long that it must be too many, then none of it is looked up', async () => {
      const endless = Array.from({ length: 2 * size + 1 }, (_, at) => `x${at}@contoso.com`).join(' ');

      assert.match(wordsOn(await asks(whole, `bulk reprovision ${endless}`)), /at most 300 Cloud PCs/);
      const looked = whole.simulator.requests.filter(({ parts = [] }) =>
        parts.some(({ url }) => url.includes('x7%40')),
      );
      assert.ok(whole.simulator.requests.length <= 3, `${whole.simulator.requests.length} requests`);
      assert.deepEqual(looked, []);
    });

    it('When Graph does not answer in time, then the preview comes later by itself', async () => {
      const before = whole.messagesOf('adam').length;
      whole.simulator.faults.add({
        match: { path: /provisioningPolicies/ },
        fault: { delayMs: 2_500 },
        times: 1,
      });

      await whole.says('adam', 'bulk reprovision policy Design North Europe');

      await eventually(() => assert.equal(whole.messagesOf('adam').length, before + 2));
      // The later turn is not held up by the words of the first.
      const [said, shown] = whole.messagesOf('adam').slice(-2).sort(byWords);
      assert.match(wordsOn(said as NonNullable<typeof said>), /One moment/);
      assert.deepEqual(countsOn(shown as NonNullable<typeof shown>), people(1, 0, 0));
    });

    const byWords = (a: ConnectorMessage, b: ConnectorMessage) => wordsOn(a).length - wordsOn(b).length;
  });

  describe('and changing the choice', () => {
    it('When it was a group, a policy or the failed ones, then the form shows that again', async () => {
      const group = await asks(whole, `bulk reprovision group ${fleetGroup.name}`);
      const policy = await asks(whole, 'bulk reprovision policy Design North Europe');
      const failed = await asks(whole, 'bulk reprovision all failed ones');
      const form = async (card: typeof group) =>
        inputsOf(answeredCard(await whole.presses('adam', card, 'bulk.change')));

      const nothing = { people: '', group: '', policyId: 'none', failed: 'false', several: 'false' };
      assert.deepEqual(await form(group), { ...nothing, group: fleetGroup.name });
      assert.deepEqual(await form(policy), { ...nothing, policyId: demoPolicies.designNorthEurope });
      assert.deepEqual(await form(failed), { ...nothing, failed: 'true' });
    });

    it('When people, ids, unknown words and more were chosen together, then all of it stands in the form and means the same', async () => {
      const form = await asks(whole, 'bulk reprovision');
      const chosen = {
        people: `ben@contoso.com, ${idOf(5)}\nnobody@contoso.com`,
        group: '',
        policyId: demoPolicies.designNorthEurope,
        failed: 'true',
        several: 'true',
      };
      const first = answeredCard(await whole.presses('adam', form, 'bulk.choose', chosen));

      const again = answeredCard(await whole.presses('adam', first, 'bulk.change'));
      assert.deepEqual(inputsOf(again), chosen);
      const second = answeredCard(await whole.presses('adam', again, 'bulk.choose', inputsOf(again)));
      assert.deepEqual(countsOn(second), countsOn(first));
      assert.deepEqual(await linesOf(whole, second), await linesOf(whole, first));
    });

    it('When people were mentioned or came in a file, then the form has their addresses', async () => {
      const mentioned = await asks(whole, `bulk reprovision <at>Ada Arendt</at> ${upn(6)}`, { mentions: ['ada'] });

      const form = answeredCard(await whole.presses('adam', mentioned, 'bulk.change'));

      assert.deepEqual(String(inputsOf(form).people).split('\n'), ['ada@contoso.com', upn(6)]);
    });

    it('When the list is too long for a card, then the form asks for it once more and never shows a part of it', async () => {
      const list = fleet.map(({ cloudPcId }) => cloudPcId).join(' ');
      const padded = `${list} ${Array.from({ length: size }, (_, at) => `unknown.person.number.${at}@contoso.com`).join(' ')}`;
      const form = await asks(whole, 'bulk reprovision');
      const preview = answeredCard(await whole.presses('adam', form, 'bulk.choose', { people: padded }));
      assert.deepEqual(countsOn(preview), people(size, 0, size));

      const again = answeredCard(await whole.presses('adam', preview, 'bulk.change'));

      assert.match(wordsOn(again), /too long to be shown here again/);
      assert.equal(inputsOf(again).people, '');
    });

    it('When somebody else presses, then they see nothing of it', async () => {
      const preview = await asks(whole, `bulk reprovision ${upn(1)}`);
      whole.simulator.tenant.addMember(demoGroups.admins, demoPeople.ines);
      try {
        for (const who of ['ines', 'ada'] as const) {
          const changed = await whole.presses(who, preview, 'bulk.change');
          const listed = await whole.presses(who, preview, 'bulk.items');
          for (const answer of [changed, listed]) assert.doesNotMatch(answeredText(answer), /worker/i);
        }
      } finally {
        whole.simulator.tenant.removeMember(demoGroups.admins, demoPeople.ines);
      }
    });
  });
});

describe('The preview of a bulk request', function () {
  this.timeout(patience);
  let whole: WholeBot;
  let fleet: FleetMember[];
  const upn = (at: number) => `worker${at}@contoso.com`;
  const idOf = (at: number) => fleet[at]?.cloudPcId ?? '';
  const gone = 9;

  before(async () => {
    whole = await startWholeBot({ policy: { admin: { ...testPolicy.admin, single: 'direct' } }, buildMs: 200 });
    const { tenant } = whole.simulator;
    fleet = addFleet(whole.simulator, 40, 0);
    await whole.says('adam', 'language en');
    tenant.nextBuild(idOf(6), { outcome: 'never' });
    const codes = new Map<number, string>();
    for (const at of [5, 6]) {
      const form = await asks(whole, `reprovision ${upn(at)}`);
      const sent = await whole.presses('adam', form, 'request.submit', {
        ...{ reason: 'Broken', saved: 'true', osVersion: 'windows11', accountType: 'standardUser' },
      });
      codes.set(at, /R-\d+/.exec(wordsOn(answeredCard(sent)))?.[0] ?? '');
    }
    assert.deepEqual([...codes.values()], ['R-1001', 'R-1002']);
    await eventually(async () => {
      const [line] = await linesOf(whole, await asks(whole, `bulk reprovision ${upn(5)}`));
      assert.match(line?.stand ?? '', /Rebuilt/);
    }, 60_000);
    tenant.changeCloudPc(idOf(2), { status: 'resizing' });
    tenant.changeCloudPc(idOf(3), { status: 'inGracePeriod' });
    tenant.changeCloudPc(idOf(4), { lastRemoteActionResult: restartOf(idOf(4)) });
    tenant.addMember(demoGroups.vip, fleet[7]?.personId ?? '');
    tenant.changePerson(upn(8), { accountEnabled: false });
    tenant.removePerson(upn(gone));
    tenant.changeCloudPc(idOf(12), { provisioningType: 'sharedByEntraGroup', productType: 'frontline' });
    tenant.changeCloudPc(idOf(13), { lastLoginResult: { time: '2026-11-20T07:41:00Z' } });
  });
  after(async () => {
    await whole.stop();
  });

  it('When some cannot be rebuilt now, then each is left out with its reason, and the numbers add up', async () => {
    const { tenant } = whole.simulator;
    const posts = tenant.reprovisionPosts().received;
    const named = [...Array.from({ length: 9 }, (_, at) => upn(at)), 'cleo@contoso.com', 'ben@contoso.com', upn(13)];
    const ids = [idOf(gone), idOf(12)];

    const preview = await asks(whole, `bulk reprovision ${[...named, ...ids, 'nobody@contoso.com'].join('\n')}`);

    const all = await linesOf(whole, preview);
    const stands = Object.fromEntries(all.map(({ who, stand }) => [who, stand]));
    const stand = (who: string) => stands[who] ?? `${who} is not among ${Object.keys(stands).join(', ')}`;
    const worker = (at: number) => stand(`Worker ${at} · CPC-worker-${at}`);
    for (const at of [0, 1]) assert.match(worker(at), /^to be rebuilt$/);
    assert.match(worker(2), /^left out · Windows 365 is working on this Cloud PC/);
    assert.match(worker(3), /^left out · .*grace period/);
    assert.match(worker(4), /^left out · Another action is running/);
    // A rebuild gives them other names.
    const renamed = (at: number) => all.find(({ who }) => who.startsWith(`Worker ${at} · `))?.stand ?? '';
    assert.match(renamed(5), /^left out · Rebuilt .*allowed again from/);
    assert.match(renamed(6), /^left out · It is being rebuilt already \(R-1002\)/);
    assert.match(worker(7), /^left out · The Cloud PCs of this person are left out of bulk requests/);
    assert.match(worker(8), /^left out · Its owner is not in the directory, or is disabled there/);
    assert.match(worker(13), /^to be rebuilt · no sign-out seen/);
    assert.match(stand(`${upn(gone)} · CPC-worker-9`), /^left out · Its owner is not in the directory/);
    assert.match(stand('Cléo Costa'), /no Cloud PC/);
    for (const pc of ['CPC-ben-2M8TD', 'CPC-ben-5RW1Z']) {
      assert.match(stand(`Ben Bauer · ${pc}`), /several Cloud PCs, and none is taken unasked/);
    }
    assert.match(stand('nobody@contoso.com'), /Nobody and no Cloud PC/);
    const shared = all.find(({ who }) => who.endsWith('CPC-worker-12'));
    assert.match(shared?.stand ?? '', /shared by several people/);

    const counts = countsOn(preview);
    assert.deepEqual(counts, { found: 14, toRebuild: 3, leftOut: 11, notFound: 2 });
    assert.equal(all.length, counts.toRebuild + counts.leftOut + counts.notFound);
    assert.match(wordsOn(preview), /For one person no sign-out was seen/);
    assert.match(wordsOn(preview), /and 8 more/);
    assert.equal(tenant.reprovisionPosts().received, posts, 'nothing was started by it');
  });

  it('When the list is filtered, then each part stands in it whole, and together they are all', async () => {
    const preview = await asks(whole, `bulk reprovision group ${fleetGroup.name}`);

    const [all, toRebuild, leftOut] = await Promise.all([
      linesOf(whole, preview),
      linesOf(whole, preview, 'toRebuild'),
      linesOf(whole, preview, 'leftOut'),
    ]);

    assert.deepEqual(countsOn(preview), { found: 38, toRebuild: 31, leftOut: 7, notFound: 1 });
    assert.equal(toRebuild.length, 31);
    assert.equal(leftOut.length, 8);
    assert.ok(toRebuild.every(({ stand }) => stand.startsWith('to be rebuilt')));
    assert.deepEqual(all.map(({ who }) => who).sort(), [...toRebuild, ...leftOut].map(({ who }) => who).sort());
  });

  it('When a page is asked for that there is not, then the last one comes', async () => {
    const preview = await asks(whole, `bulk reprovision ${upn(0)}`);

    const listed = answeredCard(await whole.presses('adam', preview, 'bulk.items', { page: 99, filter: 'all' }));

    assert.match(wordsOn(listed), /Worker 0 .* Page 1 of 1/);
  });

  it('When all Cloud PCs of people with several are asked for, then all of them are taken', async () => {
    const form = await asks(whole, 'bulk reprovision');

    const preview = answeredCard(
      await whole.presses('adam', form, 'bulk.choose', { people: 'ben@contoso.com', several: 'true' }),
    );

    assert.deepEqual(countsOn(preview), { found: 2, toRebuild: 2, leftOut: 0, notFound: 0 });
  });

  it('When one of several is named by its id beside its owner, then that one is taken and the other is not', async () => {
    const preview = await asks(whole, `bulk reprovision ben@contoso.com ${demoCloudPcs.benDesign}`);

    const lines = await linesOf(whole, preview);
    assert.deepEqual(
      lines.map(({ who, stand }) => [who, /^to be/.test(stand)]),
      [
        ['Ben Bauer · CPC-ben-5RW1Z', true],
        ['Ben Bauer · CPC-ben-2M8TD', false],
      ],
    );
  });

  it('When nothing remains, then there is nothing to confirm', async () => {
    const preview = await asks(whole, `bulk reprovision ${upn(2)}, cleo@contoso.com`);

    assert.match(wordsOn(preview), /Nothing would be rebuilt/);
    assert.throws(() => findButton(preview, 'bulk.submit'));
    const shape = findButton(preview, 'bulk.items').data ?? {};
    const forged = { actions: [{ type: 'Action.Execute', title: '', verb: 'bulk.submit', data: shape }] };
    const sent = await whole.presses('adam', forged, 'bulk.submit', { reason: 'New image', confirmCount: '0' });
    assert.match(answeredText(sent), /None of these Cloud PCs can be rebuilt now/);
  });
});

function restartOf(cloudPcId: string) {
  const at = '2026-11-28T10:00:00Z';
  return {
    actionName: 'Restart',
    actionState: 'active' as const,
    startDateTime: at,
    lastUpdatedDateTime: at,
    cloudPcId,
    managedDeviceId: null,
    statusDetail: null,
  };
}

/** What stands in the inputs of a form. */
function inputsOf(card: unknown): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (typeof node === 'object' && node !== null) {
      const { type, id, value } = node as Record<string, unknown>;
      if (String(type).startsWith('Input.')) inputs[String(id)] = value ?? '';
      for (const [name, inner] of Object.entries(node)) if (name !== 'fallback') walk(inner);
    }
  };
  walk(card);
  return inputs;
}
