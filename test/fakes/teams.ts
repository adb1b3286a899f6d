// Teams' side of the conversation: activities of the cast as Teams writes them, posted with a good token to a running server.
import { randomUUID } from 'node:crypto';
import { demoPeople, demoTenantId } from '../../src/simulator/demo-cast.ts';
import { keepActivity, keepSecret } from '../logs/recorder.ts';
import type { TokenAuthority } from './bot-tokens.ts';
import type { ConnectorCall, FakeConnector } from './connector.ts';

export const botAppId = 'eeeeeeee-0001-4000-8000-000000000001';
/** Nobody asks for it where tokens are the test's; it must not be told all the same. */
export const testBotPassword = 'the-password-of-this-bot';
/** What the audit is sealed with. */
export const testAuditKey = 'the-key-of-the-audit-in-every-test';
for (const secret of [testBotPassword, testAuditKey]) keepSecret('password', secret);
export const botId = `28:${botAppId}`;
export const tenantId = demoTenantId;
export const teamId = '19:team@thread.tacv2';
export const channelId = '19:approvals@thread.tacv2';

const names = {
  ada: 'Ada Arendt',
  ben: 'Ben Bauer',
  cleo: 'Cléo Costa',
  ivan: 'Ivan Ilić',
  ines: 'Inés Ibarra',
  adam: 'Adam Acker',
  owen: "Owen O'Neil",
} as const;

export type CastMember = keyof typeof names;

export function personOf(member: CastMember): { id: string; name: string } {
  return { id: demoPeople[member], name: names[member] };
}

/** The personal chat of somebody, as the fake connector calls it. */
export function chatOf(member: CastMember): string {
  return `a:${demoPeople[member]}`;
}

export type Where = 'personal' | 'groupChat' | { thread: string };

// biome-ignore lint/suspicious/noExplicitAny: activities are whatever the sender writes
export type Activity = Record<string, any>;

/** What every activity has. */
export function activityOf(from: CastMember, where: Where, serviceUrl: string): Activity {
  const { id, name } = personOf(from);
  return {
    id: randomUUID(),
    channelId: 'msteams',
    serviceUrl,
    timestamp: new Date().toISOString(),
    from: { id: `29:${id}`, name, aadObjectId: id },
    recipient: { id: botId, name: 'Cloud PC Concierge' },
    ...placeOf(from, where),
    locale: 'de-DE',
    entities: [{ type: 'clientInfo', locale: 'de-DE', country: 'DE', platform: 'Web', timezone: 'Europe/Berlin' }],
  };
}

function placeOf(from: CastMember, where: Where): Activity {
  const tenant = { id: tenantId };
  if (where === 'personal') {
    return { conversation: { conversationType: 'personal', id: chatOf(from), tenantId }, channelData: { tenant } };
  }
  if (where === 'groupChat') {
    const conversation = { conversationType: 'groupChat', isGroup: true, id: '19:group@thread.v2', tenantId };
    return { conversation, channelData: { tenant } };
  }
  return {
    conversation: {
      conversationType: 'channel',
      isGroup: true,
      id: `${channelId};messageid=${where.thread}`,
      tenantId,
    },
    channelData: { tenant, team: { id: teamId, name: 'IT' }, channel: { id: channelId, name: 'Approvals' } },
  };
}

export interface MessageOptions {
  from: CastMember;
  where?: Where;
  serviceUrl?: string;
  /** Whom the text mentions, besides the bot, which is mentioned outside of the personal chat. */
  mentions?: CastMember[];
}

/** Somebody writes. Outside of the personal chat the bot is mentioned first, as Teams demands. */
export function message(
  text: string,
  { from, where = 'personal', serviceUrl = '', mentions = [] }: MessageOptions,
): Activity {
  const base = activityOf(from, where, serviceUrl);
  const own = where === 'personal' ? [] : [{ id: botId, name: 'Cloud PC Concierge' }];
  const others = mentions.map((member) => ({
    id: `29:${personOf(member).id}`,
    name: personOf(member).name,
    aadObjectId: personOf(member).id,
  }));
  const marks = [...own, ...others].map((mentioned) => ({
    type: 'mention',
    mentioned,
    text: `<at>${mentioned.name}</at>`,
  }));
  const prefix = own.length > 0 ? '<at>Cloud PC Concierge</at>&nbsp;' : '';
  return {
    ...base,
    type: 'message',
    textFormat: 'plain',
    text: `${prefix}${text}`,
    entities: [...base.entities, ...marks],
  };
}

export interface PressOptions {
  from: CastMember;
  verb: string;
  data?: Record<string, unknown>;
  /** The message with the button. */
  replyToId?: string;
  where?: Where;
  serviceUrl?: string;
}

/** Somebody presses an Action.Execute. */
export function execute({ from, verb, data, replyToId, where = 'personal', serviceUrl = '' }: PressOptions): Activity {
  return {
    ...activityOf(from, where, serviceUrl),
    type: 'invoke',
    name: 'adaptiveCard/action',
    replyToId,
    value: { action: { type: 'Action.Execute', verb, data }, trigger: 'manual' },
  };
}

/** A Teams client has signed in by itself: each of the person's clients says so, with the same `id`. */
export function tokenExchange(
  from: CastMember,
  value: { id: string; connectionName: string; token: string },
): Activity {
  return { ...activityOf(from, 'personal', ''), type: 'invoke', name: 'signin/tokenExchange', value };
}

/** The window in which somebody signed in is closed. */
export function verifyState(from: CastMember, code: string): Activity {
  return { ...activityOf(from, 'personal', ''), type: 'invoke', name: 'signin/verifyState', value: { state: code } };
}

/** The same button where Execute is not known: a message without text. */
export function submit({ from, verb, data, replyToId, where = 'personal', serviceUrl = '' }: PressOptions): Activity {
  return { ...activityOf(from, where, serviceUrl), type: 'message', replyToId, value: { verb, ...data } };
}

export function installation(
  action: 'add' | 'remove' | 'add-upgrade',
  from: CastMember,
  where: Where = 'personal',
): Activity {
  return { ...activityOf(from, where, ''), type: 'installationUpdate', action };
}

export interface TeamsAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  body: any;
  /** What the connector received meanwhile. */
  received: ConnectorCall[];
}

export interface TeamsParts {
  authority: TokenAuthority;
  connector: FakeConnector;
  /** How the bot reaches the connector, when that is another way than its own URL. */
  serviceUrl?: string;
}

/** Posts an activity as Teams does, and gives the answer and what the bot did at the connector meanwhile. */
export async function postActivity(
  server: { url: string },
  activity: Activity,
  { authority, connector, serviceUrl = connector.url }: TeamsParts,
): Promise<TeamsAnswer> {
  connector.addConversation(activity.conversation.id.replace(/;messageid=.*/, ''));
  const before = connector.calls.length;
  keepActivity(activity);
  const { status, body } = await postRaw(server, JSON.stringify({ ...activity, serviceUrl }), {
    Authorization: `Bearer ${authority.mint(serviceUrl)}`,
  });
  return { status, body, received: connector.calls.slice(before) };
}

/** Posts any body with any headers. */
export async function postRaw(
  server: { url: string },
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown; text: string; headers: Headers }> {
  const response = await fetch(`${server.url}/api/messages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, body: parse(text), text, headers: response.headers };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
