// One bad day: what goes wrong in which story, and what must hold in the end.
import type { WholeBot, WholeBotOptions } from '../../fakes/whole-bot.ts';
import type { People } from './people.ts';
import type { Place } from './screens.ts';
import type { Story } from './story.ts';

export const themes = ['graph', 'connector', 'outcomes', 'store', 'clock'] as const;
export type Theme = (typeof themes)[number];

/** At least and at most. */
export type Range = readonly [number, number];

export interface Expectation {
  /** The title of every card in the end, and of what is stored. */
  end: string;
  /** Reprovision POSTs that reached Graph; a new start that Adam ordered allows one more. */
  received: Range;
  /** Builds that were started by them. */
  applied: number;
  /** How often the owner is told of the end. */
  told: Range;
  /** How often the channel is, where it is. */
  channelTold: Range;
  mails: Range;
  /** Words that must have been seen there at some time. */
  seen: Partial<Record<Place, RegExp>>;
  /** Words that the history of the request must hold in the end. */
  history: RegExp | null;
  /** Log lines of level error that belong to this day. */
  errors: RegExp | null;
  /** Adam had to decide: how often he ordered a new start. */
  restarts: Range;
}

export interface Day {
  whole: WholeBot;
  people: People;
}

export interface BadDay {
  theme: Theme;
  /** Where it goes wrong. Rows of one place that saw the same are joined in the table. */
  place: string;
  /** What goes wrong there. */
  trouble: string;
  story: Story;
  /** About how long it takes; long ones begin first. */
  seconds: number;
  /** May open what the bot needs; what it gives is closed after the bot. */
  open?: () => Promise<{ options: WholeBotOptions; close?: () => Promise<void> }>;
  expect: Expectation;
  /** Lives the story up to where it goes on by itself. Throws when something is not as it must be. */
  play(day: Day): Promise<void>;
}

export interface Row {
  day: BadDay;
  ada: string;
  it: string;
  posts: string;
  end: string;
}

const usual: Omit<Expectation, 'end' | 'mails'> = {
  received: [1, 1],
  applied: 1,
  told: [1, 1],
  channelTold: [1, 1],
  seen: {},
  history: null,
  errors: null,
  restarts: [0, 0],
};

/** What holds on every good day, and what differs on this one. */
export function expecting(story: Story, differing: Partial<Expectation> = {}): Expectation {
  return { ...usual, end: story.end, mails: [story.mails, story.mails], ...differing };
}

/** Ask, submit, approve; the rest goes by itself. */
export async function livesTheStory({ people }: Day): Promise<void> {
  await people.asks();
  await people.submits();
  await people.approves();
}

/** On a slow moment the story asks Graph in another order: then this day has not been lived yet. */
export class NeverStruckError extends Error {}
