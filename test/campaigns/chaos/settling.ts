// Adam, who settles whatever waits for a person, on every card that offers it.
import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { answeredCard, type Card, hasButton } from '../../fakes/looking.ts';
import { buttonsOf, whatIntuneShows } from '../bulk/play.ts';
import { below, patienceMs, roots, type Stage } from './stories.ts';

export interface Settler {
  /** How often somebody had to decide. */
  decisions: number;
  stop(): void;
  done: Promise<void>;
}

export function settleWhatWaits(stage: Stage, operator: 'startAgain' | 'close'): Settler {
  const state = { decisions: 0, isOver: false };
  const triedAt = new Map<string, number>();
  const work = async () => {
    while (!state.isOver) {
      for (const card of roots(stage.people)) {
        if (Date.now() - (triedAt.get(card.id) ?? 0) < patienceMs) continue;
        const settle = settlements.find(({ verb }) => hasButton(card, verb));
        if (!settle) continue;
        triedAt.set(card.id, Date.now());
        const isDone = await settle.press(stage, card, operator).catch(() => false);
        if (isDone) state.decisions += 1;
      }
      await wait(500);
    }
  };
  const done = work();
  return {
    get decisions() {
      return state.decisions;
    },
    stop() {
      state.isOver = true;
    },
    done,
  };
}

interface Settlement {
  verb: string;
  /** False: there was nothing to decide any more. */
  press(stage: Stage, card: ConnectorMessage, operator: 'startAgain' | 'close'): Promise<boolean>;
}

const settlements: readonly Settlement[] = [
  { verb: 'request.resend.ask', press: resends('request') },
  { verb: 'assign.resend.ask', press: resends('assign') },
  {
    verb: 'bulk.settle.ask',
    async press(stage, card) {
      const asked = answeredCard(await stage.people.presses('adam', card, 'bulk.settle.ask', {}, below(card)));
      const choice = buttonsOf(asked).find(
        ({ data }) => data?.choice === whatIntuneShows(stage.microsoft, stage.fleet),
      );
      if (!choice) return false;
      await stage.people.presses('adam', { actions: [choice] } as unknown as Card, 'bulk.settle', {}, below(card));
      return true;
    },
  },
  {
    verb: 'bulk.resume',
    async press({ people }, card) {
      await people.presses('adam', card, 'bulk.resume', {}, below(card));
      return true;
    },
  },
];

function resends(what: 'request' | 'assign'): Settlement['press'] {
  return async ({ people }, card, operator) => {
    if (operator === 'close') {
      await people.presses('adam', card, `${what}.close`, {}, below(card));
      return true;
    }
    const asked = answeredCard(await people.presses('adam', card, `${what}.resend.ask`, {}, below(card)));
    if (!JSON.stringify(asked).includes(`"${what}.resend"`)) return false;
    await people.presses('adam', asked, `${what}.resend`, {}, below(card));
    return true;
  };
}
