// The calls that the messenger makes of the Bot Connector. Each is sent once, and throws what `readConnectorFault` reads.
import type { Activity } from 'botbuilder';
import type { Address, Conversation, Delivery } from '../domain/ports.ts';
import type { ConciergeAdapter } from './adapter.ts';
import { joinThread, splitThread } from './conversation-references.ts';

export type Message = Partial<Activity> & { type: 'message' };
export type ToPerson = Extract<Address, { to: 'person' }>;

export interface Connection {
  adapter: Pick<ConciergeAdapter, 'openConnector'>;
  appId: string;
  /** Where and in which tenant people are written to who have no conversation with the bot yet. */
  firstContact: { serviceUrl: string; tenantId: string };
}

/** The personal chat with somebody; asking again gives the same one. */
export async function openChat({ adapter, appId, firstContact }: Connection, address: ToPerson): Promise<Conversation> {
  const known = address.conversation;
  const serviceUrl = known?.serviceUrl ?? firstContact.serviceUrl;
  const tenantId = known?.tenantId ?? firstContact.tenantId;
  const botId = known?.botId ?? `28:${appId}`;
  const client = await adapter.openConnector(serviceUrl);
  const opened = await client.conversations.createConversation({
    isGroup: false,
    bot: { id: botId, name: '' },
    members: [{ id: address.person.id, name: '' }],
    tenantId,
    channelData: { tenant: { id: tenantId } },
  } as Parameters<typeof client.conversations.createConversation>[0]);
  const none = { channelId: null, teamName: null, channelName: null, blockedAt: null };
  const personId = address.person.id;
  return { ...none, conversationId: opened.id, serviceUrl, tenantId, kind: 'personal', personId, botId };
}

/** A message in a conversation or in a thread. */
export async function post(
  { adapter }: Connection,
  { serviceUrl, botId }: Conversation,
  conversationId: string,
  message: Message,
): Promise<Delivery> {
  const client = await adapter.openConnector(serviceUrl);
  const { id } = await client.conversations.sendToConversation(conversationId, {
    ...message,
    from: { id: botId, name: '' },
  });
  return { kind: 'delivered', activityId: id, conversation: null };
}

/** A new thread in a channel. Its root is edited under the id that the thread's conversation carries. */
export async function postThread(
  { adapter }: Connection,
  { serviceUrl, tenantId, botId }: Conversation,
  channelId: string,
  message: Message,
): Promise<Delivery> {
  const client = await adapter.openConnector(serviceUrl);
  const thread = await client.conversations.createConversation({
    isGroup: true,
    bot: { id: botId, name: '' },
    tenantId,
    channelData: { channel: { id: channelId }, tenant: { id: tenantId } },
    activity: message,
  } as Parameters<typeof client.conversations.createConversation>[0]);
  const activityId = splitThread(thread.id).threadId ?? thread.activityId;
  return { kind: 'delivered', activityId, conversation: null };
}

/** Puts other content in the place of a message. In a channel the root of a thread is edited within its own thread. */
export async function update(
  { adapter }: Connection,
  address: Address & { conversation: Conversation },
  activityId: string,
  message: Message,
): Promise<Delivery> {
  const client = await adapter.openConnector(address.conversation.serviceUrl);
  const conversationId = conversationOfMessage(address, activityId);
  await client.conversations.updateActivity(conversationId, activityId, { ...message, id: activityId });
  return { kind: 'delivered', activityId, conversation: null };
}

/** Takes a message of the bot's out of a personal chat. */
export async function remove({ adapter }: Connection, conversation: Conversation, activityId: string): Promise<void> {
  const client = await adapter.openConnector(conversation.serviceUrl);
  await client.conversations.deleteActivity(conversation.conversationId, activityId);
}

function conversationOfMessage(address: Address & { conversation: Conversation }, activityId: string): string {
  const { conversation } = address;
  if (address.to === 'person') return conversation.conversationId;
  return joinThread(channelOf(conversation), address.to === 'thread' ? address.rootActivityId : activityId);
}

/** The id of a channel without a thread. */
export function channelOf(conversation: Conversation): string {
  return conversation.channelId ?? splitThread(conversation.conversationId).channelId;
}
