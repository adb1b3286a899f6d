// What becomes of a file that was offered, when the person has answered. The invoke itself was answered before: Teams waits for
// no upload. Should the process end in between, the question still stands in the chat and can be answered again.
import type { PersonRef, Reader } from '../domain/people.ts';
import type { Conversation, Messenger } from '../domain/ports.ts';
import type { TextView } from '../domain/text-views.ts';
import { readReader } from '../requests/address.ts';
import { createDeadline, type Deadline, type Deps } from '../requests/deps.ts';
import { answerError } from './answer-error.ts';
import { type Connection, post, remove } from './connector-calls.ts';
import { fileInfoCard } from './file-cards.ts';
import type { FileUpload } from './file-upload.ts';
import type { UploadPlace } from './incoming-files.ts';
import type { Pace } from './pace.ts';
import type { FileConsentIncoming } from './turn.ts';

export interface FileConsentParts {
  deps: Deps;
  messenger: Messenger;
  connection: Connection;
  pace: Pace;
  upload: FileUpload;
  /** The file, by what the person may see now. @throws ConciergeError that the person is told */
  makeFile(wish: { person: PersonRef; requestId: string; reader: Reader; deadline: Deadline }): Promise<Buffer>;
}

export type TakeFileConsent = (incoming: FileConsentIncoming) => Promise<void>;

/** A case: the person, their chat and how they read. */
interface Case {
  incoming: FileConsentIncoming;
  chat: Conversation;
  reader: Reader;
}

const madeWithinMs = 60_000;

export function createFileConsent(parts: FileConsentParts): TakeFileConsent {
  const { deps } = parts;
  // Teams may deliver an answer twice: the second would find the place taken, and say that it failed.
  const underWay = new Set<string>();
  return async (incoming) => {
    const { person, conversation: chat, upload } = incoming;
    if (chat?.kind !== 'personal') return;
    const key = upload?.uploadUrl ?? `${chat.conversationId} ${incoming.consentActivityId}`;
    if (underWay.has(key)) return;
    underWay.add(key);
    try {
      const reader = await deps.unitOfWork.run((tx) => readReader(tx, deps.policy, person.id));
      await answer(parts, { incoming, chat, reader });
    } finally {
      underWay.delete(key);
    }
  };
}

async function answer(parts: FileConsentParts, given: Case): Promise<void> {
  const { incoming } = given;
  if (!incoming.upload) {
    await say(parts, given, { text: 'say.fileDeclined', values: {} });
    return takeQuestionAway(parts, given);
  }
  try {
    await putFile(parts, given, incoming.upload);
  } catch (error) {
    const { activityId, person } = incoming;
    return say(parts, given, answerError(error, { activityId, personId: person.id, isAdmin: false }, parts.deps));
  }
  await showFile(parts, given, incoming.upload);
  await takeQuestionAway(parts, given);
}

async function putFile(parts: FileConsentParts, { incoming, reader }: Case, place: UploadPlace): Promise<void> {
  const { person, requestId } = incoming;
  const deadline = createDeadline(parts.deps.clock, madeWithinMs);
  await parts.upload.put(place, await parts.makeFile({ person, requestId, reader, deadline }));
}

async function say({ messenger }: FileConsentParts, { incoming, chat, reader }: Case, view: TextView): Promise<void> {
  await messenger.send({ to: 'person', person: incoming.person, conversation: chat, reader }, view);
}

/** The file is there, whether this arrives or not. */
function showFile(parts: FileConsentParts, { chat }: Case, place: UploadPlace): Promise<void> {
  const { connection, deps } = parts;
  return orLog(parts, chat, 'a file was saved and could not be shown', async () => {
    await post(connection, chat, chat.conversationId, fileInfoCard(place));
    deps.log.info({ conversationId: chat.conversationId }, 'file saved');
  });
}

async function takeQuestionAway(parts: FileConsentParts, { incoming, chat }: Case): Promise<void> {
  const { consentActivityId } = incoming;
  if (consentActivityId === null) return;
  await orLog(parts, chat, 'an answered question about a file stays in the chat', () =>
    remove(parts.connection, chat, consentActivityId),
  );
}

async function orLog(
  { pace, deps }: FileConsentParts,
  { conversationId }: Conversation,
  fault: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    const mustWait = await pace.take(conversationId);
    if (mustWait) deps.log.warn({ conversationId }, fault);
    else await work();
  } catch (error) {
    deps.log.warn({ err: error, conversationId }, fault);
  }
}
