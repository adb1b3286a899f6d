// What a button brings back. Nothing in it is trusted: ids are wishes to be looked up among what the presser may see, and
// inputs are checked again by the use-case. Here only their shape is read, with the coercions that Teams makes.
import { z } from 'zod/v4';
import { InputError } from '../domain/errors.ts';

/** Longer words than this come from no card of ours; shorter ones that are too long get a sentence from the use-case. */
const mostCharacters = 10_000;

const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .transform((id) => id.toLowerCase());
/** Clients may send numbers as text. */
const count = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ])
  .pipe(z.int().min(0).max(999_999_999));
const page = optional(count.pipe(z.int().min(1))).transform((value) => value ?? 1);
const words = z
  .string()
  .max(mostCharacters)
  .nullish()
  .transform((value) => value ?? '');
/** A toggle comes as the text 'true' or 'false'; one that was not shown does not come at all. */
const toggle = optional(z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]));
const cloudPcId = z.string().regex(/^\w[\w.-]{0,99}$/);

/** A group, and for Frontline the size behind a colon. */
const groupChoice = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:[\w.-]{1,100})?$/i)
  .transform((value) => value.toLowerCase());

/** Stands among the choices of a list that may be left as it is: some clients cannot show an empty value. */
export const noChoice = 'none';

/** A missing or empty input means that nothing was chosen, and so does `none`. */
function optional<T extends z.ZodType>(schema: T, none = '') {
  const isNothing = (value: unknown) => value === '' || value === none || value === undefined;
  return z
    .preprocess((value) => (isNothing(value) ? null : value), schema.nullable())
    .optional()
    .transform((value) => value ?? null);
}

/** Pasted lists of people. */
const list = z
  .string()
  .max(100_000)
  .nullish()
  .transform((value) => value ?? '');
const bulkFilter = z.enum(['all', 'toRebuild', 'leftOut', 'waiting', 'running', 'ready', 'failed', 'unsettled']);

const onRequest = z.object({ request: uuid, revision: count });
const onAttempt = onRequest.extend({ attempt: count });
const nothing = z.object({});

const schemas = {
  'request.submit': onRequest.extend({
    cloudPc: optional(cloudPcId),
    reason: words,
    osVersion: optional(z.enum(['windows10', 'windows11'])),
    accountType: optional(z.enum(['standardUser', 'administrator'])),
    mail: toggle,
    mailText: words,
    saved: toggle,
  }),
  'card.cancel': z.object({ request: optional(uuid), revision: optional(count) }),
  'reprovision.start': nothing,
  /** From the list of Cloud PCs there is no request yet. */
  'reprovision.choose': z.object({ request: optional(uuid), revision: optional(count), cloudPc: optional(cloudPcId) }),
  'person.choose': z.object({
    person: optional(uuid),
    choice: optional(z.enum(['reprovision', 'assign', 'unassign'])),
  }),
  'request.show': onRequest,
  'request.history': onRequest.extend({ page }),
  'request.approve': onRequest,
  'request.decline.ask': onRequest,
  'request.decline': onRequest.extend({ declineReason: words }),
  'request.cancel': onRequest,
  'request.again': onRequest,
  'request.signIn': onRequest,
  'request.check': onAttempt,
  'request.resend.ask': onAttempt,
  'request.resend': onAttempt,
  'request.treatAsStarted': onAttempt,
  'request.close': onAttempt,
  'assign.submit': onRequest.extend({
    licence: optional(groupChoice),
    policyGroup: optional(groupChoice),
    settingsGroup: optional(groupChoice),
    reason: words,
    mail: toggle,
    mailText: words,
    ticket: toggle,
  }),
  'assign.retry': onRequest,
  'assign.resend.ask': onAttempt,
  'assign.resend': onAttempt,
  'assign.close': onAttempt,
  'unassign.submit': onRequest.extend({
    licence: optional(groupChoice),
    reason: words,
    endGrace: toggle,
    confirmEndGrace: toggle,
    mail: toggle,
    mailText: words,
  }),
  'bulk.start': nothing,
  'bulk.choose': z.object({
    people: list,
    group: words,
    policyId: optional(uuid, noChoice),
    failed: toggle,
    several: toggle,
  }),
  'bulk.change': onRequest,
  'bulk.submit': onRequest.extend({
    reason: words,
    confirmCount: words,
    osVersion: optional(z.enum(['windows10', 'windows11']), noChoice),
    accountType: optional(z.enum(['standardUser', 'administrator']), noChoice),
    maintenance: toggle,
    mail: toggle,
    mailText: words,
  }),
  'bulk.items': onRequest.extend({ page, filter: optional(bulkFilter) }),
  'bulk.export': onRequest,
  'bulk.pause': onRequest,
  'bulk.resume': onRequest,
  'bulk.stop': onRequest,
  'bulk.retry': onRequest,
  'bulk.settle.ask': onRequest,
  /** `attempts`: as the card showed them; when one more waits for a person, the press is too old. */
  'bulk.settle': onRequest.extend({
    attempts: count,
    choice: z.enum(['check', 'treatAsStarted', 'close', 'startAgain']),
  }),
  'bulk.resend': onRequest.extend({ attempts: count, confirmCount: words }),
  'cloudPcs.list': z.object({ page }),
  'requests.list': z.object({ page, filter: optional(z.enum(['all', 'open', 'mine', 'failed'])) }),
  'help.show': nothing,
  'channel.use': nothing,
  'check.run': nothing,
} satisfies Record<string, z.ZodType>;

export type Verb = keyof typeof schemas;
export const verbs = Object.keys(schemas) as readonly Verb[];

/** A press, by verb; `null` where nothing was chosen, `''` where nothing was written. */
export type Button = { [V in Verb]: { verb: V } & z.output<(typeof schemas)[V]> }[Verb];
export type ButtonOf<V extends Verb> = Extract<Button, { verb: V }>;

export function isVerb(word: unknown): word is Verb {
  return typeof word === 'string' && Object.hasOwn(schemas, word);
}

/**
 * Reads the verb and data of an Action.Execute, or of its Action.Submit fallback (where the verb stands in the data).
 * Unknown keys are left out.
 * @throws InputError `badButton`
 */
export function parseButton(verb: unknown, data: unknown): Button {
  if (!isVerb(verb)) throw new InputError('badButton');
  const read = schemas[verb].safeParse(data ?? {});
  if (!read.success) throw new InputError('badButton', {}, { cause: read.error });
  return { verb, ...read.data } as Button;
}
