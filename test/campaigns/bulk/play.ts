// Adam rebuilds a whole group: previews, types the number, Ivan approves, and Adam lets it go on or settles what is unclear
// whenever it halts. People wait a little and try again while nothing answers.
import { setTimeout as wait } from 'node:timers/promises';
import { second } from '../../../src/domain/time.ts';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { type Card, cardOf, findButton, wordsOn } from '../../fakes/looking.ts';
import { type Microsoft, serviceUrl } from '../../fakes/microsoft/index.ts';
import { createPeople, type People } from '../../fakes/people.ts';
import { type Activity, postActivity, type TeamsAnswer } from '../../fakes/teams.ts';
import { type FleetMember, fleetGroup } from './tenant.ts';

export interface Played {
  previewMs: number;
  /** How often it halted because too many had failed, and was let go on. */
  resumed: number;
  /** How often what waited for a person was settled at once. */
  settled: number;
  /** From the approval to the end. */
  runMs: number;
}

const patienceMs = 8 * second;

export interface PlayOptions {
  members: readonly FleetMember[];
  withinMs: number;
}

export async function playBulk(url: string, microsoft: Microsoft, options: PlayOptions): Promise<Played> {
  const deliver = (activity: Activity) => deliverPatiently(url, microsoft, activity, options.withinMs);
  const people = createPeople({ url }, { ...microsoft, serviceUrl }, deliver);
  const until = createUntil(options.withinMs);
  await until(
    'the channel is set',
    () => people.channelMessages()[0],
    () => people.says('adam', 'use this channel for approvals', { thread: '1' }),
  );
  const askedAt = Date.now();
  const preview = await until(
    'the preview',
    () => people.messagesOf('adam').find((one) => hasButton(one, 'bulk.submit')),
    () => people.says('adam', `bulk reprovision group ${fleetGroup.name}`),
  );
  const previewMs = Date.now() - askedAt;
  const inputs = { reason: 'New image', confirmCount: String(options.members.length), mail: 'true' };
  const approval = await until(
    'the approval card',
    () => people.channelMessages().find((one) => hasButton(one, 'request.approve')),
    async () => {
      if (hasButton(preview, 'bulk.submit')) await people.presses('adam', preview, 'bulk.submit', inputs);
    },
  );
  const approvedAt = Date.now();
  await until(
    'the approval is taken',
    () => cardIn(people, approval.id, (card) => !hasButton(card, 'request.approve')),
    () => people.presses('ivan', approval, 'request.approve', {}, { thread: approval.id }),
  );
  const followed = await follow(people, approval.id, until, () => whatIntuneShows(microsoft, options.members));
  return { previewMs, ...followed, runMs: Date.now() - approvedAt };
}

type Until = <T>(what: string, look: () => T | undefined, act: () => Promise<unknown>) => Promise<T>;

async function follow(
  people: People,
  cardId: string,
  until: Until,
  settle: () => 'treatAsStarted' | 'close',
): Promise<Pick<Played, 'resumed' | 'settled'>> {
  const done = { resumed: 0, settled: 0 };
  const where = { thread: cardId };
  await until(
    'an end',
    () => cardIn(people, cardId, (card) => hasButton(card, 'bulk.export')),
    async () => {
      const card = cardIn(people, cardId, () => true);
      if (!card) return;
      if (hasButton(card, 'bulk.settle.ask')) {
        const asked = await people.presses('adam', card, 'bulk.settle.ask', {}, where);
        const choice = buttonsOf(asked.body?.value as Card).find(({ data }) => data?.choice === settle());
        if (choice) {
          await people.presses('adam', { actions: [choice] } as unknown as Card, 'bulk.settle', {}, where);
          done.settled += 1;
        }
      }
      if (hasButton(card, 'bulk.resume')) {
        await people.presses('adam', card, 'bulk.resume', {}, where);
        done.resumed += 1;
      }
    },
  );
  return done;
}

/** Whoever decides about unclear starts looks there first: a start that did nothing is not waited for. */
export function whatIntuneShows({ simulator }: Microsoft, members: readonly FleetMember[]): 'treatAsStarted' | 'close' {
  const posts = members.map(({ cloudPcId }) => simulator.tenant.reprovisionPosts(cloudPcId));
  return posts.some(({ received, applied }) => applied < Math.min(received, 1)) ? 'close' : 'treatAsStarted';
}

export function buttonsOf(card: Card | undefined): { verb?: string; data?: Record<string, unknown> }[] {
  return (card?.actions ?? []) as { verb?: string; data?: Record<string, unknown> }[];
}

function cardIn(people: People, id: string, is: (card: ConnectorMessage) => boolean): ConnectorMessage | undefined {
  return people.channelMessages().find((one) => one.id === id && is(one));
}

function hasButton(card: ConnectorMessage, verb: string): boolean {
  try {
    findButton(cardOf(card), verb);
    return true;
  } catch {
    return false;
  }
}

/** Does it, and again whenever what should come of it has not come for a while. */
function createUntil(withinMs: number): Until {
  const end = Date.now() + withinMs;
  return async (what, look, act) => {
    let nextTry = 0;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`never came: ${what}`);
      if (Date.now() >= nextTry) {
        await act();
        nextTry = Date.now() + patienceMs;
      }
      await wait(100);
    }
  };
}

async function deliverPatiently(
  url: string,
  microsoft: Microsoft,
  activity: Activity,
  withinMs: number,
): Promise<TeamsAnswer> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await postActivity({ url }, activity, { ...microsoft, serviceUrl }).catch(() => null);
    if (answer && answer.status < 500) return answer;
    if (Date.now() > end) throw new Error('never came: an answer of the bot');
    await wait(200);
  }
}

export function lastWords(microsoft: Microsoft): string {
  return microsoft.connector.messages
    .filter((one) => wordsOn(one).includes('R-'))
    .slice(-3)
    .map((one) => wordsOn(one).slice(0, 500))
    .join('\n');
}
