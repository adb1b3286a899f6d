// Lives the bad days, several side by side, each with a bot, a Graph, a Teams and a store of its own.

import { startWholeBot } from '../../fakes/whole-bot.ts';
import { type BadDay, type Day, NeverStruckError, type Row, themes } from './bad-day.ts';
import { awaitTheEnd, judge } from './oracle.ts';
import { createPeople } from './people.ts';

export interface Lived {
  day: BadDay;
  /** null: something did not hold. */
  row: Row | null;
  reason: string | null;
  seconds: number;
}

/** Longer days are mostly spent with waiting: they go beside the others. */
const isLong = ({ seconds }: BadDay) => seconds >= 20;
const longForEachJob = 2 / 3;
const mostLives = 4;

/**
 * @param jobs days side by side, and two long ones more for every three
 * @param progress hears of every day when it is over
 */
export async function liveAll(
  days: readonly BadDay[],
  jobs: number,
  progress: (lived: Lived) => void,
): Promise<Lived[]> {
  const sorted = [...days].sort((a, b) => b.seconds - a.seconds);
  const [long, short] = [sorted.filter(isLong), sorted.filter((day) => !isLong(day))];
  const lived: Lived[] = [];
  const liveOn = async (...queues: BadDay[][]) => {
    const next = () => queues.find((queue) => queue.length > 0)?.shift();
    for (let day = next(); day; day = next()) {
      const one = await live(day);
      lived.push(one);
      progress(one);
    }
  };
  await Promise.all([
    ...Array.from({ length: jobs }, () => liveOn(short, long)),
    ...Array.from({ length: Math.ceil(jobs * longForEachJob) }, () => liveOn(long, short)),
  ]);
  const order = new Map(days.map((day, index) => [day, index]));
  return lived.sort(
    (a, b) =>
      themes.indexOf(a.day.theme) - themes.indexOf(b.day.theme) || (order.get(a.day) ?? 0) - (order.get(b.day) ?? 0),
  );
}

async function live(badDay: BadDay): Promise<Lived> {
  const from = performance.now();
  const ended = (row: Row | null, reason: string | null): Lived => ({
    day: badDay,
    row,
    reason,
    seconds: (performance.now() - from) / 1000,
  });
  let row: Row | null = null;
  try {
    row = await untilStruck(() => liveOne(badDay));
    return ended(row, null);
  } catch (error) {
    return ended(null, error instanceof Error ? error.message : String(error));
  }
}

async function untilStruck(live: () => Promise<Row>): Promise<Row> {
  for (let again = mostLives - 1; ; again -= 1) {
    try {
      return await live();
    } catch (error) {
      if (!(error instanceof NeverStruckError) || again === 0) throw error;
    }
  }
}

async function liveOne(badDay: BadDay): Promise<Row> {
  const opened = await badDay.open?.();
  const whole = await startWholeBot(opened?.options ?? {}).catch(async (error: unknown) => {
    await opened?.close?.();
    throw error;
  });
  try {
    const day: Day = { whole, people: createPeople(whole, badDay.story) };
    await prepare(day);
    await badDay.play(day);
    await awaitTheEnd(day, badDay.expect);
    return await judge(badDay, day);
  } finally {
    await whole.stop();
    await opened?.close?.();
  }
}

/** The approvals channel is set and Adam has a chat, as on any day. */
export async function prepare({ whole, people }: Day): Promise<void> {
  await people.says('adam', 'use this channel for approvals', { thread: '1' });
  await people.says('adam', 'help');
  people.begin();
  const { build, cloudPcId } = people.story;
  if (build) whole.simulator.tenant.nextBuild(cloudPcId, build);
}
