// PostgreSQL is gone for a minute, and the wall clock of this machine is ten minutes wrong.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { GraphCall } from '../../../src/simulator/index.ts';
import { createTestDatabase, testStoreKind } from '../../fakes/store.ts';
import { type BadDay, type Day, expecting, livesTheStory } from './bad-day.ts';
import { waitFor } from './graph-faults.ts';
import { type Cut, type StoreProxy, startStoreProxy } from './store-proxy.ts';
import { ownStory, type Story } from './story.ts';

const gone = 60_000;
const tenMinutes = 600_000;

type Moment = 'before the approval' | 'right after the approval' | 'during the build';
/** Something has been sent, and what came of it is not recorded yet. */
type SentMoment = 'the POST is on its way' | '“ready” is on its way';

/** On PostgreSQL only: the embedded store has no wire to cut. */
export function storeOutages(): BadDay[] {
  if (testStoreKind !== 'postgres') return [];
  const moments: readonly Moment[] = ['before the approval', 'right after the approval', 'during the build'];
  const sentMoments: readonly SentMoment[] = ['the POST is on its way', '“ready” is on its way'];
  return (['refuses', 'swallows'] as const).flatMap((how) => [
    ...moments.map((moment) => toOutage(moment, how, (day, proxy) => playOutage(day, moment, how, proxy))),
    ...sentMoments.map((moment) => toOutage(moment, how, (day, proxy) => playOutageWhile(day, moment, how, proxy))),
  ]);
}

function toOutage(moment: string, how: Cut, play: (day: Day, proxy: StoreProxy) => Promise<void>): BadDay {
  const story: Story = { ...ownStory, build: { outcome: 'provisioned', buildMs: 3000 } };
  let proxy: StoreProxy | null = null;
  return {
    theme: 'store',
    place: moment,
    trouble: how,
    story,
    seconds: 120,
    expect: expecting(story),
    async open() {
      const database = await createTestDatabase();
      proxy = await startStoreProxy(database.databaseUrl);
      const databaseUrl = proxy.urlOf(database.databaseUrl);
      return { options: { database: { ...database, databaseUrl } }, close: () => proxy?.close() ?? Promise.resolve() };
    },
    async play(day) {
      assert.ok(proxy);
      await play(day, proxy);
    },
  };
}

async function playOutage(day: Day, moment: Moment, how: Cut, proxy: StoreProxy): Promise<void> {
  const { people, whole } = day;
  await people.asks();
  await people.submits();
  if (moment === 'before the approval') await waitFor(() => people.stateAt('channel') !== null, 'no approval card');
  else await people.approves();
  if (moment === 'during the build') {
    await waitFor(() => whole.simulator.tenant.reprovisionPosts().applied === 1, 'it never began');
    await wait(500);
  }
  assert.equal(await readyz(day), 200);
  await proxy.cut(how);
  const mended = wait(gone).then(() => proxy.mend());
  await wait(1000);
  await Promise.all([
    isNotReady(day),
    getsAnHonestAnswer(() => people.says('ada', 'requests')),
    ...(moment === 'before the approval' ? [getsAnHonestAnswer(() => people.ivanPresses())] : []),
  ]);
  await mended;
  await waitForReady(day);
  if (moment === 'before the approval') await people.approves();
}

/** The database goes while Microsoft has the call and has not answered it. */
async function playOutageWhile(day: Day, moment: SentMoment, how: Cut, proxy: StoreProxy): Promise<void> {
  let cut: Promise<void> | null = null;
  const cutOnce = (isIt: boolean) => {
    if (isIt) cut ??= proxy.cut(how);
    return false;
  };
  const { simulator, connector } = day.whole;
  if (moment === 'the POST is on its way')
    simulator.faults.add({ match: { where: ({ path }) => cutOnce(path.endsWith('/reprovision')) }, fault: 'hang' });
  else
    connector.failNext({
      where: ({ body }) => cutOnce(String(body?.summary ?? '').startsWith(day.people.story.told)),
      times: Number.POSITIVE_INFINITY,
      status: 500,
    });
  await livesTheStory(day);
  await waitFor(() => cut !== null, 'the moment never came');
  await wait(gone);
  await proxy.mend();
  await waitForReady(day);
}

async function readyz({ whole }: Day): Promise<number> {
  return (await fetch(`${whole.bot.url}/readyz`)).status;
}

async function isNotReady(day: Day): Promise<void> {
  assert.equal(await readyz(day), 503, 'readyz while the store is gone');
  assert.equal((await fetch(`${day.whole.bot.url}/healthz`)).status, 200, 'healthz while the store is gone');
}

async function waitForReady(day: Day): Promise<void> {
  for (const end = performance.now() + 30_000; (await readyz(day)) !== 200; await wait(250))
    assert.ok(performance.now() < end, 'readyz is not ready again');
}

/** Within the time in which Teams waits for the bot, and in words that help. */
async function getsAnHonestAnswer(act: () => Promise<{ words: string } | null>): Promise<void> {
  const from = performance.now();
  const seen = await act();
  assert.match(seen?.words ?? 'nothing', /My memory is not reachable/, 'what is answered while the store is gone');
  assert.ok(performance.now() - from < 15_000, 'the answer came after Teams had given up');
}

export function wrongClocks(): BadDay[] {
  const offsets = [
    ['ahead', tenMinutes],
    ['behind', -tenMinutes],
  ] as const;
  return offsets.flatMap(([name, offset]) => [
    toWrongClock('from the start', `ten minutes ${name}`, offset, null),
    ...Object.entries(jumps).map(([moment, isMoment]) =>
      toWrongClock(moment, `jumps to ten minutes ${name}`, offset, isMoment),
    ),
  ]);
}

/** The jump comes while this request is on its way. */
const jumps: Record<string, (call: GraphCall) => boolean> = {
  'between approval and start': (call) =>
    call.path === '/$batch' && JSON.stringify(call.body).includes('getSupportedCloudPcRemoteActions'),
  'right after the POST': (call) => call.method === 'POST' && call.path.endsWith('/reprovision'),
  'during the build': (call) => call.method === 'GET' && /\/cloudPCs\/[^/]+$/.test(call.path),
};

/** What is due by a clock that was ahead waits until the clock has come that far: so long nobody can wait here. */
const wrongForMs = 15_000;

function toWrongClock(
  place: string,
  trouble: string,
  offset: number,
  isMoment: ((call: GraphCall) => boolean) | null,
): BadDay {
  const story: Story = { ...ownStory, build: { outcome: 'provisioned', buildMs: 3000 } };
  const isBack = isMoment !== null && offset < 0;
  let wrongBy = isMoment ? 0 : offset;
  const clock = { now: () => Date.now() + wrongBy, monotonic: () => performance.now() };
  return {
    theme: 'clock',
    place,
    trouble: isBack ? `${trouble}, and is set right ${wrongForMs / 1000} s later` : trouble,
    story,
    seconds: isBack ? 40 : 15,
    expect: expecting(story),
    open: async () => ({ options: { clock } }),
    async play(day) {
      if (!isMoment) return livesTheStory(day);
      const { people, whole } = day;
      await people.asks();
      await people.submits();
      const where = (call: GraphCall) => {
        if (wrongBy === 0 && isMoment(call)) wrongBy = offset;
        return false;
      };
      const hook = whole.simulator.faults.add({ match: { where }, fault: { delayMs: 0 } });
      await people.approves();
      await waitFor(() => wrongBy !== 0, 'the clock never jumped');
      hook.remove();
      if (!isBack) return;
      await wait(wrongForMs);
      wrongBy = 0;
    },
  };
}
