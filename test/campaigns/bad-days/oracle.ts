// What must hold when a bad day is over, whatever went wrong.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { CastMember } from '../../fakes/teams.ts';
import type { BadDay, Day, Expectation, Range, Row } from './bad-day.ts';
import { awaits, isMoment } from './hands.ts';
import type { People } from './people.ts';
import type { Place } from './screens.ts';
import { inShort, type Seen } from './seen.ts';

const endWithinMs = 150_000;
/** What comes twice comes soon. */
const settleMs = 700;

/** Waits for the end that everybody is to see, and lets Adam decide where a person must. */
export async function awaitTheEnd(day: Day, expected: Expectation): Promise<void> {
  const deadline = performance.now() + endWithinMs;
  for (;;) {
    const missing = whatIsMissing(day, expected);
    if (missing === null) break;
    if (performance.now() > deadline) throw new Error(`no end: ${missing}`);
    if (expected.end !== operatorWords && day.people.stateAt('channel') === operatorWords)
      await day.people.startsAgain();
    await wait(100);
  }
  await wait(settleMs);
}

const operatorWords = 'A person must decide';

function whatIsMissing({ whole, people }: Day, expected: Expectation): string | null {
  const { story } = people;
  for (const place of placesOf(people)) {
    const state = people.stateAt(place);
    if (state !== expected.end) return `the card of ${place} says ${state}`;
  }
  const told = people.notices(story.owner, story.told);
  if (told < expected.told[0]) return `${story.owner} was told ${told} times: ${story.told}`;
  const { channelTold } = story;
  if (channelTold && people.notices('channel', channelTold) < expected.channelTold[0])
    return `the channel was not told: ${channelTold}`;
  const { mails } = whole.simulator.tenant;
  if (mails.length < expected.mails[0]) return `${mails.length} mails were sent`;
  return null;
}

function placesOf({ story }: People): Place[] {
  return [...new Set<Place>([story.asker, story.owner, 'channel'])];
}

/** @throws AssertionError for whatever does not hold; @returns the line of the table */
export async function judge(badDay: BadDay, day: Day): Promise<Row> {
  const { whole, people } = day;
  const { expect } = badDay;
  const row = toRow(badDay, day);
  const posts = whole.simulator.tenant.reprovisionPosts();
  const restarts = people.restarts();
  inRange(restarts, expect.restarts, 'new starts by Adam');
  inRange(posts.received, [expect.received[0], expect.received[1] + restarts], 'POSTs that reached Graph');
  assert.equal(posts.applied, expect.applied, 'builds started by our POSTs');
  inRange(people.notices(people.story.owner, people.story.told), expect.told, `“${people.story.told}”`);
  const { channelTold } = people.story;
  if (channelTold)
    inRange(people.notices('channel', channelTold), expect.channelTold, `“${channelTold}” in the channel`);
  inRange(whole.simulator.tenant.mails.length, expect.mails, 'mails');
  for (const [place, words] of Object.entries(expect.seen))
    assert.match(inShort(people.seenBy(place as Place)), words, whatWasSeen(people, place as Place));
  if (expect.history) await checkHistory(people, expect.history);
  checkLog(day, expect);
  await checkStored(day, expect);
  await checkStore(day);
  return row;
}

function whatWasSeen(people: People, place: Place): string {
  return `what ${place} saw: ${inShort(people.seenBy(place))}`;
}

/** A mail that gets no answer is waited for. */
async function checkHistory(people: People, words: RegExp): Promise<void> {
  const deadline = performance.now() + 40_000;
  let history = await people.history();
  for (; !words.test(history) && performance.now() < deadline; history = await people.history()) await wait(2000);
  assert.match(history, words, 'the history');
}

function inRange(count: number, [least, most]: Range, what: string): void {
  assert.ok(count >= least && count <= most, `${what}: ${count}, expected ${least} to ${most}`);
}

function toRow(day: BadDay, { whole, people }: Day): Row {
  const { asker, owner } = people.story;
  const names: Partial<Record<CastMember, string>> = { ada: 'Ada', adam: 'Adam', ben: 'Ben', ivan: 'Ivan' };
  const told = [...new Set([asker, owner])].map((one) => {
    const short = inShort(people.seenBy(one));
    return one === 'ada' ? short : `${names[one]}: ${short}`;
  });
  const mailed = whole.simulator.tenant.mails.map(({ message }) => `mailed: “${message.subject}”`);
  const others = (['ivan', 'adam'] as const)
    .filter((one) => one !== asker)
    .map((one) => [one, people.seenBy(one).filter(({ kind }) => kind === 'text' || kind === 'notice')] as const)
    .filter(([, seen]) => seen.length > 0)
    .map(([one, seen]) => `${names[one]} ${inShort(seen)}`);
  const posts = whole.simulator.tenant.reprovisionPosts();
  const ended = people.restarts() > 0 ? `${day.expect.end}, after Adam started it again` : day.expect.end;
  return {
    day,
    ada: [...told, ...mailed].join('; '),
    it: [inShort(people.seenBy('channel')), ...others].join('; '),
    posts: `${posts.received}/${posts.applied}`,
    end: ended,
  };
}

/** Nothing failed inside but what this day is about, and nobody was shown a fault of ours. */
function checkLog({ whole, people }: Day, { errors }: Expectation): void {
  const faults = whole.log.lines.filter(({ level, msg }) => level === 'error' && !errors?.test(msg));
  assert.deepEqual(
    faults.map(({ msg, fields }) => `${msg} ${String((fields as { err?: unknown }).err ?? '')}`),
    [],
  );
  for (const place of [...placesOf(people), 'ivan'] as const)
    assert.doesNotMatch(
      inShort(people.seenBy(place)),
      /Something went wrong on my side|\(error\)/,
      whatWasSeen(people, place),
    );
}

/** What the bot shows from its store now is what the cards said: nobody was left with an old card. */
async function checkStored({ people }: Day, { end }: Expectation): Promise<void> {
  const shown = await people.says('adam', `status ${people.code()}`);
  const later = isMoment(shown) ? await awaits(() => cardAfterMoment(people)) : shown;
  assert.equal(later?.words, end, 'what is stored, as Adam is shown it');
}

function cardAfterMoment(people: People): Seen | null {
  const newest = people.seenBy('adam').at(-1) ?? null;
  return isMoment(newest) ? null : newest;
}

/** On PostgreSQL: an intent for every POST, at most one that may have been applied, one approval, no card left behind. */
async function checkStore({ whole }: Day): Promise<void> {
  if (!whole.database) return;
  const client = new pg.Client({ connectionString: whole.database.databaseUrl });
  await client.connect();
  try {
    const count = async (rows: string) =>
      Number((await client.query<{ count: string }>(`select count(*) from (${rows}) rows`)).rows[0]?.count ?? -1);
    const { received } = whole.simulator.tenant.reprovisionPosts();
    assert.ok((await count('select 1 from intents')) >= received, 'a POST without an intent');
    const unclear = `select 1 from intents where state <> 'notApplied' group by item_id, attempt having count(*) > 1`;
    assert.equal(await count(unclear), 0, 'a second start without an admin’s word');
    assert.equal(await count(`select 1 from audit where action = 'request.approved'`), 1, 'approvals in the audit');
    const late = `select 1 from cards where wanted > shown and state = 'open' and due_at is null`;
    assert.equal(await count(late), 0, 'a card that should say more and is not due');
    const open = `select 1 from items where ended_at is null`;
    assert.equal(await count(open), 0, 'an item that has not ended');
  } finally {
    await client.end();
  }
}
