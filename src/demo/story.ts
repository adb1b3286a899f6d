// The story of the demo: who does what, and what must be seen for it to count as having happened.
import { setTimeout as sleep } from 'node:timers/promises';
import { second } from '../domain/time.ts';
import { demoCloudPcs, demoGroups, demoPeople, type SentMail } from '../simulator/index.ts';
import { buttonsOf } from './card-text.ts';
import { castMember, channelName } from './cast.ts';
import type { Stage } from './stage.ts';
import { type Sighting, type Window, waitFor } from './window.ts';

export interface Step {
  title: string;
  /** Requests to Graph are counted from here on. */
  isFirstWord?: true;
  /** @throws StoryError when what must be seen is not seen in time */
  play(stage: Stage, tell: (line: string) => void): Promise<void>;
}

/** A part of the story did not happen; the message is a sentence for the terminal. */
export class StoryError extends Error {
  override readonly name = 'StoryError';
}

const soon = 15 * second;
/** A build, the wait for the next look at it, and the pause between two edits of a card. */
const afterBuild = 30 * second;

const reason = 'Apps no longer start since the last update';
const firstWord = 'reprovision my Cloud PC';

export const story: readonly Step[] = [
  {
    title: 'Adam says where requests go',
    async play({ ivan }, tell) {
      const thread = await ivan.beginThread('Requests for Cloud PCs are decided here.');
      tell(`Adam writes in the channel “${channelName}”: @Cloud PC Concierge use this channel for approvals`);
      await ivan.mentionBot(castMember('adam'), thread, 'use this channel for approvals');
      const answer = both(inThread(thread), reads('Requests will be posted in'));
      await see(ivan, 'that the channel has been set', answer, soon);
    },
  },
  {
    title: 'Ada asks for a new start',
    isFirstWord: true,
    async play({ ada }, tell) {
      await ada.install();
      tell(`Ada writes: ${firstWord}`);
      await ada.say(firstWord);
      await see(ada, 'the form that says what will be lost', hasButton('request.submit'), soon);
    },
  },
  {
    title: 'Ada says why, ticks that her files are safe, and sends the form',
    async play({ ada }) {
      const form = await see(ada, 'the form', hasButton('request.submit'), soon);
      await ada.press(form, 'request.submit', { reason, saved: 'true', mail: 'true' });
      await see(ada, 'that her request waits for approval', reads('Waiting for approval'), soon);
    },
  },
  {
    title: 'Ivan finds the request in the approvals channel',
    async play({ ivan }) {
      await see(ivan, 'the request', both(hasButton('request.approve'), reads(reason)), soon);
    },
  },
  {
    title: 'Ivan approves',
    async play({ ivan }, tell) {
      const request = await see(ivan, 'the request', hasButton('request.approve'), soon);
      tell('Ivan presses: Approve');
      await ivan.press(request, 'request.approve');
      await see(ivan, 'that it is approved', reads('Approved by Ivan Ilić'), soon, notApproved);
    },
  },
  {
    title: 'The Cloud PC is wiped and built anew',
    async play({ ada, ivan }) {
      const building = both(isEdit, reads('Being rebuilt since'));
      await see(ada, 'that her Cloud PC is being rebuilt', building, soon);
      await see(ivan, 'that the Cloud PC is being rebuilt', building, soon);
    },
  },
  {
    title: 'It is ready',
    async play({ ada, ivan }) {
      const ready = both(isEdit, hasLine(/▌ ✓ Ready$/));
      await see(ada, 'that her Cloud PC is ready', ready, afterBuild, failed);
      await see(ivan, 'that the Cloud PC is ready', ready, afterBuild, failed);
    },
  },
  {
    title: 'Ada is told',
    async play({ ada, simulator }, tell) {
      await see(ada, 'a new message about it', both(isNew, reads('Your Cloud PC is ready')), soon);
      const mail = await mailTo(simulator.tenant.mails, castMember('ada').email);
      tell(`A mail from ${mail.from} reaches ${castMember('ada').email}: ${String(mail.message.subject)}`);
    },
  },
];

type Fits = (sighting: Sighting) => boolean;

const isEdit: Fits = ({ how }) => how === 'edited';
const isNew: Fits = ({ how }) => how === 'sent';
const notApproved: Fits = both(
  ({ how }) => how === 'answered',
  (sighting) => sighting.card === null,
);
const failed: Fits = hasLine(/▌ × /);

function reads(words: string): Fits {
  return ({ lines }) => lines.some((line) => line.includes(words));
}

function hasLine(pattern: RegExp): Fits {
  return ({ lines }) => lines.some((line) => pattern.test(line));
}

function hasButton(verb: string): Fits {
  return ({ card }) => card !== null && buttonsOf(card).some((button) => button.verb === verb);
}

function inThread(conversationId: string): Fits {
  return (sighting) => sighting.conversationId === conversationId;
}

function both(one: Fits, other: Fits): Fits {
  return (sighting) => one(sighting) && other(sighting);
}

/** @param unless ends the wait at once: what was seen instead */
async function see(window: Window, what: string, fits: Fits, withinMs: number, unless?: Fits): Promise<Sighting> {
  const found = await waitFor(window, (sighting) => fits(sighting) || unless?.(sighting) === true, withinMs);
  if (found && fits(found)) return found;
  const name = window.settings.currentUser.givenName;
  if (found) throw new StoryError(`${name} did not see ${what}, but: ${found.lines.join(' / ')}`);
  throw new StoryError(`${name} did not see ${what} within ${withinMs / second} seconds.`);
}

async function mailTo(mails: readonly SentMail[], address: string): Promise<SentMail> {
  const deadline = performance.now() + soon;
  while (performance.now() < deadline) {
    const mail = mails.find(({ message }) => JSON.stringify(message.toRecipients).includes(address));
    if (mail) return mail;
    await sleep(100);
  }
  throw new StoryError(`No mail was sent to ${address} within ${soon / second} seconds.`);
}

/** Ways to break the story on purpose, so that it can be seen to notice. */
export const breaks: Record<string, (stage: Stage) => void> = {
  approval: ({ simulator }) => simulator.tenant.removeMember(demoGroups.approvers, demoPeople.ivan),
  build: ({ simulator }) => simulator.tenant.nextBuild(demoCloudPcs.ada, { outcome: 'failed' }),
};
