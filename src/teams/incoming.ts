// Reads an activity into a plain value in our words. Identity is the Entra object id of the verified activity; names are for
// display only, and nothing in a button's data is believed.
import type { Activity, TurnContext } from 'botbuilder';
import { z } from 'zod/v4';
import type { PersonRef } from '../domain/people.ts';
import type { Conversation, TeamsUser } from '../domain/ports.ts';
import { conversationOf, type Place, placeOf, splitThread } from './conversation-references.ts';
import { type AttachedFile, type FileConsent, readFileConsent, readFiles } from './incoming-files.ts';
import { cleanText, type Mention, type MentionEntity } from './text.ts';

export interface Button {
  verb: string;
  /** The inputs and what the button carried, as the client sent them: wishes. */
  data: Record<string, unknown>;
  /** The message whose button it is. */
  replyToId: string | null;
}

export interface TokenExchange {
  /** The same from every client of one sign-in. */
  id: string;
  connectionName: string;
  /** Of the Teams client, for this bot; to be exchanged for one for Graph. */
  token: string;
}

interface Common {
  activityId: string;
  tenantId: string;
  teamsUser: TeamsUser;
  place: Place;
  /** null in a group chat. */
  conversation: Conversation | null;
  /** The root message of the thread in a channel. */
  threadId: string | null;
  locale: string | null;
  /** IANA name. */
  timeZone: string | null;
  /** Cleaned; empty when nothing was typed. */
  text: string;
  /** The same with its lines and columns. */
  pasted: string;
  /** Of others than the bot. */
  mentions: Mention[];
  /** Of a message, at most five. */
  files: AttachedFile[];
  /** Whether Teams waits for an `invokeResponse`. */
  isInvoke: boolean;
  replyToId: string | null;
}

export type Incoming =
  | (Common & { kind: 'message'; person: PersonRef; button: null })
  | (Common & { kind: 'button'; person: PersonRef; button: Button })
  /** A Teams client has signed in by itself (single sign-on); each of the person's clients says so. */
  | (Common & { kind: 'tokenExchange'; person: PersonRef; button: null; exchange: TokenExchange })
  /** The person has signed in in a window; `code` is what the token service wants back. */
  | (Common & { kind: 'signedIn'; person: PersonRef; button: null; code: string })
  /** The person's answer to whether the bot may put a file into their OneDrive. */
  | (Common & FileConsent & { kind: 'fileConsent'; person: PersonRef; button: null })
  /** `isUpgrade`: it had been installed already. */
  | (Common & { kind: 'installed'; person: PersonRef | null; button: null; isUpgrade: boolean })
  /** `memberAdded`: people, or the bot itself, came into the conversation. */
  | (Common & { kind: 'uninstalled' | 'memberAdded' | 'other'; person: PersonRef | null; button: null });

/** What came in; null when it does not say who wrote from which tenant. Edits and deletions of messages are `other`. */
export function readIncoming(context: Pick<TurnContext, 'activity'>): Incoming | null {
  const { activity } = context;
  const person = readPerson(activity);
  const tenantId: unknown = activity.conversation.tenantId ?? activity.channelData?.tenant?.id;
  if (typeof tenantId !== 'string') return null;
  const common = readCommon(activity, person, tenantId.toLowerCase());
  const signIn = person && readSignIn(activity);
  if (signIn) return { ...common, ...signIn, person, button: null };
  const consent = person && readFileConsent(activity);
  if (consent) return { ...common, ...consent, person, button: null };
  const button = readButton(activity);
  if (button) return person && { ...common, kind: 'button', person, button };
  if (isNewMessage(activity)) {
    return (
      person && { ...common, ...readText(activity), files: readFiles(activity), kind: 'message', person, button: null }
    );
  }
  return { ...common, ...readEvent(activity), person, button: null };
}

function readCommon(activity: Activity, person: PersonRef | null, tenantId: string): Common {
  const place = placeOf(activity);
  const client = readClient(activity);
  return {
    activityId: activity.id ?? '',
    tenantId,
    teamsUser: { userId: activity.from.id, tenantId },
    place,
    conversation: conversationOf(activity, tenantId, person?.id ?? null),
    threadId: place === 'channel' ? splitThread(activity.conversation.id).threadId : null,
    locale: readLocale(activity.locale) ?? readLocale(client?.locale),
    timeZone: readTimeZone(client?.timezone) ?? readTimeZone(activity.localTimezone),
    text: '',
    pasted: '',
    mentions: [],
    files: [],
    isInvoke: activity.type === 'invoke',
    replyToId: activity.replyToId ?? null,
  };
}

function readPerson({ from }: Activity): PersonRef | null {
  const id = from.aadObjectId?.toLowerCase();
  const name = from.name?.normalize('NFC').trim().slice(0, 256);
  return id ? { id, name: name || id } : null;
}

