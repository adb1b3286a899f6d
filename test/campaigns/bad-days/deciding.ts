// Ivan, who approves, and Adam, who decides what only a person can.
import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { type Card, wordsOn } from '../../fakes/looking.ts';
import { awaits, type Hands, isMoment } from './hands.ts';
import type { Screens } from './screens.ts';
import { readSeen, type Seen } from './seen.ts';

/** A channel card that has not come by then is given up: who asked tells the approver the code. */
const cardPatienceMs = 5_000;
const mostTries = 8;
const historyPages = [1, 2, 3];

export interface Deciding {
  /** On the card, or by word where there is none. */
  approves(): Promise<void>;
  /** Presses "Approve" once; null: there was no answer that Ivan could read. */
  ivanPresses(): Promise<Seen | null>;
  /** Adam presses a button of the channel's card. */
  adamPresses(verb: string): Promise<Seen | null>;
  /** Adam looks at the card that asks for a decision, and has it started again. */
  startsAgain(): Promise<void>;
  /** How often he did. */
  restarts(): number;
  /** What the history of the request says, as Adam reads it. */
  history(): Promise<string>;
}

export function createDeciding(code: () => string | null, screens: Screens, hands: Hands): Deciding {
  let restarts = 0;
  const cardWith = (verb: string) => screens.newestWith('channel', new RegExp(`"${verb.replaceAll('.', '\\.')}"`));
  const approvalCard = () => cardWith('request.approve');
  const below = (card: ConnectorMessage) => ({ thread: card.id });

  async function approvesOn(card: ConnectorMessage): Promise<boolean> {
    const { seen } = await hands.presses('ivan', card, 'request.approve', { where: below(card) });
    if (isMoment(seen)) await awaits(() => approvalCard()?.id !== card.id);
    return (seen?.kind === 'card' && seen.words !== 'Approval needed') || approvalCard()?.id !== card.id;
  }

  async function approvesByWord(): Promise<boolean> {
    const before = screens.messagesAt('ivan').length;
    await hands.writes('ivan', `approve ${code()}`);
    const heard = () => screens.messagesAt('ivan').slice(before);
    const isSaved = () =>
      heard().some(({ content }) => /approval is saved|no longer waits/.test(readSeen(content).words));
    return (await awaits(isSaved)) !== null;
  }

  async function adamAt(card: ConnectorMessage, given: ConnectorMessage | Card, verb: string, inputs = {}) {
    return hands.presses('adam', given, verb, { inputs, where: below(card) });
  }

  return {
    async approves() {
      for (let tries = 1; tries <= mostTries; tries += 1) {
        const card = await awaits(approvalCard, tries === 1 ? cardPatienceMs : 100);
        if (await (card ? approvesOn(card) : approvesByWord())) return;
        await wait(1000);
      }
      throw new Error('the approval could not be given');
    },
    async ivanPresses() {
      const card = approvalCard();
      return card ? (await hands.presses('ivan', card, 'request.approve', { where: below(card) })).seen : null;
    },
    async adamPresses(verb) {
      const card = cardWith(verb);
      return card ? (await adamAt(card, card, verb)).seen : null;
    },
    async startsAgain() {
      const card = cardWith('request.resend.ask');
      if (!card) return;
      const asked = await adamAt(card, card, 'request.resend.ask');
      if (!asked.card || !JSON.stringify(asked.card).includes('"request.resend"')) return;
      const { seen } = await adamAt(card, asked.card, 'request.resend');
      if (seen?.kind === 'card') restarts += 1;
      await awaits(() => screens.stateAt('channel') !== 'A person must decide', 8000);
    },
    restarts: () => restarts,
    async history() {
      const card = cardWith('request.history');
      if (!card) return '';
      const pages: string[] = [];
      for (const page of historyPages) {
        const { card: shown } = await adamAt(card, card, 'request.history', { page });
        pages.push(wordsOn(shown ?? undefined));
      }
      return pages.join(' | ');
    },
  };
}
