// People with what they want, who do what people do when nothing answers: they wait a little and try again.
import { setTimeout as wait } from 'node:timers/promises';
import { minute, second } from '../../../src/domain/time.ts';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { answeredCard, findButton, hasButton, presetsOf, wordsOn } from '../../fakes/looking.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import type { People } from '../../fakes/people.ts';
import { type CastMember, channelId, personOf, type Where } from '../../fakes/teams.ts';
import type { FleetMember } from '../bulk/tenant.ts';
import type { StoryPlan } from './plan.ts';

export interface Played {
  plan: StoryPlan;
  /** Whom or what it is about, as it stands on its cards. */
  about: RegExp;
  /** When somebody first pressed Approve; null: nobody did. */
  approvedAt: number | null;
  /** What never came; null: it went to its decision. */
  stuck: string | null;
}

export interface Stage {
  people: People;
  microsoft: Microsoft;
  fleet: readonly FleetMember[];
}

export const patienceMs = 8 * second;
const longestMs = 4 * minute;

export async function playStory(stage: Stage, plan: StoryPlan): Promise<Played> {
  const played: Played = { plan, about: aboutOf(plan), approvedAt: null, stuck: null };
  try {
    await plays[plan.kind](stage, plan as never, played);
  } catch (error) {
    played.stuck = error instanceof Error ? error.message : String(error);
  }
  return played;
}

function aboutOf(plan: StoryPlan): RegExp {
  switch (plan.kind) {
    case 'own':
      return /CPC-ada-/;
    case 'declined':
      return /CPC-ben-5RW1Z/;
    case 'forWorker':
      return new RegExp(`CPC-worker-${plan.worker}\\b`);
    case 'bulk':
      return new RegExp(`${plan.workers.length} Cloud PCs`);
    case 'assign':
      return new RegExp(personOf(plan.person).name);
  }
}

type Play<Kind extends StoryPlan['kind']> = (
  stage: Stage,
  plan: Extract<StoryPlan, { kind: Kind }>,
  played: Played,
) => Promise<void>;

const form = { reason: 'Apps no longer start', saved: 'true', mail: 'true' };

const plays: { readonly [Kind in StoryPlan['kind']]: Play<Kind> } = {
  async own(stage, _plan, played) {
    const { people } = stage;
    await submits(stage, played, { by: 'ada', words: 'reprovision my Cloud PC', verb: 'request.submit', inputs: form });
    await approves(stage, played, (card) =>
      Promise.all(
        (['ivan', 'ines'] as const).map((who) => people.presses(who, card, 'request.approve', {}, below(card))),
      ),
    );
  },

  async declined(stage, _plan, played) {
    const { people } = stage;
    const { isInChannel } = submissionOf(stage, played, 'ben', 'request.submit');
    await until('the card in the channel', isInChannel, async () => {
      const choice = people.messagesOf('ben').findLast((one) => hasButton(one, 'reprovision.choose'));
      if (!choice) return void (await people.says('ben', 'reprovision my Cloud PC'));
      const cloudPc = cloudPcOnOffer(choice);
      // The form comes in the chooser's place.
      const chosen = answeredCard(await people.presses('ben', choice, 'reprovision.choose', { cloudPc }));
      await people.presses('ben', chosen, 'request.submit', form);
    });
    await decides(stage, played, 'request.decline.ask', async (card) => {
      const asked = answeredCard(await people.presses('ines', card, 'request.decline.ask', {}, below(card)));
      await people.presses('ines', asked, 'request.decline', { declineReason: 'Please restart it first' }, below(card));
    });
  },

  async forWorker(stage, { worker, isCancelled }, played) {
    const { people, fleet } = stage;
    const words = `reprovision ${fleet[worker]?.upn}`;
    await submits(stage, played, { by: 'adam', words, verb: 'request.submit', inputs: form });
    if (!isCancelled)
      return approves(stage, played, (card) => people.presses('ivan', card, 'request.approve', {}, below(card)));
    await decides(stage, played, 'request.approve', async (card) => {
      played.approvedAt ??= Date.now();
      const own = people
        .messagesOf('adam')
        .findLast((one) => played.about.test(wordsOn(one)) && hasButton(one, 'request.cancel'));
      await Promise.all([
        people.presses('ivan', card, 'request.approve', {}, below(card)),
        own ? people.presses('adam', own, 'request.cancel') : null,
      ]);
    });
  },

  async bulk(stage, { workers }, played) {
    const { people, fleet } = stage;
    const words = `bulk reprovision ${workers.map((at) => fleet[at]?.upn).join(', ')}`;
    const inputs = { reason: 'New image', mail: 'true', confirmCount: String(workers.length) };
    await submits(stage, played, { by: 'adam', words, verb: 'bulk.submit', inputs });
    await approves(stage, played, (card) => people.presses('ivan', card, 'request.approve', {}, below(card)));
  },

  async assign(stage, { person }, played) {
    const { people } = stage;
    const words = `assign 4 vCPU to ${person === 'owen' ? "o'neil" : person}@contoso.com`;
    await submits(stage, played, { by: 'adam', words, verb: 'assign.submit', inputs: { reason: 'New colleague' } });
    await approves(stage, played, (card) => people.presses('ines', card, 'request.approve', {}, below(card)));
  },
};

