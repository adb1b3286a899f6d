// Two whole bots on one PostgreSQL database, with one Teams and one Graph around them, as two replicas in production.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bot } from '../../src/compose.ts';
import { second } from '../../src/domain/time.ts';
import { demoTenant, startSimulator } from '../../src/simulator/index.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { FakeCredentials, startTokenAuthority } from './bot-tokens.ts';
import { type ConnectorMessage, type FakeConnector, startConnector } from './connector.ts';
import { answeredCard, cardOf, eventually, findButton, last, wordsOn } from './looking.ts';
import { createPeople } from './people.ts';
import { race } from './race.ts';
import { readLeft } from './racers.ts';
import { createFakeLog } from './running-bot.ts';
import { createTestDatabase, silentLog } from './store.ts';
import { type Activity, botAppId, type CastMember, channelId, postActivity } from './teams.ts';
import { composeTestBot, graphToken, testPolicy } from './whole-bot.ts';

/** Rebuilt as often as the rounds ask for. */
const racePolicy = {
  limits: { ...testPolicy.limits, perCloudPcCooldownMs: 0, startsPerHour: 1_000_000 },
};

export type ReplicaIndex = 0 | 1;

export const otherThan = (replica: ReplicaIndex): ReplicaIndex => (replica === 0 ? 1 : 0);

interface Form {
  message: ConnectorMessage;
  requestId: string;
}

/** A form that was sent, and what became of it. */
interface Submitted extends Form {
  code: string;
  /** The message in the channel with the buttons. */
  approval: ConnectorMessage;
}

export async function startReplicas() {
  // Any token is taken: it tells which replica called.
  const connector = await startConnector();
  const authority = await startTokenAuthority({ appId: botAppId });
  const simulator = await startSimulator({ buildMs: 40, token: graphToken }, demoTenant);
  const database = await createTestDatabase();
  const log = createFakeLog();
  const start = (replica: ReplicaIndex): Promise<Bot> => {
    const credentials = new FakeCredentials(botAppId, tokenOf(replica));
    const around = { connector, authority, simulator, database, credentials, log };
    return composeTestBot(around, { policy: racePolicy, config: { watchEveryMs: 50 } });
  };
  const bots = [await start(0), await start(1)] as const;
  const store = await openStore({ databaseUrl: database.databaseUrl, log: silentLog });
  const teams = { authority, connector };
  const people = [createPeople(bots[0], teams), createPeople(bots[1], teams)] as const;
  const post = (replica: ReplicaIndex, activity: Activity) => postActivity(bots[replica], activity, teams);
  const left = (requestId: string) => readLeft(store, requestId);
  /** Somebody's newest form that was not sent, and the draft that it is for. */
  const formOf = (member: CastMember): Form => {
    const isForm = (one: ConnectorMessage) => JSON.stringify(one.content).includes('"request.submit"');
    const message = last(people[0].messagesOf(member).filter(isForm));
    return { message, requestId: findButton(message, 'request.submit').data?.request as string };
  };
  /** The card in the channel, once it is there. */
  const approvalOf = (code: string): Promise<ConnectorMessage> =>
    eventually(() => {
      const [card, ...more] = threadsWith(people[0].channelMessages(), code);
      assert.ok(card, `no card of ${code} in the channel`);
      assert.equal(more.length, 0, `${more.length + 1} cards of ${code} in the channel`);
      return card;
    });
  return {
    simulator,
    store,
    left,
    /** Everybody, as they reach this replica. */
    at: (replica: ReplicaIndex) => people[replica],
    messagesOf: people[0].messagesOf,
    /** One activity delivered to both at once. */
    toBoth: (activity: Activity) => race([() => post(0, activity), () => post(1, activity)]),
    /** The replica that sent the newest message. */
    lastSender(): ReplicaIndex {
      const sends = connector.calls.filter(({ verb }) => verb === 'send' || verb === 'reply');
      return last(sends).authorization === `Bearer ${tokenOf(0)}` ? 0 : 1;
    },
    /** Ada asks and sends the form; the card stands in the channel. */
    async adaSubmits(replica: ReplicaIndex): Promise<Submitted> {
      await people[replica].says('ada', 'reprovision');
      const { message, requestId } = formOf('ada');
      const inputs = { reason: 'Slow', saved: 'true' };
      const card = answeredCard(await people[otherThan(replica)].presses('ada', message, 'request.submit', inputs));
      const code = codeOn(card);
      return { requestId, code, message, approval: await approvalOf(code) };
    },
    formOf,
    approvalOf,
    threadsWith: (code: string) => threadsWith(people[0].channelMessages(), code),
    /** Followed until nothing is to be done any more. */
    async ended(requestId: string) {
      for (const end = Date.now() + 10 * second; ; await wait(10)) {
        const found = await left(requestId);
        if (found.request.endedAt !== null) return found;
        assert.ok(Date.now() < end, `${found.request.code} is still ${found.request.state}`);
      }
    },
    /** In the end every card is one message that shows its end, everybody was told once, and nothing went wrong. */
    async assertAllTold(finished: number): Promise<void> {
      await eventually(() => assertDelivered(store, connector), 20 * second);
      const ready = people[0].messagesOf('ada').filter((one) => /ist bereit/.test(wordsOn(one)));
      assert.equal(ready.length, finished);
      assert.equal(new Set(ready.map((one) => codeOn(one))).size, finished, 'each once');
      const faults = log.lines.filter(({ level }) => level === 'error');
      assert.deepEqual(faults.slice(0, 3), [], `${faults.length} faults in the log`);
    },
    async stop() {
      await store.close();
      for (const bot of bots) await bot.stop();
      await simulator.close();
      await connector.stop();
      await authority.stop();
      await database.drop();
    },
  };
}

