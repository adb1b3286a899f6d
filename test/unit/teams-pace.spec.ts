// How fast messages go out, by a clock that only the test moves.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createPace, type Pace, type PaceClock } from '../../src/teams/pace.ts';

interface Sleeper {
  at: number;
  order: number;
  wake(): void;
}

/** Time goes on when everybody waits; who waits is woken in order. */
function createClock() {
  let now = 1_000;
  let order = 0;
  const sleepers: Sleeper[] = [];
  const clock: PaceClock = {
    now: () => now,
    wait: (ms) =>
      new Promise((wake) => {
        order += 1;
        sleepers.push({ at: now + ms, order, wake });
      }),
  };
  return {
    clock,
    pass(ms: number) {
      now += ms;
    },
    /** Until nobody waits any more. */
    async run() {
      for (;;) {
        await new Promise<void>((done) => setImmediate(done));
        const [next] = sleepers.sort((a, b) => a.at - b.at || a.order - b.order);
        if (!next) return;
        sleepers.shift();
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}

interface Sent {
  conversationId: string;
  number: number;
  at: number;
}

function createScene() {
  const time = createClock();
  const pace = createPace(time.clock);
  const sent: Sent[] = [];
  const refused: { conversationId: string; afterMs: number }[] = [];
  let number = 0;
  const send = async (conversationId: string, mostMs?: number) => {
    number += 1;
    const own = number;
    const mustWait = await pace.take(conversationId, mostMs);
    if (mustWait) refused.push({ conversationId, ...mustWait });
    else sent.push({ conversationId, number: own, at: time.clock.now() });
  };
  return { ...time, pace: pace as Pace, sent, refused, send };
}

function most(times: readonly number[], withinMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + withinMs).length));
}

describe('The pace of messages', () => {
  it('When few messages go out, then none waits', async () => {
    const { send, sent, run } = createScene();

    for (let count = 0; count < 5; count += 1) void send('a');
    for (let count = 0; count < 5; count += 1) void send('b');
    await run();

    assert.equal(sent.length, 10);
    assert.ok(sent.every(({ at }) => at === 1_000));
  });

  it('When one conversation gets many at once, then they go out in order and within its limits', async () => {
    const { send, sent, refused, run } = createScene();

    for (let count = 0; count < 60; count += 1) void send('a');
    await run();

    const times = sent.map(({ at }) => at);
    assert.deepEqual(
      sent.map(({ number }) => number),
      Array.from({ length: sent.length }, (_, index) => index + 1),
    );
    assert.equal(most(times, 1_000), 5);
    assert.equal(most(times, 2_000), 7);
    assert.ok(Math.max(...times) <= 11_000);
    assert.equal(sent.length + refused.length, 60);
    assert.ok(refused.length > 0);
  });

  it('When one must wait longer than ten seconds, then it is sent back at once with the time, and takes no place', async () => {
    const { send, sent, refused, pace, pass, run } = createScene();
    for (let count = 0; count < 100; count += 1) void send('a');
    await run();
    const before = sent.length;
    const [first] = refused;
    assert.ok(first && first.afterMs > 10_000 && first.afterMs <= 12_000, JSON.stringify(first));
    assert.ok(refused.every(({ afterMs }) => afterMs === first.afterMs));

    pass(first.afterMs);
    const answers = Promise.all([pace.take('a'), pace.take('a')]);
    await run();

    assert.deepEqual(await answers, [null, null]);
    assert.ok(before >= 36);
  });

  it('When the caller cannot wait, then it is sent back sooner', async () => {
    const { send, sent, refused, run } = createScene();

    for (let count = 0; count < 8; count += 1) void send('a', 1_000);
    await run();

    assert.equal(sent.length, 7);
    assert.deepEqual(refused, [{ conversationId: 'a', afterMs: 2_000 }]);
  });

  it('When a conversation is busy for half a minute, then it gets fifty in any thirty seconds', async () => {
    const { send, sent, pass, run } = createScene();

    for (let round = 0; round < 120; round += 1) {
      void send('a');
      await run();
      pass(300);
    }

    const times = sent.map(({ at }) => at);
    assert.equal(most(times, 30_000), 50);
    assert.ok(most(times, 1_000) <= 5 && most(times, 2_000) <= 7);
  });

  it('When a conversation is busy for hours, then it gets less than 1,800 in any hour', async () => {
    const { send, sent, pass, run } = createScene();

    for (let round = 0; round < 4_000; round += 1) {
      void send('a');
      await run();
      pass(1_000);
    }

    const times = sent.map(({ at }) => at);
    const inHour = times.filter((at) => at < times[0]! + 3_600_000).length;
    assert.equal(inHour, 1_700);
  });

  it('When many conversations get one each, then at most twenty go out in a second', async () => {
    const { send, sent, refused, run } = createScene();

    for (let person = 0; person < 150; person += 1) void send(`person ${person}`);
    await run();

    assert.equal(refused.length, 0);
    assert.equal(
      most(
        sent.map(({ at }) => at),
        1_000,
      ),
      20,
    );
    assert.deepEqual(
      sent.map(({ number }) => number),
      Array.from({ length: 150 }, (_, index) => index + 1),
    );
    assert.ok(Math.max(...sent.map(({ at }) => at)) <= 1_000 + 7_500);
  });

  it('When more wait than go out in ten seconds, then the others are sent back and not kept', async () => {
    const { send, sent, refused, run } = createScene();

    for (let person = 0; person < 1_000; person += 1) void send(`person ${person}`);
    await run();

    assert.equal(sent.length, 220);
    assert.equal(refused.length, 780);
    assert.ok(refused.every(({ afterMs }) => afterMs > 10_000));
  });

  it('When one conversation waits for itself, then it holds up nobody else', async () => {
    const { send, sent, run } = createScene();

    for (let count = 0; count < 30; count += 1) void send('slow');
    void send('quick');
    await run();

    assert.equal(sent.find(({ conversationId }) => conversationId === 'quick')?.at, 1_000);
  });

  it('When conversations are idle for an hour, then they are forgotten; before that, none is', async () => {
    const { send, pace, pass, run } = createScene();
    for (let person = 0; person < 100; person += 1) void send(`person ${person}`);
    await run();
    assert.equal(pace.size, 100);

    pass(3_500_000);
    void send('person 7');
    await run();
    assert.equal(pace.size, 100);

    pass(200_000);
    void send('another');
    await run();
    assert.equal(pace.size, 2);
  });

  it('When messages come in any way, then no limit is broken', async () => {
    const step = fc.record({ who: fc.integer({ min: 0, max: 3 }), pause: fc.constantFrom(0, 0, 0, 10, 400, 3_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const { send, sent, pass, run } = createScene();

        for (const { who, pause } of steps) {
          void send(`person ${who}`);
          if (pause > 0) await run();
          pass(pause);
        }
        await run();

        assert.ok(
          most(
            sent.map(({ at }) => at),
            1_000,
          ) <= 20,
        );
        for (const who of [0, 1, 2, 3]) {
          const own = sent.filter(({ conversationId }) => conversationId === `person ${who}`);
          const times = own.map(({ at }) => at);
          assert.ok(most(times, 1_000) <= 5 && most(times, 2_000) <= 7 && most(times, 30_000) <= 50);
          assert.deepEqual(
            own,
            own.toSorted((a, b) => a.number - b.number),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it('When time is real, then a message that waits goes out', async () => {
    const pace = createPace();
    const began = performance.now();

    await Promise.all(Array.from({ length: 6 }, () => pace.take('a')));

    assert.ok(performance.now() - began >= 990);
  });
});
