// What people do: write and press. Teams is between them and the bot, and delivers once more what got no answer.
import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { type Card, findButton } from '../../fakes/looking.ts';
import { type Activity, type CastMember, execute, message, type TeamsAnswer, type Where } from '../../fakes/teams.ts';
import type { WholeBot } from '../../fakes/whole-bot.ts';
import type { Screens } from './screens.ts';
import { readSeen, type Seen } from './seen.ts';

/** How long a person looks at a screen on which nothing happens before trying again. */
const patienceMs = 25_000;
/** Teams gives up on the bot after this. */
const teamsWaitsMs = 15_000;

export interface Pressed {
  /** null: nothing that could be read. */
  seen: Seen | null;
  /** The card that came in the place of the pressed one. */
  card: Card | null;
}

export interface Press {
  inputs?: Record<string, unknown>;
  where?: Where;
}

export interface Hands {
  writes(from: CastMember, text: string, where?: Where): Promise<TeamsAnswer>;
  presses(from: CastMember, card: ConnectorMessage | Card, verb: string, press?: Press): Promise<Pressed>;
}

export function createHands(whole: WholeBot, screens: Screens): Hands {
  async function deliver(activity: Activity): Promise<TeamsAnswer> {
    const silence: TeamsAnswer = { status: 0, body: null, received: [] };
    for (let tries = 1; tries <= 2; tries += 1) {
      const post = whole.post(inEnglish(activity)).catch(() => silence);
      const answer = await Promise.race([post, wait(teamsWaitsMs, null, { ref: false })]);
      if (answer !== null) return answer;
    }
    return silence;
  }

  return {
    writes: (from, text, where = 'personal') => deliver(message(text, { from, where })),
    async presses(from, card, verb, { inputs = {}, where = 'personal' } = {}) {
      const { data } = findButton(card, verb);
      const replyToId = 'edits' in card ? (card as ConnectorMessage).id : undefined;
      const { status, body } = await deliver(execute({ from, verb, data: { ...data, ...inputs }, replyToId, where }));
      if (status !== 200 || body?.value === undefined) return { seen: null, card: null };
      if (body.type === 'application/vnd.microsoft.error')
        return { seen: screens.note(from, readSeen('(error)')), card: null };
      const isCard = typeof body.value === 'object';
      return { seen: screens.note(from, readSeen(body.value)), card: isCard ? body.value : null };
    },
  };
}

/** Everybody reads English, so that the table can be read. */
function inEnglish(activity: Activity): Activity {
  const entities = activity.entities.map((entity: { type: string }) =>
    entity.type === 'clientInfo' ? { ...entity, locale: 'en-GB' } : entity,
  );
  return { ...activity, locale: 'en-GB', entities };
}

/** Waits until it is there, or patience ends. */
export async function awaits<T>(look: () => T | null | undefined | false, withinMs = patienceMs): Promise<T | null> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > end) return null;
    await wait(50);
  }
}

export function isTryAgain({ words }: Seen): boolean {
  return /try again|write it again/i.test(words);
}

export function isMoment(seen: Seen | null): boolean {
  return seen !== null && /^One moment/.test(seen.words);
}