export type Replicas = Awaited<ReturnType<typeof startReplicas>>;

const tokenOf = (replica: ReplicaIndex) => `token-of-replica-${replica}`;

/** The request's code on a card. */
export function codeOn(card: Parameters<typeof wordsOn>[0]): string {
  const [code] = /R-\d+/.exec(wordsOn(card)) ?? [];
  assert.ok(code, `no code on ${wordsOn(card)}`);
  return code;
}

function threadsWith(messages: readonly ConnectorMessage[], code: string): ConnectorMessage[] {
  const isRoot = (one: ConnectorMessage) => one.conversationId === `${channelId};messageid=${one.id}`;
  return messages.filter((one) => isRoot(one) && new RegExp(`${code}\\b`).test(wordsOn(one)));
}

/** Every card is one message, with the newest state and without the buttons of an open request; every notice is sent. */
async function assertDelivered(store: Store, connector: FakeConnector): Promise<void> {
  const rows = await store.db
    .selectFrom('cards')
    .innerJoin('requests', 'requests.id', 'cards.request_id')
    .select(['code', 'activity_id', 'shown', 'wanted', 'requests.version', 'cards.state'])
    .execute();
  const isBehind = (row: (typeof rows)[number]) => row.shown !== row.version || row.wanted !== row.version;
  const behind = rows.filter((row) => isBehind(row) || row.state !== 'open');
  assert.deepEqual(behind.slice(0, 3), [], `${behind.length} cards are not what they should be`);
  for (const row of rows) {
    const [one, ...more] = connector.messages.filter((message) => message.id === row.activity_id);
    assert.equal(more.length, 0);
    const words = JSON.stringify(cardOf(one));
    assert.match(words, new RegExp(`${row.code}\\b`));
    assert.doesNotMatch(words, /"request\.(approve|cancel)"/);
  }
  const unsent = await store.db.selectFrom('notices').selectAll().where('state', '!=', 'sent').execute();
  assert.deepEqual(unsent.slice(0, 3), [], `${unsent.length} notices are not sent`);
}
