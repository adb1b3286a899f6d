// The bot as teams-ai sees it: one route for each command and each verb, and what happens around every turn: remember
// who and where, run, answer; and hand over to a job what would take too long.
// The deep path: the package's index would load its language model clients as well.
import { Application } from '@microsoft/teams-ai/lib/Application.js';
import type { TurnState } from '@microsoft/teams-ai/lib/TurnState.js';
import type { TurnContext } from 'botbuilder';
import { SignInNeededError, TemporaryError } from '../domain/errors.ts';
import type { Reader } from '../domain/people.ts';
import { channelReader, readReader } from '../requests/address.ts';
import { isAdminNow } from '../requests/asker.ts';
import { createDeadline, type Origin, RepeatedDelivery, type TurnDeps } from '../requests/deps.ts';
import { meet, part } from '../requests/meet.ts';
import { answerError, refusalIn } from './answer-error.ts';
import type { TakeFileConsent } from './file-consent.ts';
import type { FileReader } from './file-reader.ts';
import { handleIncoming } from './handle-incoming.ts';
import { type Incoming, readIncoming } from './incoming.ts';
import { type LaterTurn, laterWhenSignedIn } from './later.ts';
import { createLooseEnds, type LooseEnds, unlessAborted } from './loose-ends.ts';
import { answerInTurn, answerLater, type ResponderParts, sendHere } from './responder.ts';
import { answerSignIn, takeSignIn } from './sign-in.ts';
import { type FoundAnswer, sayStoreIsAway, whileStoreAnswers } from './store-away.ts';
import {
  type Answer,
  type FileConsentIncoming,
  here,
  type PersonsIncoming,
  personally,
  type SignInIncoming,
} from './turn.ts';
import type { UserTokens } from './user-tokens.ts';

/** Reads in a turn end within this; then "one moment", and a job goes on. Teams gives up after 10 to 15 s. */
const turnWithinMs = 2_000;
const laterWithinMs = 60_000;
/** Asking whether an admin reads a refusal. */
const detailsWithinMs = 1_500;

export interface BotParts {
  deps: TurnDeps;
  responder: ResponderParts;
  /** null: single sign-on is not set up. */
  userTokens: UserTokens | null;
  /** Reads what is attached. */
  files: FileReader;
  /** What a person's answer to an offered file leads to. */
  takeFileConsent: TakeFileConsent;
  /** Enqueues the same turn for a job, in the transaction that claims the activity. */
  sendLater(incoming: PersonsIncoming, origin: Origin, answer: Answer | null): Promise<void>;
  /** The bot is stopping: turns no longer wait for Teams to take their answer. */
  hurry: AbortSignal;
}

export interface BotApplication {
  /** One turn, as the adapter runs it. */
  runTurn(context: TurnContext): Promise<void>;
  /** The same turn again, by a job, with more time. */
  runLater(turn: LaterTurn): Promise<void>;
  /** Waits for what goes on after its turn has been answered, so long at most. */
  settled(withinMs: number): Promise<void>;
}

/**
 * The library starts its typing timer in every turn, whatever its option says; the timer is one field for all turns, so a
 * quick turn stops a slow one's, and one that answers nothing leaves it running.
 */
class ApplicationWithoutTyping extends Application<TurnState> {
  override startTypingTimer(): void {}
}

export function createApplication(parts: BotParts): BotApplication {
  const loose = createLooseEnds();
  const application = new ApplicationWithoutTyping({ startTypingTimer: false, removeRecipientMention: false });
  const reads = (test: (incoming: Incoming | null) => boolean) => async (context: TurnContext) =>
    test(readTurn(context));
  const runPersons = (context: TurnContext) => runPersonsTurn(parts, context);
  application.addRoute(
    reads((incoming) => isFromPerson(incoming) && incoming.isInvoke),
    runPersons,
    true,
  );
  application.addRoute(reads(isFromPerson), runPersons);
  application.addRoute(reads(isSignIn), (context) => runSignIn(parts, context), true);
  application.addRoute(reads(isFileConsent), (context) => runFileConsent(parts, context, loose), true);
  application.addRoute(
    reads((incoming) => incoming !== null && !incoming.isInvoke),
    (context) => runEvent(parts, context),
  );
  return {
    async runTurn(context) {
      await application.run(context);
    },
    runLater: (turn) => runLater(parts, turn),
    settled: (withinMs) => loose.settled(withinMs),
  };
}

