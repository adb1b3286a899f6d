// Every button that anybody can still have before them when all has ended: on each message of the bot, as it stands and as it stood,
// on cards that came twice and are changed by nobody any more, and on the cards that answered presses. Each is pressed by whoever
// reads it there.
import type { Verb } from '../../../src/cards/button-data.ts';
import { type Card, presetsOf } from '../../fakes/looking.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { type Activity, channelId, execute, personOf, type TeamsAnswer } from '../../fakes/teams.ts';
import { draftsIn, type Standing } from './judge-after.ts';

/** These begin something new, also on the card of a request that has ended; what is old stays as it is. */
const begins: Readonly<Partial<Record<Verb, string>>> = {
  'reprovision.start': 'a form for one’s own Cloud PC, from the help',
  'reprovision.choose': 'that form, from the list of one’s Cloud PCs, where no request is named',
  'person.choose': 'a form for the person whom an admin meant',
  'request.again': 'Try again: a new form for the same person',
  'assign.retry': 'Look again: a new form for the same person and licence',
  'bulk.choose': 'the preview of a choice',
  'bulk.retry': 'Try again: the preview of what failed',
};

export interface OldButton {
  verb: string;
  data: Record<string, unknown>;
  presser: Reader;
  /** A personal chat, or a thread of the channel. */
  conversationId: string;
  replyToId: string | undefined;
}

interface Reader {
  id: string;
  name: string;
}

/** Gets an activity to the bot. */
type Deliver = (activity: Activity) => Promise<TeamsAnswer>;

/** A card that answered a press. */
export interface Answered {
  card: Card;
  to: Activity;
}

/** Keeps the cards that answer presses, which stand nowhere else, and who was heard from. */
export function keepAnswers(deliver: Deliver): { answers: Answered[]; heard: Set<string>; deliver: Deliver } {
  const answers: Answered[] = [];
  const heard = new Set<string>();
  return {
    answers,
    heard,
    async deliver(activity) {
      heard.add(activity.from.aadObjectId);
      const answer = await deliver(activity);
      if (answer.body?.type === 'application/vnd.microsoft.card.adaptive')
        answers.push({ card: answer.body.value as Card, to: activity });
      return answer;
    },
  };
}

export interface OldButtons {
  /** Nothing at all may come of these. */
  ended: OldButton[];
  /** These offer something new. */
  beginning: OldButton[];
  /** On forms that nobody has sent yet: sending one makes a request, and closing one ends it. */
  ofDrafts: OldButton[];
}

export function sortButtons(buttons: readonly OldButton[], { rows }: Pick<Standing, 'rows'>): OldButtons {
  const drafts = draftsIn(rows);
  const sorted: OldButtons = { ended: [], beginning: [], ofDrafts: [] };
  for (const button of buttons) {
    if (drafts.has(button.data.request)) sorted.ofDrafts.push(button);
    else if (isBeginning(button)) sorted.beginning.push(button);
    else sorted.ended.push(button);
  }
  return sorted;
}

function isBeginning({ verb, data }: OldButton): boolean {
  return verb in begins && !(verb === 'reprovision.choose' && data.request !== undefined);
}

/** Each once: of the same button in the same place the first. */
export function collectButtons({ connector, simulator }: Microsoft, answers: readonly Answered[]): OldButton[] {
  const nameOf = new Map(simulator.tenant.people.map(({ id, displayName }) => [id, displayName]));
  const found = new Map<string, OldButton>();
  const add = (content: unknown, presser: Reader, conversationId: string, replyToId: string | undefined) => {
    const inputs = { ...presetsOf(content as Card), ...written };
    for (const { verb, data } of executesIn(content)) {
      const key = JSON.stringify([verb, data, presser.id, conversationId]);
      if (!found.has(key)) found.set(key, { verb, data: { ...inputs, ...data }, presser, conversationId, replyToId });
    }
  };
  for (const { id, conversationId, content, earlier } of connector.messages)
    for (const reader of readersOf(conversationId, nameOf))
      for (const shown of [...earlier, content] as { attachments?: { content?: unknown }[] }[])
        for (const attachment of shown?.attachments ?? []) add(attachment.content, reader, conversationId, id);
  for (const { card, to } of answers)
    add(card, { id: to.from.aadObjectId, name: to.from.name }, to.conversation.id, to.replyToId);
  return [...found.values()];
}

/** Whatever a form may ask for. */
const written = { reason: 'Pressed late', declineReason: 'Pressed late', saved: 'true', confirmCount: '1' };

/** In the channel one who approves and one who administers. */
function readersOf(conversationId: string, nameOf: ReadonlyMap<string, string>): Reader[] {
  if (conversationId.startsWith(channelId)) return [personOf('ivan'), personOf('adam')];
  const id = conversationId.replace(/^a:/, '');
  const name = nameOf.get(id);
  return name === undefined ? [] : [{ id, name }];
}

function executesIn(node: unknown): { verb: string; data: Record<string, unknown> }[] {
  if (Array.isArray(node)) return node.flatMap(executesIn);
  if (typeof node !== 'object' || node === null) return [];
  const { type, verb, data } = node as { type?: unknown; verb?: unknown; data?: Record<string, unknown> };
  const own = type === 'Action.Execute' && typeof verb === 'string' ? [{ verb, data: data ?? {} }] : [];
  // What stands in place of a button that a client does not know brings back the same.
  return [...own, ...Object.entries(node).flatMap(([name, child]) => (name === 'fallback' ? [] : executesIn(child)))];
}

const atOnce = 4;

/**
 * A few at once, since the others press as well.
 * @param heard whose language and time zone the bot knows; the others have those that it takes for theirs, so that no card changes
 */
export async function pressAll(
  buttons: readonly OldButton[],
  heard: ReadonlySet<string>,
  deliver: Deliver,
): Promise<{ verb: string; status: number }[]> {
  const answered: { verb: string; status: number }[] = [];
  const left = [...buttons];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { status } = await deliver({ ...toPress(next), ...(heard.has(next.presser.id) ? {} : asAssumed) });
      answered.push({ verb: next.verb, status });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return answered;
}

/** What the policy says where it does not say anything else. */
const asAssumed = { locale: 'en-US', entities: [{ type: 'clientInfo', locale: 'en-US', timezone: 'UTC' }] };

function toPress({ verb, data, presser, conversationId, replyToId }: OldButton): Activity {
  const [, thread] = conversationId.split(';messageid=');
  const where = thread === undefined ? 'personal' : { thread };
  const activity = execute({ from: 'adam', verb, data, where, ...(replyToId === undefined ? {} : { replyToId }) });
  return {
    ...activity,
    from: { id: `29:${presser.id}`, name: presser.name, aadObjectId: presser.id },
    conversation: { ...activity.conversation, id: conversationId },
  };
}
