// Two workers have the same card, the same message or the same mail in hand at once: one takes the lease and sends it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Notice, Tx } from '../../src/domain/ports.ts';
import { deliverCard } from '../../src/requests/deliver-card.ts';
import { deliverNotice } from '../../src/requests/deliver-notice.ts';
import type { NoticeDeps } from '../../src/requests/notice-row.ts';
import {
  createStartingLine,
  forEachRound,
  type Place,
  race,
  raceTimeoutMs,
  rounds,
  startTally,
} from '../fakes/race.ts';
import { openTwoStores } from '../fakes/racers.ts';
import { inStore, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { aCard, aConversation, aNotice, aRequest } from '../fakes/store-rows.ts';
import { aPolicy, noTicket } from '../fakes/things.ts';

const replicaNames = ['first replica', 'second replica'] as const;

describe(`races of senders on the ${testStoreKind} store`, function () {
  this.timeout(raceTimeoutMs);
  let opened: Awaited<ReturnType<typeof openTwoStores>>;
  let line: ReturnType<typeof createStartingLine>;
  /** Who sent something, each time. */
  let senders: (typeof replicaNames)[number][];

  beforeEach(async () => {
    opened = await openTwoStores();
    await store((tx) => tx.conversations.upsert(aConversation()));
    senders = [];
  });
  afterEach(() => opened.close());

  const store = <T>(work: (tx: Tx) => Promise<T>) => inStore(opened.stores[0], work);

  /** Whoever sends takes a while, so that the other would find it still unsent. */
  function replica(index: 0 | 1): NoticeDeps {
    const sent = async <T>(answer: T): Promise<T> => {
      senders.push(replicaNames[index]);
      await wait(5);
      return answer;
    };
    const delivered = { kind: 'delivered' as const, activityId: 'message-1', conversation: null };
    return {
      policy: aPolicy,
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      ids: { next: randomUUID },
      log: silentLog,
      unitOfWork: line.around(opened.stores[index].unitOfWork(recordingOutbox())),
      signIns: null,
      bulkWay: 'each',
      tenant: { read: async () => ({ person: { mail: 'ada@contoso.com' } }) as never, look: async () => [] as never },
      messenger: { send: () => sent(delivered), edit: () => sent(delivered) },
      mailer: { send: () => sent({ kind: 'accepted' as const }), sendTicket: noTicket },
    };
  }

  async function atOnce(deliver: (deps: NoticeDeps) => Promise<void>): Promise<(typeof replicaNames)[number]> {
    senders = [];
    line.draw(2);
    await race([() => deliver(replica(0)), () => deliver(replica(1))]);
    const [sender, ...more] = senders;
    assert.ok(sender, 'somebody sends it');
    assert.deepEqual(more, [], 'and nobody else');
    return sender;
  }

  const drawLineAt = (place: Place) => {
    line = createStartingLine(place);
  };

  async function aWaitingNotice(changes: Partial<Notice>): Promise<Notice> {
    const request = aRequest();
    const notice = aNotice(request, { createdAt: Date.now(), dueAt: Date.now(), ...changes });
    await store(async (tx) => {
      await tx.requests.insert(request);
      await tx.notices.insert(notice, 'once');
    });
    return notice;
  }

  it('When two run the same new card at once, then it is sent once', async function () {
    drawLineAt('cards.lock');
    const tally = startTally(...replicaNames);
    await forEachRound(rounds, async () => {
      const request = aRequest();
      const card = aCard(request, { wanted: 1, shown: 0, dueAt: Date.now(), activityId: null });
      await store(async (tx) => {
        await tx.requests.insert(request);
        await tx.cards.insert(card);
      });

      tally.count(await atOnce((deps) => deliverCard(deps, card.id)));

      const after = await store((tx) => tx.cards.lock(card.id));
      assert.deepEqual([after?.shown, after?.activityId, after?.lease], [1, 'message-1', null]);
    });
    line.assertMet(rounds);
    tally.end(this);
  });

  for (const [name, changes] of [
    ['message', {}],
    ['mail', { via: 'mail', mail: 'ready' }],
  ] as const) {
    it(`When two run the same ${name} at once, then it is sent once`, async function () {
      drawLineAt('notices.lock');
      const tally = startTally(...replicaNames);
      await forEachRound(rounds, async () => {
        const notice = await aWaitingNotice(changes);

        tally.count(await atOnce((deps) => deliverNotice(deps, notice.id)));

        const after = await store((tx) => tx.notices.lock(notice.id));
        assert.deepEqual([after?.state, after?.dueAt], ['sent', null]);
      });
      line.assertMet(rounds);
      tally.end(this);
    });
  }
});
