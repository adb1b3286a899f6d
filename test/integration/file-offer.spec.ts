// A file that a turn answers with: it is offered in the personal chat, wherever it was asked for.
import assert from 'node:assert/strict';
import type { TurnContext } from 'botbuilder';
import type { MessageView } from '../../src/domain/message-views.ts';
import type { Address, Delivery, UnitOfWork } from '../../src/domain/ports.ts';
import { readIncoming } from '../../src/teams/incoming.ts';
import { answerInTurn, answerLater, type ResponderParts } from '../../src/teams/responder.ts';
import { here, type PersonsIncoming } from '../../src/teams/turn.ts';
import { type Activity, execute, message } from '../fakes/teams.ts';

const reader = { language: 'en', timeZone: 'Europe/Berlin' } as const;
const offer: MessageView = {
  file: { name: 'R-1042.csv', sizeBytes: 9, description: { text: 'csv.description', values: {} }, request: 'r' },
};

function createScene(delivery: Delivery) {
  const sent: [to: string, view: MessageView, mostWaitMs: number | undefined][] = [];
  const said: unknown[] = [];
  const unitOfWork = {
    run: async (work: (tx: unknown) => unknown) => work({ conversations: { ofPerson: async () => null } }),
  } as unknown as UnitOfWork;
  const parts = {
    messenger: {
      async send(address: Address, view: MessageView, mostWaitMs?: number) {
        sent.push([address.to, view, mostWaitMs]);
        return delivery;
      },
    },
    unitOfWork,
    clock: { now: () => 0 },
    renderText: ({ text }: { text: string }) => text,
    renderPlain: ({ text }: { text: string }) => text,
    chatLink: 'https://teams.microsoft.com/l/chat',
  } as unknown as ResponderParts;
  const context = {
    async sendActivity(activity: { type: string; text?: string; value?: { body: { value: unknown } } }) {
      said.push(activity.type === 'invokeResponse' ? ['invoke', activity.value?.body.value] : activity.text);
    },
  } as unknown as TurnContext;
  return { parts, context, sent, said };
}

function read(activity: Activity): PersonsIncoming {
  return readIncoming({
    activity: { serviceUrl: 'https://x', ...activity },
  } as unknown as TurnContext) as PersonsIncoming;
}

const delivered: Delivery = { kind: 'delivered', activityId: '1', conversation: null };
const retry: Delivery = { kind: 'retry', afterMs: null, wasSent: false, reason: 'Pace' };
const unreachable: Delivery = { kind: 'unreachable', reason: 'BotDisabledByAdmin' };
const press = (where: 'personal' | { thread: string }) => read(execute({ from: 'adam', verb: 'bulk.export', where }));
const words = (where: 'personal' | { thread: string }) => read(message('export', { from: 'adam', where }));

describe('A turn that answers with a file', () => {
  for (const where of ['personal', { thread: '1' }] as const) {
    it(`When a button is pressed ${where === 'personal' ? 'in the chat' : 'in a channel'}, then the file is offered in the chat and the press is answered`, async () => {
      const { parts, context, sent, said } = createScene(delivered);

      const result = await answerInTurn(parts, context, press(where), here(offer), reader);

      assert.equal(result, 'said');
      assert.deepEqual(sent, [['person', offer, 1_000]]);
      assert.deepEqual(said, [['invoke', 'say.fileInChat']]);
    });
  }

  it('When it was typed in the chat, then the offer is the answer', async () => {
    const { parts, context, sent, said } = createScene(delivered);

    await answerInTurn(parts, context, words('personal'), here(offer), reader);

    assert.equal(sent.length, 1);
    assert.deepEqual(said, []);
  });

  it('When it was typed in a channel, then one line there says where it is', async () => {
    const { parts, context, said } = createScene(delivered);

    await answerInTurn(parts, context, words({ thread: '1' }), here(offer), reader);

    assert.deepEqual(said, ['say.sentToChat']);
  });

  it('When the person cannot be written to, then that is said', async () => {
    const { parts, context, said } = createScene(unreachable);

    await answerInTurn(parts, context, press({ thread: '1' }), here(offer), reader);

    assert.deepEqual(said, [['invoke', 'say.cannotReach']]);
  });

  it('When the chat must wait, then a job is to offer it', async () => {
    const { parts, context } = createScene(retry);

    assert.equal(await answerInTurn(parts, context, press('personal'), here(offer), reader), 'again');
  });

  it('When a job offers it for words in a channel, then in the chat and never in the thread', async () => {
    const { parts, sent } = createScene(delivered);

    await answerLater(parts, words({ thread: '1' }), here(offer), reader);

    assert.deepEqual(
      sent.map(([to]) => to),
      ['person'],
    );
  });
});