interface Submission {
  by: CastMember;
  /** What is typed for the form. */
  words: string;
  verb: 'request.submit' | 'bulk.submit' | 'assign.submit';
  inputs: Record<string, string>;
}

/** Until its card is in the channel. */
async function submits(stage: Stage, played: Played, { by, words, verb, inputs }: Submission): Promise<void> {
  const { people } = stage;
  const { forms, isInChannel } = submissionOf(stage, played, by, verb);
  await until(
    'the form',
    () => isInChannel() ?? forms()[0],
    () => people.says(by, words),
  );
  await until('the card in the channel', isInChannel, async () => {
    const [first] = forms();
    if (first) await people.presses(by, first, verb, { ...presetsOf(first), ...inputs });
  });
}

function submissionOf({ people }: Stage, played: Played, by: CastMember, verb: Submission['verb']) {
  return {
    forms: () => people.messagesOf(by).filter((one) => hasButton(one, verb) && isAbout(one, played)),
    isInChannel: () => roots(people).some((one) => isAbout(one, played)) || undefined,
  };
}

async function approves(
  stage: Stage,
  played: Played,
  press: (card: ConnectorMessage) => Promise<unknown>,
): Promise<void> {
  await decides(stage, played, 'request.approve', (card) => {
    played.approvedAt ??= Date.now();
    return press(card);
  });
}

/** Until one of its cards no longer asks. (Of a card that came twice, one may ask for ever.) */
async function decides(
  { people }: Stage,
  played: Played,
  verb: string,
  press: (card: ConnectorMessage) => Promise<unknown>,
): Promise<void> {
  const cards = () => roots(people).filter((one) => isAbout(one, played));
  await until(
    'the decision',
    () => cards().find((one) => !hasButton(one, 'request.approve')),
    async () => {
      const card = cards().findLast((one) => hasButton(one, verb));
      if (card) await press(card);
    },
  );
}

const isAbout = (one: ConnectorMessage, { about }: Played) => about.test(wordsOn(one));

/** The cards of requests: each is the first message of a thread. */
export function roots(people: People): ConnectorMessage[] {
  return people
    .channelMessages()
    .filter((one) => one.conversationId === `${channelId};messageid=${one.id}` && /R-\d+/.test(wordsOn(one)));
}

export const below = (card: ConnectorMessage): Where => ({ thread: card.id });

function cloudPcOnOffer(choice: ConnectorMessage): unknown {
  const options = JSON.stringify(choice.content).match(/"title":"[^"]*CPC-ben-5RW1Z[^"]*","value":"([^"]+)"/);
  return options?.[1] ?? findButton(choice, 'reprovision.choose').data?.cloudPc;
}

/** Does it, and again whenever what should come of it has not come for a while. What is not there to press is pressed later. */
export async function until<T>(what: string, look: () => T | undefined, act: () => Promise<unknown>): Promise<T> {
  const end = Date.now() + longestMs;
  let nextTry = 0;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    if (Date.now() >= nextTry) {
      await act().catch((error: unknown) => error);
      nextTry = Date.now() + patienceMs;
    }
    await wait(100);
  }
}
