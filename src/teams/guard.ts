// Looks at a request before the SDK does: only what has the shape of a Teams activity goes on. The SDK throws on several of the
// others, and answers with its own words.
import type { Activity } from 'botbuilder';
import { z } from 'zod/v4';

const maxDepth = 64;

/** Ids and names of kinds: Teams puts no control character or half a letter in one, and the store takes neither. */
const text = (length: number) =>
  z
    .string()
    .min(1)
    .max(length)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u);
const lowerGuid = z.guid().transform((id) => id.toLowerCase());
const maybe = <T extends z.ZodType>(shape: T) => shape.nullish().transform((value) => value ?? undefined);
const time = z
  .string()
  .max(64)
  .transform((value) => new Date(value))
  .refine((value) => !Number.isNaN(value.getTime()));

const tenant = maybe(text(64));

const activityShape = z
  .looseObject({
    type: text(64),
    id: text(512),
    name: maybe(text(256)),
    // Without these two it is no token's activity: the authentication says so.
    channelId: maybe(text(64)),
    serviceUrl: maybe(text(2048)),
    timestamp: maybe(time),
    localTimestamp: maybe(time),
    expiration: maybe(time),
    from: z.looseObject({ id: text(512), name: maybe(z.string().max(1024)), aadObjectId: maybe(lowerGuid) }),
    recipient: z.looseObject({ id: text(512) }),
    conversation: z.looseObject({ id: text(1024), tenantId: tenant, conversationType: maybe(text(64)) }),
    channelData: maybe(z.looseObject({ tenant: maybe(z.looseObject({ id: tenant })) })),
    text: maybe(z.string()),
    locale: maybe(z.string().max(64)),
    replyToId: maybe(text(512)),
    entities: maybe(z.array(z.looseObject({ type: z.string() })).max(500)),
    attachments: maybe(z.array(z.looseObject({})).max(100)),
    membersAdded: maybe(z.array(z.looseObject({ id: text(512) })).max(10_000)),
    membersRemoved: maybe(z.array(z.looseObject({ id: text(512) })).max(10_000)),
    // Another way of answering than Teams uses; the SDK would keep back every message of the turn.
    deliveryMode: z.unknown().transform(() => undefined),
  })
  .refine((activity) => activity.from.aadObjectId !== undefined || !isFromPerson(activity.type));

function isFromPerson(type: string): boolean {
  return type === 'message' || type === 'invoke';
}

/** The activity in a parsed request body, with Entra ids in lower case; null when it is none. */
export function readActivity(body: unknown): Activity | null {
  if (isTooDeep(body)) return null;
  const read = activityShape.safeParse(body);
  return read.success ? (read.data as unknown as Activity) : null;
}

/** Walks without recursion, as the depth is the sender's choice. */
function isTooDeep(body: unknown): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}

/** Every tenant that the activity names must be one of ours, and it must name one. Both lists in lower case. */
export function isFromAllowedTenant(activity: Activity, allowedTenants: readonly string[]): boolean {
  const named = [activity.conversation.tenantId, activity.channelData?.tenant?.id].filter((id) => id !== undefined);
  return named.length > 0 && named.every((id) => allowedTenants.includes(id.toLowerCase()));
}
