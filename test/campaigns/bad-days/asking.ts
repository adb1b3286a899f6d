// Who asks: writes, fills in the form and sends it, as often as it takes.
import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import type { Card } from '../../fakes/looking.ts';
import { awaits, type Hands, isMoment, isTryAgain } from './hands.ts';
import type { Screens } from './screens.ts';
import { readSeen } from './seen.ts';
import type { Story } from './story.ts';

const mostTries = 8;
/** Enough of them to be there after Graph's bad seconds and the pause that the bot then gives it. */
const pauseMs = 2000;
const formButtons = /"request\.submit"|"reprovision\.choose"/;

export interface Asking {
  /** `R-1001`, once a card of the request is there. */
  code(): string | null;
  asks(): Promise<void>;
  submits(): Promise<void>;
}

export function createAsking({ asker, says, cloudPcId, inputs }: Story, screens: Screens, hands: Hands): Asking {
  const form = () => screens.newestWith(asker, formButtons);
  let answered: string | null = null;
  const requestCards = () => screens.messagesAt(asker).filter(({ content }) => readSeen(content).kind === 'card');
  const code = () => answered ?? findCode(requestCards().map(({ content }) => content));

  /** @returns the next form, where a Cloud PC had to be chosen first */
  async function sends(given: ConnectorMessage | Card): Promise<Card | null> {
    const isChoice = JSON.stringify(given).includes('"reprovision.choose"');
    const verb = isChoice ? 'reprovision.choose' : 'request.submit';
    const { seen, card } = await hands.presses(asker, given, verb, {
      inputs: isChoice ? { cloudPc: cloudPcId } : inputs,
    });
    if (seen?.kind === 'form') return card;
    answered ??= findCode(card);
    if (isMoment(seen)) await awaits(() => code() !== null);
    return null;
  }

  return {
    code,
    async asks() {
      for (let tries = 1; tries <= mostTries; tries += 1) {
        const before = screens.messagesAt(asker).length;
        const { status } = await hands.writes(asker, says);
        const heard = () => screens.messagesAt(asker).slice(before);
        const isRefused = () => heard().some(({ content }) => isTryAgain(readSeen(content)));
        await awaits(() => form() ?? isRefused(), status === 200 ? undefined : 1000);
        if (form()) return;
        await wait(pauseMs);
      }
      throw new Error('the form never came');
    },
    async submits() {
      let next: Card | null = null;
      for (let tries = 1; tries <= mostTries; tries += 1) {
        const given = next ?? form();
        if (!given) throw new Error('there is no form to send');
        next = await sends(given);
        if (code() !== null) return;
        if (next === null) await wait(1000);
      }
      throw new Error('the form could not be sent');
    },
  };
}

function findCode(content: unknown): string | null {
  return /R-\d{4}/.exec(JSON.stringify(content))?.[0] ?? null;
}