/** A press that cannot be read is answered like a button that is not known; left alone, it would be answered with 501. */
function readTurn(context: TurnContext): Incoming | null {
  const incoming = readIncoming(context);
  if (incoming?.kind !== 'other' || !incoming.person || context.activity.name !== 'adaptiveCard/action')
    return incoming;
  const button = { verb: '', data: {}, replyToId: incoming.replyToId };
  return { ...incoming, kind: 'button', person: incoming.person, button };
}

function isFromPerson(incoming: Incoming | null): incoming is PersonsIncoming {
  return incoming?.kind === 'message' || incoming?.kind === 'button';
}

function isSignIn(incoming: Incoming | null): incoming is SignInIncoming {
  return incoming?.kind === 'tokenExchange' || incoming?.kind === 'signedIn';
}

function isFileConsent(incoming: Incoming | null): incoming is FileConsentIncoming {
  return incoming?.kind === 'fileConsent';
}

async function runPersonsTurn(parts: BotParts, context: TurnContext): Promise<void> {
  const incoming = readTurn(context);
  if (!isFromPerson(incoming)) return;
  const found = await whileStoreAnswers(findAnswer(parts, incoming)).catch((error: unknown) =>
    sayStoreIsAway(parts.deps, incoming, error),
  );
  if (!found) return;
  const saying = answerInTurn(parts.responder, context, incoming, found.answer, found.reader);
  const said = await unlessAborted(saying, parts.hurry, 'again');
  if (said === 'again') await parts.sendLater(incoming, null, found.answer);
}

/** @returns null when Teams delivered it a second time and the first one answers */
async function findAnswer(parts: BotParts, incoming: PersonsIncoming): Promise<FoundAnswer | null> {
  await meet(parts.deps, incoming);
  const answer = await runInTime(parts, incoming);
  // The reader is read after the turn: it may have changed the language.
  return answer && { answer, reader: await readReaderOf(parts, incoming) };
}

/** @returns null when Teams delivered it a second time and the first one answers */
async function runInTime(parts: BotParts, incoming: PersonsIncoming): Promise<Answer | null> {
  const origin = originOf(incoming);
  try {
    return await run(parts, incoming, origin, turnWithinMs);
  } catch (error) {
    if (error instanceof RepeatedDelivery) return null;
    if (error instanceof SignInNeededError) return await askToSignIn(parts, incoming, origin);
    if (!isWorthWaiting(error)) return await refusal(parts, incoming, error);
  }
  try {
    await parts.sendLater(incoming, origin, null);
    return here({ text: 'say.oneMoment', values: {} });
  } catch (error) {
    if (error instanceof RepeatedDelivery) return null;
    return refusal(parts, incoming, error);
  }
}

/** What was wanted goes on by itself once the person has signed in. @returns null as `runInTime` */
async function askToSignIn(parts: BotParts, incoming: PersonsIncoming, origin: Origin): Promise<Answer | null> {
  try {
    await laterWhenSignedIn(parts.deps, incoming, origin);
    return personally({ signIn: { code: null } });
  } catch (error) {
    if (error instanceof RepeatedDelivery) return null;
    return refusal(parts, incoming, error);
  }
}

/** Why not: to the presser alone. To words in a channel or group that is the personal chat. */
async function refusal({ deps }: BotParts, incoming: PersonsIncoming, error: unknown): Promise<Answer> {
  const { activityId, person } = incoming;
  // Graph has just refused something: where it refuses this too, nobody is an admin, and the log says the rest.
  const isAdmin = refusalIn(error) !== null && (await isAdminNow(deps, person.id, detailsWithinMs));
  const view = answerError(error, { activityId, personId: person.id, isAdmin }, deps);
  return incoming.kind === 'message' && incoming.place !== 'personal' ? personally(view) : here(view);
}

function run(parts: BotParts, incoming: PersonsIncoming, origin: Origin, withinMs: number): Promise<Answer> {
  const deadline = createDeadline(parts.deps.clock, withinMs);
  const { deps, files } = parts;
  return handleIncoming({ deps, files, incoming, person: incoming.person, origin, deadline });
}

/** Graph, the token service, or where a file is, was slow or away: a job has the time to wait for it. */
function isWorthWaiting(error: unknown): boolean {
  return error instanceof TemporaryError && /^(graph|signIn|file)\./.test(error.code);
}

