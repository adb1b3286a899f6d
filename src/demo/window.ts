// What a person does and sees in one Playground window, through the Playground's HTTP interface.
import { setTimeout as sleep } from 'node:timers/promises';
import { buttonsOf, type CardPart, cardLines, inputsOf } from './card-text.ts';
import type { PlaygroundSettings, PlaygroundUser } from './cast.ts';

export interface Sighting {
  /** `answered`: the window's own answer to a press. */
  how: 'sent' | 'edited' | 'answered';
  /** With the thread, in a channel. */
  conversationId: string;
  messageId: string;
  card: CardPart | null;
  /** All that can be read, line by line. */
  lines: string[];
}

export interface Window {
  settings: PlaygroundSettings;
  /** Everything that was seen so far, oldest first. */
  sightings: readonly Sighting[];
  /** The person of this window installs the app for their own chat, as Teams does for them. */
  install(): Promise<void>;
  /** The person of this window writes to the bot in their own chat. */
  say(text: string): Promise<void>;
  /** The person of this window begins a thread in the channel; nobody is mentioned. @returns the thread's conversation id */
  beginThread(text: string): Promise<string>;
  /** Somebody else of the team writes to the bot in a thread of this window's channel. */
  mentionBot(user: PlaygroundUser, conversationId: string, text: string): Promise<void>;
  /** The person of this window presses an Action.Execute; inputs that are not given keep the card's own values. */
  press(seen: Sighting, verb: string, inputs?: Record<string, string>): Promise<void>;
  close(): void;
}

/** @param onSighting hears of each new message, edit and answer */
export async function openWindow(
  url: string,
  settings: PlaygroundSettings,
  onSighting: (sighting: Sighting) => void,
): Promise<Window> {
  const sightings: Sighting[] = [];
  const see = (sighting: Sighting) => {
    sightings.push(sighting);
    onSighting(sighting);
  };
  const stream = await openStream(url, see);
  const { currentUser, personalChat, team, bot, tenantId } = settings;
  const channel = team.channels[0];
  return {
    settings,
    sightings,
    async install() {
      await post(url, `/_debug/conversation/${personalChat.id}/installation`, {});
    },
    async say(text) {
      const message = { from: { id: currentUser.id }, text, textFormat: 'plain' };
      await post(url, `/_conversation/v1/conversations/${personalChat.id}/messages`, message);
    },
    async beginThread(text) {
      const message = { from: { id: currentUser.id }, text, textFormat: 'plain' };
      const answer = await post(url, `/_conversation/v1/conversations/${channel.id}/messages`, message);
      return String(answer.postConversationId);
    },
    async mentionBot(user, conversationId, text) {
      const mention = { type: 'mention', text: `<at>${bot.name}</at>`, mentioned: bot };
      await post(url, '/_internal/v1/customActivities', {
        type: 'message',
        id: String(Date.now()),
        text: `${mention.text} ${text}`,
        textFormat: 'plain',
        locale: 'en-US',
        timestamp: new Date().toISOString(),
        channelId: 'msteams',
        serviceUrl: `${url}/_connector`,
        from: { id: user.id, name: user.name, aadObjectId: user.aadObjectId },
        recipient: bot,
        conversation: { id: conversationId, tenantId, isGroup: true, conversationType: 'channel' },
        channelData: {
          tenant: { id: tenantId },
          team: { id: team.id, name: team.name },
          channel: { id: channel.id, name: channel.name },
        },
        entities: [mention],
      });
    },
    async press({ conversationId, messageId, card }, verb, inputs = {}) {
      const button = buttonsOf(card ?? {}).find((action) => action.verb === verb);
      if (!button) throw new Error(`There is no button for ${verb} on that card.`);
      const answer = await post(url, '/_conversation/v1/invoke', {
        name: 'adaptiveCard/action',
        from: { id: currentUser.id },
        conversation: { id: conversationId },
        replyToId: messageId,
        value: {
          action: { type: 'Action.Execute', verb, data: { ...valuesOf(card ?? {}), ...inputs, ...dataOf(button) } },
        },
      });
      see({ how: 'answered', conversationId, messageId, ...readAnswer(answer) });
    },
    close: () => stream.close(),
  };
}

/** A card in place of the old one, a line of text, or an error. */
function readAnswer({ type, value }: Record<string, unknown>): Pick<Sighting, 'card' | 'lines'> {
  const content = typeof value === 'object' && value !== null ? (value as CardPart) : null;
  if (type === 'application/vnd.microsoft.card.adaptive' && content)
    return { card: content, lines: cardLines(content) };
  return { card: null, lines: [String(content?.message ?? value ?? '')] };
}

function dataOf(button: CardPart): Record<string, unknown> {
  return typeof button.data === 'object' && button.data !== null ? { ...button.data } : {};
}

/** As the client sends a form that nobody has touched. */
function valuesOf(card: CardPart): Record<string, unknown> {
  return Object.fromEntries(
    inputsOf(card).map((input) => [
      String(input.id),
      input.value ?? (input.type === 'Input.Toggle' ? (input.valueOff ?? 'false') : ''),
    ]),
  );
}

/** The newest sighting that fits; waits for it up to `withinMs`. null: it did not come. */
export async function waitFor(
  window: Window,
  fits: (sighting: Sighting) => boolean,
  withinMs: number,
): Promise<Sighting | null> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = window.sightings.findLast(fits);
    if (found || performance.now() > deadline) return found ?? null;
    await sleep(50);
  }
}

interface StreamEvent {
  action: string;
  actionConversationId: string;
  message?: {
    messageId: string;
    postConversationId?: string;
    text?: string;
    attachments?: { contentType: string; content: CardPart }[];
  };
}

const ways: Record<string, Sighting['how']> = { createMessage: 'sent', updateMessage: 'edited' };

async function openStream(url: string, see: (sighting: Sighting) => void): Promise<WebSocket> {
  const stream = new WebSocket(`${url.replace('http', 'ws')}/_ws_conversation/v1/conversations/stream`);
  stream.onmessage = ({ data }) => {
    const { action, actionConversationId, message } = JSON.parse(String(data)) as StreamEvent;
    const how = ways[action];
    if (!how || !message) return;
    const card = message.attachments?.find(({ contentType }) => contentType.endsWith('card.adaptive'))?.content ?? null;
    const lines = [...(message.text ? [message.text] : []), ...(card ? cardLines(card) : [])];
    const conversationId = message.postConversationId ?? actionConversationId;
    see({ how, conversationId, messageId: message.messageId, card, lines });
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.onopen = () => resolve();
  stream.onerror = () => reject(new Error(`The window at ${url} does not show its messages.`));
  await promise;
  return stream;
}

async function post(url: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`The Playground answered ${response.status} to ${path}: ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
