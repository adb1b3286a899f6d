// The people of the story, who do what people do when nothing answers: they wait a little and try again.
import { setTimeout as wait } from 'node:timers/promises';
import { second } from '../../../src/domain/time.ts';
import german from '../../../src/locales/de.json' with { type: 'json' };
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { answeredCard, findButton, wordsOn } from '../../fakes/looking.ts';
import { type Microsoft, serviceUrl } from '../../fakes/microsoft/index.ts';
import { createPeople, type People } from '../../fakes/people.ts';
import { type Activity, postActivity, type TeamsAnswer } from '../../fakes/teams.ts';
import type { Plan } from './plan.ts';

/** Nothing of what was waited for came. */
export class StoryStuckError extends Error {
  constructor(waitedFor: string) {
    super(`never came: ${waitedFor}`);
    this.name = 'StoryStuckError';
  }
}

export interface Told {
  /** How often a person had to decide. */
  operatorStops: number;
}

const patienceMs = 8 * second;
/** Nothing is measured by it: on a busy machine every start of the bot may take half a minute. */
const longestMs = 300 * second;

export async function playStory(url: string, microsoft: Microsoft, plan: Plan): Promise<Told> {
  const people = createPeople({ url }, { ...microsoft, serviceUrl }, (activity) => deliver(url, microsoft, activity));
  await until(
    'the channel is set',
    () => people.channelMessages()[0],
    () => people.says('adam', 'use this channel for approvals', { thread: '1' }),
  );
  const form = await until(
    'the form',
    () => people.messagesOf('ada').find((one) => hasButton(one, 'request.submit')),
    () => people.says('ada', 'reprovision my Cloud PC'),
  );
  const approval = await until(
    'the approval card',
    () => approvals(people).at(-1),
    () => submit(people, form),
  );
  await until(
    'the approval is taken',
    () => approvals(people).find((one) => !hasButton(one, 'request.approve')),
    () => people.presses('ivan', approval, 'request.approve', {}, { thread: approval.id }),
  );
  return followToTheEnd(people, plan);
}

async function followToTheEnd(people: People, plan: Plan): Promise<Told> {
  const told: Told = { operatorStops: 0 };
  await until(
    'an end',
    () => people.messagesOf('ada').find((one) => isEnd(wordsOn(one))),
    async () => {
      const card = approvals(people).find((one) => hasButton(one, 'request.resend.ask'));
      if (!card) return;
      const where = { thread: card.id };
      if (plan.operator === 'close') {
        told.operatorStops += 1;
        await people.presses('adam', card, 'request.close', {}, where);
        return;
      }
      const asked = await people.presses('adam', card, 'request.resend.ask', {}, where);
      // On a busy machine the bot asks for a moment; he presses again.
      if (asked.body?.type !== 'application/vnd.microsoft.card.adaptive') return;
      if (!hasButton(answeredCard(asked), 'request.resend')) return;
      told.operatorStops += 1;
      await people.presses('adam', answeredCard(asked), 'request.resend', {}, where);
    },
  );
  return told;
}

const approvals = (people: People) =>
  people.channelMessages().filter((one) => /R-\d+/.test(wordsOn(one)) && wordsOn(one).includes('Ada Arendt'));

const ends = ['ready', 'readyWithWarnings', 'failed', 'notStarted', 'skipped', 'closedByAdmin', 'cancelled'] as const;

/** On her card, which is in German; the words of the notices are others. */
const isEnd = (words: string) => ends.some((end) => words.includes(` | ${german.progress[end]} | `));

async function submit(people: People, form: ConnectorMessage): Promise<void> {
  const now = people.messagesOf('ada').find((one) => one.id === form.id);
  const inputs = { reason: 'Apps no longer start', saved: 'true', mail: 'true' };
  if (now && hasButton(now, 'request.submit')) await people.presses('ada', now, 'request.submit', inputs);
}

function hasButton(card: Parameters<typeof findButton>[0], verb: string): boolean {
  try {
    findButton(card, verb);
    return true;
  } catch {
    return false;
  }
}

/** Does it, and again whenever what should come of it has not come for a while. */
async function until<T>(what: string, look: () => T | undefined, act: () => Promise<unknown>): Promise<T> {
  const end = Date.now() + longestMs;
  let nextTry = 0;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new StoryStuckError(what);
    if (Date.now() >= nextTry) {
      await act();
      nextTry = Date.now() + patienceMs;
    }
    await wait(50);
  }
}

/** As Teams does: the same activity again while nobody answers. */
async function deliver(url: string, microsoft: Microsoft, activity: Activity): Promise<TeamsAnswer> {
  const end = Date.now() + longestMs;
  for (;;) {
    const answer = await postActivity({ url }, activity, { ...microsoft, serviceUrl }).catch(() => null);
    if (answer && answer.status < 500) return answer;
    if (Date.now() > end) throw new StoryStuckError('an answer of the bot');
    await wait(200);
  }
}