function isNewMessage({ type, channelData }: Activity): boolean {
  const event: unknown = channelData?.eventType;
  return type === 'message' && event !== 'editMessage' && event !== 'undeleteMessage' && event !== 'softDeleteMessage';
}

// ── Text ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const mentionShape = z.object({
  type: z.literal('mention'),
  text: z.string().max(1024).optional(),
  mentioned: z.object({
    id: z.string(),
    name: z.string().max(1024).optional(),
    aadObjectId: z.guid().optional().catch(undefined),
  }),
});

function readText({ text, entities, recipient }: Activity): Pick<Common, 'text' | 'pasted' | 'mentions'> {
  const mentions = (entities ?? []).flatMap((entity): MentionEntity[] => {
    const { data } = mentionShape.safeParse(entity);
    if (!data) return [];
    const { id, name, aadObjectId } = data.mentioned;
    return [{ id, aadObjectId: aadObjectId?.toLowerCase() ?? null, text: data.text ?? name ?? '' }];
  });
  return cleanText(typeof text === 'string' ? text : '', mentions, recipient.id);
}

const clientShape = z.object({
  type: z.literal('clientInfo'),
  locale: z.string().optional().catch(undefined),
  timezone: z.string().optional().catch(undefined),
});

function readClient({ entities }: Activity): z.output<typeof clientShape> | undefined {
  return entities?.map((entity) => clientShape.safeParse(entity).data).find((client) => client !== undefined);
}

function readLocale(locale: string | undefined): string | null {
  try {
    return locale ? (Intl.getCanonicalLocales(locale)[0] ?? null) : null;
  } catch {
    return null;
  }
}

function readTimeZone(timeZone: unknown): string | null {
  if (typeof timeZone !== 'string' || timeZone === '' || timeZone.length > 64) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

// ── Buttons ────────────────────────────────────────────────────────────────────────────────────────────────────────

const verb = z.string().min(1).max(100);
const data = z.record(z.string(), z.unknown());
const executeShape = z.object({
  action: z.object({ type: z.literal('Action.Execute'), verb, data: data.nullish() }),
});
const submitShape = z.looseObject({ verb });

/** An Action.Execute, or its Action.Submit fallback, which comes as a message without text. */
function readButton(activity: Activity): Button | null {
  const replyToId = activity.replyToId ?? null;
  if (activity.type === 'invoke' && activity.name === 'adaptiveCard/action') {
    const action = executeShape.safeParse(activity.value).data?.action;
    return action ? { verb: action.verb, data: wishes(action.data ?? {}), replyToId } : null;
  }
  if (!isNewMessage(activity) || activity.text?.trim()) return null;
  const value = submitShape.safeParse(activity.value).data;
  return value ? { verb: value.verb, data: wishes(value), replyToId } : null;
}

function wishes({ verb: _verb, msteams: _msteams, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

// ── Signing in ─────────────────────────────────────────────────────────────────────────────────────────────────────

const exchangeShape = z.object({
  id: z.string().min(1).max(512),
  connectionName: z.string().max(256),
  token: z.string().min(1).max(20_000),
});
/** Six digits; Teams' own word for a window that was closed is no code either. */
const codeShape = z.object({ state: z.string().max(256) });

type SignIn = { kind: 'tokenExchange'; exchange: TokenExchange } | { kind: 'signedIn'; code: string };

/** https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-overview */
function readSignIn({ type, name, value }: Activity): SignIn | null {
  if (type !== 'invoke') return null;
  if (name === 'signin/tokenExchange') {
    const exchange = exchangeShape.safeParse(value).data;
    if (exchange) return { kind: 'tokenExchange', exchange };
  } else if (name !== 'signin/verifyState') return null;
  // Without a code that can be read there is no sign-in behind it, and the client is told so.
  return { kind: 'signedIn', code: codeShape.safeParse(value).data?.state ?? '' };
}

// ── Events ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type Event = { kind: 'installed'; isUpgrade: boolean } | { kind: 'uninstalled' | 'memberAdded' | 'other' };

/** The installation is told by `installationUpdate`, once; `conversationUpdate` tells it again as the bot's own coming. */
function readEvent({ type, action, membersAdded, membersRemoved, recipient }: Activity): Event {
  if (type === 'installationUpdate') {
    if (action === 'add' || action === 'add-upgrade') return { kind: 'installed', isUpgrade: action === 'add-upgrade' };
    return { kind: action === 'remove' ? 'uninstalled' : 'other' };
  }
  if (type !== 'conversationUpdate') return { kind: 'other' };
  if (membersRemoved?.some((member) => member.id === recipient.id)) return { kind: 'uninstalled' };
  return { kind: membersAdded?.length ? 'memberAdded' : 'other' };
}
