// Between the conversations we store and the ids that Teams uses.
import type { Activity } from 'botbuilder';
import type { Conversation } from '../domain/ports.ts';

const threadMark = ';messageid=';

/** Splits a channel conversation's id: the channel, and the thread's root message (null when it names none). */
export function splitThread(conversationId: string): { channelId: string; threadId: string | null } {
  const at = conversationId.indexOf(threadMark);
  if (at < 0) return { channelId: conversationId, threadId: null };
  return { channelId: conversationId.slice(0, at), threadId: conversationId.slice(at + threadMark.length) || null };
}

/** The conversation id of a thread in a channel. */
export function joinThread(channelId: string, threadId: string): string {
  return `${channelId}${threadMark}${threadId}`;
}

export type Place = 'personal' | 'groupChat' | 'channel';

/** Teams leaves `conversationType` out here and there; a thread id or a channel in the data tells as well. */
export function placeOf(activity: Activity): Place {
  const { conversationType, id, isGroup } = activity.conversation;
  if (conversationType === 'channel' || id.includes(threadMark) || activity.channelData?.team?.id) return 'channel';
  if (conversationType === 'groupChat' || isGroup === true) return 'groupChat';
  return 'personal';
}

/** The conversation of an activity, as it is to be kept; null in a group chat, where the bot keeps nothing. */
export function conversationOf(activity: Activity, tenantId: string, personId: string | null): Conversation | null {
  const place = placeOf(activity);
  const common = { serviceUrl: activity.serviceUrl, tenantId, botId: activity.recipient.id, blockedAt: null };
  const none = { personId: null, channelId: null, teamName: null, channelName: null };
  if (place === 'groupChat') return null;
  if (place === 'personal') {
    return { ...common, ...none, conversationId: activity.conversation.id, kind: 'personal', personId };
  }
  const { channelId } = splitThread(activity.conversation.id);
  const { team, channel } = activity.channelData ?? {};
  return {
    ...common,
    ...none,
    conversationId: channelId,
    kind: 'channel',
    channelId,
    teamName: nameOf(team),
    channelName: nameOf(channel),
  };
}

function nameOf(thing: { name?: unknown } | undefined): string | null {
  return typeof thing?.name === 'string' && thing.name !== '' ? thing.name.slice(0, 256) : null;
}