async function runLater(parts: BotParts, { incoming, answer: known, isAfterSignIn }: LaterTurn): Promise<void> {
  if (known) return answerLater(parts.responder, incoming, known, await readReaderOf(parts, incoming));
  const answer = await run(parts, incoming, null, laterWithinMs).catch((error: unknown) => {
    const mayAsk = error instanceof SignInNeededError && !isAfterSignIn;
    return mayAsk ? askToSignIn(parts, incoming, null) : refusal(parts, incoming, error);
  });
  if (!answer) return;
  try {
    await answerLater(parts.responder, incoming, answer, await readReaderOf(parts, incoming));
  } catch (error) {
    if (!(error instanceof TemporaryError)) throw error;
    // What was done is not done again because it could not be said yet.
    await parts.sendLater(incoming, null, answer);
  }
}

/** A Teams client tells of a sign-in, and waits for the answer to know what to show. */
async function runSignIn(parts: BotParts, context: TurnContext): Promise<void> {
  const incoming = readTurn(context);
  if (!isSignIn(incoming)) return;
  const { deps, userTokens, responder } = parts;
  if (!userTokens) return answerSignIn(context, incoming, 'unknown');
  const outcome = await meet(deps, incoming)
    .then(() => takeSignIn(deps, userTokens, incoming))
    .catch((error: unknown) => {
      deps.log.error({ err: error, personId: incoming.person.id }, 'a sign-in could not be taken');
      return 'unavailable' as const;
    });
  await answerSignIn(context, incoming, outcome);
  if (outcome !== 'otherAccount') return;
  const reader = await deps.unitOfWork.run((tx) => readReader(tx, deps.policy, incoming.person.id));
  await sendHere(responder, context, { text: 'error.signIn.otherAccount', values: {} }, reader);
}

/** Teams is answered first, and the rest goes on without its turn: the file is made and sent after that. */
async function runFileConsent(
  { deps, takeFileConsent }: BotParts,
  context: TurnContext,
  loose: LooseEnds,
): Promise<void> {
  const incoming = readTurn(context);
  if (!isFileConsent(incoming)) return;
  await context.sendActivity({ type: 'invokeResponse', value: { status: 200 } });
  const { person, requestId } = incoming;
  loose.add(
    meet(deps, incoming)
      .then(() => takeFileConsent(incoming))
      .catch((error: unknown) => deps.log.error({ err: error, personId: person.id, requestId }, 'file not sent')),
  );
}

/** A press is made idempotent by the state machine, under the row lock; only words are claimed. */
function originOf(incoming: PersonsIncoming): Origin {
  if (incoming.isInvoke) return null;
  const place = incoming.conversation?.conversationId ?? `group:${incoming.person.id}`;
  return { conversationId: place, activityId: incoming.activityId };
}

async function readReaderOf({ deps }: BotParts, incoming: PersonsIncoming): Promise<Reader> {
  return deps.unitOfWork.run((tx) => readReader(tx, deps.policy, incoming.person.id));
}

/** Installed, removed, somebody came: who can be written to, and a word of welcome the first time. */
async function runEvent({ deps, responder }: BotParts, context: TurnContext): Promise<void> {
  const incoming = readTurn(context);
  if (!incoming?.conversation) return;
  const { conversation, person } = incoming;
  if (incoming.kind === 'uninstalled') return part(deps, conversation.conversationId);
  if (incoming.kind !== 'installed' && incoming.kind !== 'memberAdded') return;
  const isKnown = await deps.unitOfWork.run(
    async (tx) => (await tx.conversations.get(conversation.conversationId)) !== null,
  );
  if (person) await meet(deps, { ...incoming, person });
  else await deps.unitOfWork.run((tx) => tx.conversations.upsert(conversation));
  if (incoming.kind !== 'installed' || incoming.isUpgrade || isKnown) return;
  const reader = await deps.unitOfWork.run((tx) =>
    person && conversation.kind === 'personal'
      ? readReader(tx, deps.policy, person.id)
      : Promise.resolve(channelReader(deps.policy)),
  );
  await sendHere(
    responder,
    context,
    { card: 'welcome', place: conversation.kind === 'personal' ? 'personal' : 'team' },
    reader,
  );
}
