// What docs/threat-model.md says of people who want more than they may, tried on the whole bot: nothing is wiped that must not be.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createTextRenderer } from '../../src/cards/render-text.ts';
import type { ErrorValues } from '../../src/domain/errors.ts';
import { createTexts } from '../../src/locales/texts.ts';
import { demoCloudPcs, demoGroups, demoPeople } from '../../src/simulator/index.ts';
import type { ConnectorMessage } from '../fakes/connector.ts';
import { answeredCard, answeredText, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { type Activity, chatOf, execute, message, type TeamsAnswer } from '../fakes/teams.ts';
import { adaSubmits, setChannel, startWholeBot, type WholeBot } from '../fakes/whole-bot.ts';

const texts = createTexts();
const sentences = createTextRenderer(texts);
const german = { language: 'de', timeZone: 'Europe/Berlin' } as const;
const toast = (text: string, values: ErrorValues = {}) => sentences.plain({ text, values }, german);
const spoken = (text: string, values: ErrorValues = {}) => sentences.markdown({ text, values }, german);

describe('threats', function () {
  this.timeout(120_000);
  let whole: WholeBot;

  before(async () => {
    whole = await startWholeBot();
    await setChannel(whole);
  });
  // What one test has left open would stand in the way of the next.
  afterEach(async () => {
    for (const code of open.splice(0)) await whole.says('adam', `cancel ${code}`);
  });
  after(() => whole.stop());

  const open: string[] = [];
  const tenant = () => whole.simulator.tenant;
  const starts = () => tenant().reprovisionPosts().received;
  const codeOn = (answer: TeamsAnswer) => {
    const [code = assert.fail('no code')] = /R-\d+/.exec(wordsOn(answeredCard(answer))) ?? [];
    open.push(code);
    return code;
  };
  const approvalOf = (code: string): Promise<ConnectorMessage> =>
    eventually(() => last(whole.channelMessages().filter((one) => wordsOn(one).includes(code))));
  const saidIn = (chat: string, { received }: TeamsAnswer) =>
    received.flatMap(({ conversationId, body }) =>
      conversationId === chat && typeof body.text === 'string' ? [body.text] : [],
    );

  /** Ada's request waits; what became of it is told to her. */
  async function adaAsks(): Promise<string> {
    return codeOn(await adaSubmits(whole));
  }

  async function isSkipped(code: string, reason: string): Promise<void> {
    const words = texts.t('de', `reason.${reason}.text`);
    await eventually(() => {
      const told = whole.messagesOf('ada').filter((one) => wordsOn(one).includes(code));
      assert.ok(
        told.some((one) => wordsOn(one).includes(words)),
        told.map((one) => wordsOn(one)).join('\n'),
      );
    }, 45_000);
  }

  const as = (activity: Activity, from: Activity): Activity => ({ ...activity, from: { ...activity.from, ...from } });

  describe('of somebody who wants to approve their own', () => {
    before(() => tenant().addMember(demoGroups.approvers, demoPeople.ada));
    after(() => {
      tenant().removeMember(demoGroups.approvers, demoPeople.ada);
      tenant().changePerson(demoPeople.ada, { displayName: 'Ada Arendt', userPrincipalName: 'ada@contoso.com' });
    });

    it('When the requester decides from another device, under another name or with claims in the button, then it stays their own', async () => {
      const code = await adaAsks();
      const approval = await approvalOf(code);
      const { data = {} } = findButton(approval, 'request.approve');
      const thread = { thread: approval.id };
      const claims = {
        by: demoPeople.ivan,
        decider: demoPeople.ivan,
        asAdmin: true,
        from: { aadObjectId: demoPeople.ivan },
      };
      const press = (more: object = {}) =>
        execute({
          from: 'ada',
          verb: 'request.approve',
          data: { ...data, ...more },
          where: thread,
          replyToId: approval.id,
        });
      const disguises: Activity[] = [
        as(press(), { id: '29:another-device-of-ada' }),
        as(press(), { id: `29:${demoPeople.ivan}`, name: 'Ivan Ilić' }),
        as(press(), { aadObjectId: demoPeople.ada.toUpperCase(), name: 'Ivan Ilić' }),
        press(claims),
        {
          ...press(),
          from: {
            ...press().from,
            properties: { aadObjectId: demoPeople.ivan },
            userPrincipalName: 'ivan@contoso.com',
          },
        },
      ];

      const answers = [];
      for (const activity of disguises) answers.push(answeredText(await whole.post(activity)));
      const typed = await whole.says('ada', `approve ${code}`);

      assert.deepEqual(new Set(answers), new Set([toast('error.ownRequest')]));
      assert.deepEqual(saidIn(chatOf('ada'), typed), [spoken('error.ownRequest')]);
      assert.equal(starts(), 0);
    });

    it('When the requester’s account is renamed to somebody else’s name and address, then it stays their own', async () => {
      const code = await adaAsks();
      tenant().changePerson(demoPeople.ada, { displayName: 'Ivan Ilić', userPrincipalName: 'ivan.two@contoso.com' });

      const typed = await whole.says('ada', `approve ${code}`);
      const approval = await approvalOf(code);
      const pressed = await whole.presses('ada', approval, 'request.approve', {}, { thread: approval.id });

      assert.deepEqual(saidIn(chatOf('ada'), typed), [spoken('error.ownRequest')]);
      assert.equal(answeredText(pressed), toast('error.ownRequest'));
      assert.equal(starts(), 0);
    });
  });

  describe('between request and start', () => {
    afterEach(() => {
      const now = { userPrincipalName: 'ada@contoso.com', accountEnabled: true, userType: 'Member' } as const;
      tenant().changePerson(demoPeople.cleo, { userPrincipalName: 'cleo@contoso.com' });
      tenant().changePerson(demoPeople.ada, now);
      tenant().removeMember(demoGroups.vip, demoPeople.ada);
      tenant().addMember(demoGroups.approvers, demoPeople.ivan);
    });

    const ivanApproves = async (code: string) => {
      const approved = await whole.says('ivan', `approve ${code}`);
      assert.deepEqual(saidIn(chatOf('ivan'), approved), [spoken('say.decided.approved')]);
    };
    /** Ada is renamed, and Cléo gets her address; the Cloud PC still carries it. */
    const addressPasses = () => {
      tenant().changePerson(demoPeople.ada, { userPrincipalName: 'ada.arendt@contoso.com' });
      tenant().changePerson(demoPeople.cleo, { userPrincipalName: 'ada@contoso.com' });
    };

    it('When the one who has the owner’s address now looks for the request, then it is not theirs', async () => {
      const code = await adaAsks();
      addressPasses();

      for (const words of ['status', 'approve', 'cancel']) {
        const answer = await whole.says('cleo', `${words} ${code}`);
        assert.deepEqual(saidIn(chatOf('cleo'), answer), [spoken('error.noSuchRequest', { code })]);
      }
    });

    const changes: [what: string, change: () => void, reason: string][] = [
      ['the owner’s address passes to somebody else, and the Cloud PC with it', addressPasses, 'ownerChanged'],
      [
        'the requester’s account is switched off',
        () => tenant().changePerson(demoPeople.ada, { accountEnabled: false }),
        'notAllowedAnyMore',
      ],
      [
        'the requester becomes a guest',
        () => tenant().changePerson(demoPeople.ada, { userType: 'Guest' }),
        'notAllowedAnyMore',
      ],
      ['the owner becomes a VIP', () => tenant().addMember(demoGroups.vip, demoPeople.ada), 'policyChanged'],
    ];
    for (const [what, change, reason] of changes) {
      it(`When ${what}, then nothing is wiped, and that is the reason`, async () => {
        const code = await adaAsks();
        change();
        await ivanApproves(code);

        await isSkipped(code, reason);
        assert.equal(starts(), 0);
      });
    }

    it('When the approver leaves the approvers after the approval, then nothing is wiped, and that is the reason', async () => {
      await whole.says('adam', 'pause all starts');
      const code = await adaAsks();
      await ivanApproves(code);
      // Who goes on before the item has come to rest makes it wait for a minute.
      await eventually(() => {
        const told = whole.messagesOf('ada').find((one) => wordsOn(one).includes(code));
        assert.match(wordsOn(told), /Starts sind angehalten/);
      }, 45_000);

      tenant().removeMember(demoGroups.approvers, demoPeople.ivan);
      await whole.says('adam', 'resume starts');

      await isSkipped(code, 'approvalGone');
      assert.equal(starts(), 0);
    });
  });

  describe('between request and decision', () => {
    after(() => {
      tenant().addMember(demoGroups.approvers, demoPeople.ivan);
      tenant().changePerson(demoPeople.ivan, { userType: 'Member' });
    });

    it('When the approver has left the approvers or become a guest, then the card’s button is only a wish', async () => {
      const code = await adaAsks();
      const approval = await approvalOf(code);
      const press = () => whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });

      tenant().changePerson(demoPeople.ivan, { userType: 'Guest' });
      const asGuest = await press();
      tenant().changePerson(demoPeople.ivan, { userType: 'Member' });
      tenant().removeMember(demoGroups.approvers, demoPeople.ivan);
      const asNobody = await press();

      assert.equal(answeredText(asGuest), toast('error.guest'));
      assert.equal(answeredText(asNobody), toast('error.notApprover'));
      assert.equal(starts(), 0);
    });
  });

  describe('of guests and strangers', () => {
    const stranger = { id: '29:stranger', name: 'Ivan Ilić', aadObjectId: randomUUID() };
    const wishes = ['reprovision', 'my cloud pcs', 'requests', 'status', 'bulk reprovision ada@contoso.com', 'check'];

    before(() => tenant().changePerson(demoPeople.owen, { userType: 'Guest' }));
    after(() => tenant().changePerson(demoPeople.owen, { userType: 'Member' }));

    it('When a guest, or somebody who is not in the directory, asks for anything, then they are told that it is not for guests', async () => {
      tenant().addMember(demoGroups.admins, demoPeople.owen);
      const chat = chatOf('owen');
      for (const words of wishes) {
        const guest = await whole.says('owen', words);
        const nobody = await whole.post(as(message(words, { from: 'owen' }), stranger));

        assert.deepEqual(saidIn(chat, guest), [spoken('error.guest')], words);
        assert.deepEqual(saidIn(chat, nobody), [spoken('error.guest')], words);
      }
      tenant().removeMember(demoGroups.admins, demoPeople.owen);
    });

    it('When one of them sees the approval in the channel and presses, then nothing is decided', async () => {
      const code = await adaAsks();
      const approval = await approvalOf(code);
      const thread = { thread: approval.id };
      for (const verb of ['request.approve', 'request.cancel']) {
        const data = { ...findButton(approval, 'request.approve').data };
        const press = execute({ from: 'owen', verb, data, where: thread, replyToId: approval.id });

        assert.equal(answeredText(await whole.post(press)), toast('error.guest'));
        assert.equal(answeredText(await whole.post(as(press, stranger))), toast('error.guest'));
      }
      assert.match(wordsOn(await approvalOf(code)), /Waiting for approval/);
    });
  });

  describe('of names that look like others', () => {
    // The first letter is Cyrillic.
    const lookalike = '\u0410da Arendt';

    after(() => tenant().changePerson(demoPeople.cleo, { displayName: 'Cléo Costa' }));

    it('When two people look the same, then the name finds its own, and form and approval show the address', async () => {
      tenant().changePerson(demoPeople.cleo, { displayName: lookalike });
      const choices = {
        osVersion: 'windows11',
        accountType: 'standardUser',
        reason: 'Apps no longer start',
        saved: 'true',
      };

      await whole.says('adam', 'reprovision Ada Arendt');
      const form = last(whole.messagesOf('adam'));
      const shown = wordsOn(form);
      await whole.says('adam', `reprovision ${lookalike}`);
      const other = last(whole.messagesOf('adam'));
      const code = codeOn(await whole.presses('adam', form, 'request.submit', choices));
      const approval = await approvalOf(code);

      assert.match(shown, /CPC-ada-7F3KQ/);
      assert.ok(shown.includes('ada@contoso.com'), shown);
      assert.doesNotMatch(wordsOn(other), /CPC-ada-7F3KQ/);
      assert.ok(wordsOn(approval).includes('ada@contoso.com'), wordsOn(approval));
    });
  });

  describe('of a replay', () => {
    it('When every activity of a request comes once more after its end, in order and backwards, then nothing is done again', async () => {
      const sent: Activity[] = [];
      const post = (activity: Activity) => {
        sent.push(activity);
        return whole.post(activity);
      };
      const before = starts();
      await post(message('reprovision my Cloud PC', { from: 'ada' }));
      const form = last(whole.messagesOf('ada'));
      const { data: draft = {} } = findButton(form, 'request.submit');
      const inputs = { ...draft, reason: 'Apps no longer start', saved: 'true' };
      const code = codeOn(
        await post(execute({ from: 'ada', verb: 'request.submit', data: inputs, replyToId: form.id })),
      );
      const approval = await approvalOf(code);
      const { data } = findButton(approval, 'request.approve');
      const where = { thread: approval.id };
      const answer = await post(
        execute({ from: 'ivan', verb: 'request.approve', data, where, replyToId: approval.id }),
      );
      assert.equal(answer.status, 200);
      const isReady = () =>
        whole.messagesOf('ada').some((one) => /ist bereit/.test(wordsOn(one)) && wordsOn(one).includes('CPC-ada'));
      await eventually(() => assert.ok(isReady()), 45_000);
      const mails = tenant().mails.length;
      const codes = () => new Set(JSON.stringify(whole.connector.messages).match(/R-\d+/g)).size;
      const codesBefore = codes();

      const again: number[] = [];
      for (const activity of [...sent, ...sent.toReversed()]) again.push((await whole.post(activity)).status);

      assert.deepEqual(new Set(again), new Set([200]));
      assert.deepEqual([starts() - before, tenant().mails.length, codes()], [1, mails, codesBefore]);
      assert.equal(tenant().reprovisionPosts(demoCloudPcs.ada).applied, 1);
    });
  });

  describe('at the end', () => {
    it('When all of this is over, then no fault of ours was logged', () => {
      assert.deepEqual(
        whole.log.lines.filter(({ level }) => level === 'error'),
        [],
      );
    });
  });
});
