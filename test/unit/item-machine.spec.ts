// Property tests of the item's state machine: whatever comes in whatever order, nothing is started twice, nothing
// happens after the end, and there is always a way out.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Baseline } from '../../src/domain/baseline.ts';
import { decideItem } from '../../src/domain/decide-item.ts';
import {
  finishedItemStates,
  type Item,
  type ItemEvent,
  type ItemState,
  isFinished,
  itemStates,
} from '../../src/domain/item.ts';
import { mostGivenBack } from '../../src/domain/item-start.ts';
import { hour, minute } from '../../src/domain/time.ts';
import { aCloudPc, anItem, limits, someBaseline } from '../fakes/things.ts';

const statuses = ['provisioned', 'provisionedWithWarnings', 'failed', 'provisioning', 'inGracePeriod', 'somethingNew'];

interface World {
  item: Item;
  now: number;
  /** Every intent that was committed, in order. */
  intents: string[];
  /** What Graph or an admin said that allows another intent. */
  allowances: number;
  states: ItemState[];
}

type Move = { wait: number; make: (world: World) => ItemEvent };

const anIntent = (world: World, isRight: boolean) => (isRight ? (world.item.intentId ?? 'none') : 'another');
const aBulkAction = (isRight: boolean) => (isRight ? 'bulk-1' : 'bulk-2');
/** Graph may not have said which one it is. */
const anAcceptedBulkAction = (isRight: boolean) => (isRight ? 'bulk-1' : null);
const anAttempt = (world: World, isRight: boolean) => (isRight ? world.item.attempt : world.item.attempt + 1);

const aMove: fc.Arbitrary<Move> = fc
  .record({
    wait: fc.constantFrom(0, 1000, 40_000, 5 * minute, hour, 7 * hour),
    // The way forward more often than the rest, so that the deep states are reached too.
    kind: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(0, 3, 5, 8, 9, 11, 17) },
      { weight: 1, arbitrary: fc.nat(21) },
    ),
    isRight: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    status: fc.constantFrom(...statuses),
    provisionedAt: fc.constantFrom(1, 2, null),
    modifiedAt: fc.constantFrom(1, 2),
    action: fc.constantFrom(null, 5, 6),
    actionState: fc.constantFrom('active', 'done', 'failed'),
    successors: fc.constantFrom(null, 0, 1, 2),
    isSkip: fc.boolean(),
    isSaid: fc.boolean(),
  })
  .map(
    ({ wait, kind, isRight, status, provisionedAt, modifiedAt, action, actionState, successors, isSkip, isSaid }) => ({
      wait,
      make: (world: World): ItemEvent => {
        const lastAction = action === null ? null : { name: 'Reprovision', state: actionState, startedAt: action };
        const pc = aCloudPc({ status, provisionedAt, modifiedAt, lastAction });
        const intentId = anIntent(world, isRight);
        const detail = null;
        const found =
          successors === null ? null : Array.from({ length: successors }, (_, n) => aCloudPc({ id: `new-${n}` }));
        const events: ItemEvent[] = [
          { type: 'checkBegan' },
          { type: 'hold', reason: 'paused', until: world.now + minute },
          { type: 'refuse', reason: 'busy' },
          { type: 'begin', intentId: `intent-${world.intents.length + 1}`, baseline: someBaseline(), cloudPc: pc },
          { type: 'foundStarted' },
          { type: 'accepted', intentId },
          { type: 'notApplied', intentId, retryAt: world.now + minute, detail },
          { type: 'rejected', intentId, isBusy: isRight, detail },
          { type: 'unknown', intentId },
          { type: 'seen', pc },
          { type: 'gone', ownersCloudPcs: found },
          { type: 'time' },
          { type: 'startAgain', attempt: anAttempt(world, isRight) },
          { type: 'treatAsStarted', attempt: anAttempt(world, isRight) },
          { type: 'close', attempt: anAttempt(world, isRight) },
          { type: 'needSignIn', askAgainAt: world.now + minute },
          { type: 'signedIn' },
          { type: 'accepted', intentId, bulkActionId: anAcceptedBulkAction(isSaid), waitsForWindow: isSkip },
          { type: 'rejected', intentId, isBusy: false, detail, skip: isSkip ? 'notInIntune' : 'notOffered' },
          { type: 'bulkEnded', bulkActionId: aBulkAction(isRight) },
          { type: 'hold', reason: 'bulk', until: world.now + hour },
        ];
        return events[kind] ?? { type: 'cancel' };
      },
    }),
  );

/** An answer to a call that is not this item's newest, or a press on a card of another attempt. */
function isForAnother(event: ItemEvent, item: Item): boolean {
  switch (event.type) {
    case 'accepted':
    case 'notApplied':
    case 'rejected':
    case 'unknown':
      return event.intentId !== item.intentId;
    case 'startAgain':
    case 'treatAsStarted':
    case 'close':
      return event.attempt !== item.attempt;
    case 'bulkEnded':
      return event.bulkActionId !== item.bulkActionId;
    default:
      return false;
  }
}

function play(moves: readonly Move[]): World {
  const world: World = { item: anItem(), now: 1_000_000, intents: [], allowances: 1, states: ['queued'] };
  for (const move of moves) {
    world.now += move.wait;
    const event = move.make(world);
    const before = world.item;
    const change = decideItem(before, event, world.now, limits);
    if (!change) continue;
    assert.ok(!isForAnother(event, before), `${event.type} of another intent or attempt changed ${before.state}`);
    if (event.type === 'begin') world.intents.push(event.intentId);
    if (event.type === 'notApplied' && !isFinished(change.item.state)) world.allowances += 1;
    if (event.type === 'startAgain') world.allowances += 1;
    assert.ok(!isFinished(before.state), `${event.type} changed a finished item (${before.state})`);
    world.item = change.item;
    world.states.push(change.item.state);
  }
  return world;
}

describe('item state machine', () => {
  it('When any events come in any order, then there is never a start without a new permission', () => {
    const reached = new Set<ItemState>();

    fc.assert(
      fc.property(fc.array(aMove, { minLength: 10, maxLength: 60 }), (moves) => {
        const world = play(moves);

        assert.ok(
          world.intents.length <= world.allowances,
          `${world.intents.length} intents, ${world.allowances} allowed`,
        );
        assert.equal(new Set(world.intents).size, world.intents.length);
        for (const state of world.states) reached.add(state);
      }),
      { numRuns: 3000 },
    );

    assert.deepEqual([...reached].sort(), [...itemStates].sort(), 'the events did not reach every state');
  });

  it('When any events have come, then an unfinished item still has a way to an end', () => {
    fc.assert(
      fc.property(fc.array(aMove, { maxLength: 40 }), (moves) => {
        const world = play(moves);

        assert.ok(reachesEnd(world.item, world.now), `${world.item.state} cannot end`);
      }),
      { numRuns: 2000 },
    );
  });

  it('When any events have come, then what must happen next is due: by advance, by watch, or by an admin', () => {
    fc.assert(
      fc.property(fc.array(aMove, { maxLength: 40 }), (moves) => {
        const { item } = play(moves);

        if (isFinished(item.state)) assert.deepEqual([item.dueAt, item.lookAt], [null, null]);
        else if (item.state === 'needsOperator' || item.state === 'timedOut') assert.notEqual(item.lookAt, null);
        // How long its maintenance window lets it wait, only Graph knows.
        else if (item.waitsForWindow && item.dueAt === null) assert.notEqual(item.lookAt, null);
        else if (item.state !== 'queued') assert.notEqual(item.dueAt, null, item.state);
      }),
      { numRuns: 2000 },
    );
  });

  it('When nothing was applied again and again, then it ends as not started after the last permission', () => {
    let item: Item = { ...anItem(), state: 'checking' };
    let intents = 0;

    for (let round = 0; round <= mostGivenBack + 2 && !isFinished(item.state); round += 1) {
      const begun = decideItem(
        item,
        { type: 'begin', intentId: `i${round}`, baseline: someBaseline(), cloudPc: aCloudPc() },
        round,
        limits,
      );
      assert.ok(begun);
      intents += 1;
      item =
        decideItem(
          begun.item,
          { type: 'notApplied', intentId: `i${round}`, retryAt: round, detail: null },
          round,
          limits,
        )?.item ?? item;
    }

    assert.equal(item.state, 'failed');
    assert.equal(item.outcome?.code, 'notStarted');
    assert.equal(intents, mostGivenBack + 1);
  });
});

/** Only what can always happen: time passes, a sign-in stays missing, a bulk action ends, an admin closes, checks come to a result. */
function reachesEnd(start: Item, from: number): boolean {
  let item = start;
  let now = from;
  for (let round = 0; round < 12 && !isFinished(item.state); round += 1) {
    now += 8 * hour;
    const ways: ItemEvent[] = [
      { type: 'checkBegan' },
      { type: 'refuse', reason: 'graphUnavailable' },
      { type: 'time' },
      { type: 'needSignIn', askAgainAt: now },
      { type: 'bulkEnded', bulkActionId: item.bulkActionId ?? '' },
      { type: 'close', attempt: item.attempt },
    ];
    for (const event of ways) item = decideItem(item, event, now, limits)?.item ?? item;
  }
  return finishedItemStates.includes(item.state);
}

describe('what belongs to an earlier start', () => {
  const again = { ...anItem(), state: 'starting', intentId: 'second', attempt: 1 } as Item;

  it('When the answer to an earlier call comes late, then it neither allows another one nor ends this one', () => {
    const earlier = { intentId: 'first', detail: null };
    const answers: ItemEvent[] = [
      { type: 'accepted', ...earlier },
      { type: 'notApplied', ...earlier, retryAt: 1 },
      { type: 'rejected', ...earlier, isBusy: true },
      { type: 'unknown', ...earlier },
    ];

    for (const event of answers) assert.equal(decideItem(again, event, 1000, limits), null, event.type);
  });

  it('When an admin presses a button of an earlier attempt, then nothing happens', () => {
    for (const state of ['needsOperator', 'timedOut'] as const)
      for (const type of ['startAgain', 'treatAsStarted', 'close'] as const)
        for (const attempt of [0, 2])
          assert.equal(decideItem({ ...again, state }, { type, attempt }, 1000, limits), null, `${type} in ${state}`);
  });
});

describe('a start in the requester’s own name', () => {
  const checking = (changes: Partial<Item> = {}): Item => ({
    ...anItem(),
    state: 'checking',
    checkingAt: 0,
    ...changes,
  });
  const missing = (item: Item, now: number) =>
    decideItem(item, { type: 'needSignIn', askAgainAt: now + minute }, now, limits);

  it('When the sign-in stays missing for three days, then it ends as not started, and it was told once', () => {
    const first = missing(checking(), 0);
    const later = first && missing(first.item, 71 * hour);
    const end = later && missing(later.item, 72 * hour);

    assert.deepEqual([first?.item.state, first?.news], ['needsSignIn', 'needsSignIn']);
    assert.deepEqual([later?.item.state, later?.news], ['needsSignIn', null]);
    assert.deepEqual([end?.item.state, end?.item.outcome?.code], ['skipped', 'notSignedIn']);
  });

  it('When a call may have arrived before, then its end is put to an admin, who may have it asked for anew', () => {
    const first = missing(checking({ attempt: 1, baseline: someBaseline() }), 0);
    const asked = first && missing(first.item, 72 * hour);
    assert.equal(asked?.item.state, 'needsOperator');
    const again = asked && decideItem(asked.item, { type: 'startAgain', attempt: 2 }, 73 * hour, limits);
    const waiting = again && missing(again.item, 73 * hour);

    assert.deepEqual([waiting?.item.state, waiting?.news], ['needsSignIn', 'needsSignIn']);
  });

  it('When starts are paused after the sign-in, then the time for the next one begins anew', () => {
    const waiting = missing(checking(), 0)?.item;
    const signedIn = waiting && decideItem(waiting, { type: 'signedIn' }, hour, limits)?.item;
    assert.equal(signedIn?.state, 'checking');
    const hold: ItemEvent = { type: 'hold', reason: 'paused', until: 2 * hour };
    const paused = signedIn && decideItem(signedIn, hold, hour, limits)?.item;
    const lapsed = paused && missing(paused, 100 * hour);

    assert.deepEqual([lapsed?.item.state, lapsed?.item.signInSince], ['needsSignIn', 100 * hour]);
  });

  it('When an earlier call may have arrived and the next one was not taken, then its effect is still looked for', () => {
    const begun = (attempt: number): Item => ({
      ...checking({ attempt, baseline: someBaseline() }),
      state: 'starting',
      intentId: 'i1',
    });
    const refused = (attempt: number) =>
      decideItem(begun(attempt), { type: 'notApplied', intentId: 'i1', retryAt: 0, detail: null }, 0, limits)?.item;

    assert.deepEqual([refused(0)?.baseline, refused(1)?.baseline?.cloudPcId], [null, 'pc-1']);
  });
});

describe('what a look at the Cloud PC decides', () => {
  const building = (baseline: Partial<Baseline> = {}): Item => ({
    ...anItem(),
    state: 'building',
    baseline: { ...someBaseline(), ...baseline },
    intentId: 'i1',
    startingAt: 0,
    buildingAt: 0,
  });
  const see = (item: Item, pc: Parameters<typeof aCloudPc>[0], now = minute) =>
    decideItem(item, { type: 'seen', pc: aCloudPc(pc) }, now, limits)?.item;

  it('When Graph still shows the old state, then it goes on building', () => {
    assert.equal(see(building(), { status: 'provisioned', provisionedAt: 1 })?.state, 'building');
  });

  it('When the provisioned date is another one, then it is ready, and another name is kept', () => {
    const item = see(building(), { status: 'provisioned', provisionedAt: 2, name: 'CPC-ada-9X2LM' });

    assert.equal(item?.state, 'ready');
    assert.equal(item?.newName, 'CPC-ada-9X2LM');
  });

  it('When it failed before and still shows that, then only a later change counts as failed', () => {
    const failed = building({ status: 'failed' });

    assert.equal(see(failed, { status: 'failed', modifiedAt: 1 })?.state, 'building');
    assert.equal(see(failed, { status: 'failed', modifiedAt: 2 }, minute)?.state, 'building');
    assert.equal(see(failed, { status: 'failed', modifiedAt: 2 }, 3 * minute)?.state, 'failed');
  });

  it('When a busy state was seen and then failed, then the build failed', () => {
    const busy = see(building(), { status: 'provisioning' });
    assert.ok(busy);

    assert.equal(see(busy, { status: 'failed' })?.state, 'failed');
  });

  it('When a word that nobody knows is shown, then it counts as busy', () => {
    assert.equal(see(building(), { status: 'quantumLeaping' })?.sawBusy, true);
  });

  it('When the id is gone and exactly one new Cloud PC of the same plan is there, then it is followed', () => {
    const gone = decideItem(building(), { type: 'gone', ownersCloudPcs: null }, minute, limits)?.item;
    assert.ok(gone);

    const adopted = decideItem(gone, { type: 'gone', ownersCloudPcs: [aCloudPc({ id: 'new' })] }, minute, limits)?.item;

    assert.equal(adopted?.cloudPc.id, 'new');
    assert.equal(adopted?.state, 'building');
  });

  it('When two new ones could be it, then a person must decide', () => {
    const two = [aCloudPc({ id: 'new-1' }), aCloudPc({ id: 'new-2' })];

    assert.equal(
      decideItem(building(), { type: 'gone', ownersCloudPcs: two }, minute, limits)?.item.state,
      'needsOperator',
    );
  });

  it('When the outcome of the start is unknown and nothing is seen, then a person must decide, and the attempt is raised', () => {
    const unknown: Item = { ...building(), state: 'starting', buildingAt: null, unknownSince: 0 };

    const early = see(unknown, { provisionedAt: 1 }, limits.unknownAfterMs - 1);
    const late = see(unknown, { provisionedAt: 1 }, limits.unknownAfterMs);

    assert.equal(early?.state, 'starting');
    assert.equal(late?.state, 'needsOperator');
    assert.equal(late?.attempt, 1);
  });

  it('When Graph could not be asked since an unclear start, then a person must decide only after the last limit', () => {
    const unknown: Item = { ...building(), state: 'starting', buildingAt: null, unknownSince: 0 };

    const waiting = decideItem(unknown, { type: 'time' }, limits.giveUpAfterMs - 1, limits)?.item;
    const givenUp = decideItem(unknown, { type: 'time' }, limits.giveUpAfterMs, limits)?.item;

    assert.equal(waiting?.state, 'starting');
    assert.equal(waiting?.dueAt, limits.giveUpAfterMs);
    assert.equal(givenUp?.state, 'needsOperator');
  });

  it('When the id is gone after an unclear start, then the list of its owner is read before a person is asked', () => {
    const unknown: Item = { ...building(), state: 'starting', buildingAt: null, unknownSince: 0 };

    const gone = decideItem(unknown, { type: 'gone', ownersCloudPcs: null }, limits.unknownAfterMs, limits)?.item;
    assert.equal(gone?.state, 'starting');
    const nowhere = gone && decideItem(gone, { type: 'gone', ownersCloudPcs: [] }, limits.unknownAfterMs, limits)?.item;

    assert.equal(nowhere?.state, 'needsOperator');
  });

  it('When the outcome of the start is unknown and a new reprovision is seen, then it counts as ours', () => {
    const unknown: Item = { ...building(), state: 'starting', buildingAt: null, unknownSince: 0 };
    const lastAction = { name: 'Reprovision', state: 'active', startedAt: 9 };

    assert.equal(see(unknown, { status: 'provisioned', provisionedAt: 1, lastAction })?.state, 'building');
  });

  it('When it takes too long, then it is slow, then given up, and may still become ready', () => {
    const slow = decideItem(building(), { type: 'time' }, limits.slowAfterMs, limits)?.item;
    assert.equal(slow?.isSlow, true);
    const late = decideItem(slow ?? building(), { type: 'time' }, limits.giveUpAfterMs, limits)?.item;
    assert.equal(late?.state, 'timedOut');

    const ready = late && see(late, { status: 'provisioned', provisionedAt: 2 }, limits.giveUpAfterMs + hour);

    assert.equal(ready?.state, 'ready');
  });

  it('When an admin treats a vanished one as started, then it is looked for anew instead of asking at once again', () => {
    const asked: Item = { ...building(), state: 'needsOperator', attempt: 1, missingSince: 0 };

    const followed = decideItem(asked, { type: 'treatAsStarted', attempt: 1 }, hour, limits)?.item;
    assert.ok(followed);
    const looked = decideItem(followed, { type: 'gone', ownersCloudPcs: [] }, hour, limits)?.item;

    assert.equal(looked?.state, 'building');
  });

  it('When a check was held for a pause, then that time does not count as Graph being away', () => {
    const checking: Item = { ...anItem(), state: 'checking', checkingAt: 0 };
    const paused = decideItem(checking, { type: 'hold', reason: 'paused', until: 1 }, 0, limits)?.item;
    assert.ok(paused);

    const away = decideItem(paused, { type: 'hold', reason: 'graph', until: 1 }, 7 * hour, limits)?.item;

    assert.equal(away?.checkingAt, 7 * hour);
  });
});

describe('a start together with others', () => {
  const starting: Item = {
    ...anItem(),
    state: 'starting',
    baseline: someBaseline(),
    intentId: 'i1',
    startingAt: 0,
    dueAt: 45_000,
  };
  const accept = (changes: Partial<Extract<ItemEvent, { type: 'accepted' }>> = {}, item = starting) =>
    decideItem(item, { type: 'accepted', intentId: 'i1', ...changes }, minute, limits);
  /** Taken by Windows 365 as part of `bulk-1`. */
  const accepted = (waitsForWindow = false): Item => {
    const change = accept({ bulkActionId: 'bulk-1', waitsForWindow });
    assert.ok(change);
    return change.item;
  };
  const see = (item: Item, pc: Parameters<typeof aCloudPc>[0], now: number) =>
    decideItem(item, { type: 'seen', pc: aCloudPc(pc) }, now, limits);
  const endBulk = (item: Item, bulkActionId = 'bulk-1') =>
    decideItem(item, { type: 'bulkEnded', bulkActionId }, 5 * hour, limits);

  it('When a bulk action has taken it, then it is building and remembers which, and a single start none', () => {
    const together = accepted();
    const alone = accept()?.item;

    assert.deepEqual([together.state, together.bulkActionId, together.waitsForWindow], ['building', 'bulk-1', false]);
    assert.deepEqual([alone?.state, alone?.bulkActionId, alone?.waitsForWindow], ['building', null, false]);
  });

  it('When it is taken although a person was asked meanwhile, then it is followed as part of that bulk action', () => {
    const asked: Item = { ...starting, state: 'needsOperator', attempt: 1, unknownSince: 0 };

    const change = accept({ bulkActionId: 'bulk-1' }, asked);

    assert.deepEqual([change?.item.state, change?.item.bulkActionId], ['building', 'bulk-1']);
  });

  it('When it waits for its maintenance window, then no limit of time holds, and it is looked at', () => {
    const waiting = accepted(true);

    const later = decideItem(waiting, { type: 'time' }, 9 * limits.giveUpAfterMs, limits);
    const looked = later && see(later.item, { provisionedAt: 1 }, 9 * limits.giveUpAfterMs);

    assert.deepEqual([later?.news, later?.item.dueAt, later?.item.isSlow], [null, null, false]);
    assert.deepEqual([looked?.item.state, looked?.item.waitsForWindow, looked?.news], ['building', true, null]);
    assert.notEqual(looked?.item.lookAt, null);
  });

  it('When Graph did not say which bulk action it is part of, then the limits of time hold, since nobody could learn of its end', () => {
    const unnamed = accept({ bulkActionId: null, waitsForWindow: true })?.item;
    const late = unnamed && decideItem(unnamed, { type: 'time' }, minute + limits.giveUpAfterMs, limits);

    assert.deepEqual([unnamed?.waitsForWindow, late?.item.state], [false, 'timedOut']);
  });

  it('When its window has come, then the time of its build begins then, and the limits hold', () => {
    const begun = see(accepted(true), { status: 'provisioning' }, 20 * hour)?.item;
    assert.ok(begun);

    const soon = decideItem(begun, { type: 'time' }, 20 * hour + limits.slowAfterMs - 1, limits);
    const slow = decideItem(begun, { type: 'time' }, 20 * hour + limits.slowAfterMs, limits);

    assert.deepEqual([begun.waitsForWindow, begun.buildingAt, begun.sawBusy], [false, 20 * hour, true]);
    assert.deepEqual([soon?.news, slow?.news], [null, 'slow']);
  });

  it('When it was rebuilt in its window between two looks, then it is ready', () => {
    assert.equal(see(accepted(true), { status: 'provisioned', provisionedAt: 2 }, 20 * hour)?.news, 'ready');
  });

  it('When it was replaced by another Cloud PC while it waited for its window, then that has begun, and the limits hold', () => {
    const found = { type: 'gone', ownersCloudPcs: [aCloudPc({ id: 'new' })] } as const;
    const waiting = decideItem(accepted(true), { type: 'time' }, hour, limits)?.item;
    const adopted = waiting && decideItem(waiting, found, 20 * hour, limits);
    assert.ok(adopted);
    assert.equal(adopted.item.dueAt, 20 * hour);
    const late = decideItem(adopted.item, { type: 'time' }, 20 * hour + limits.giveUpAfterMs, limits);

    assert.deepEqual(
      [adopted.news, adopted.item.waitsForWindow, adopted.item.buildingAt],
      ['adopted', false, 20 * hour],
    );
    assert.equal(late?.item.state, 'timedOut');
  });

  it('When its bulk action has ended without it, then a person must decide, and the attempt is raised', () => {
    for (const waitsForWindow of [false, true]) {
      const change = endBulk(accepted(waitsForWindow));

      assert.equal(change?.news, 'needsOperator');
      const { state, attempt, waitsForWindow: waits, unknownSince, dueAt } = change.item;
      assert.deepEqual([state, attempt, waits, unknownSince, dueAt], ['needsOperator', 1, false, 5 * hour, null]);
      assert.notEqual(change.item.lookAt, null, 'what it does late is still seen');
    }
  });

  it('When a bulk action ends that it is no part of, or it has begun or ended, then nothing happens', () => {
    const item = accepted();
    const others: Item[] = [
      { ...item, sawBusy: true },
      { ...item, bulkActionId: null },
      ...itemStates.filter((state) => state !== 'building').map((state): Item => ({ ...item, state })),
    ];

    assert.equal(endBulk(item, 'bulk-2'), null);
    for (const other of others) assert.equal(endBulk(other), null, other.state);
  });

  it('When an admin has it started again, then the earlier bulk action does not count any more', () => {
    const asked = endBulk(accepted(true))?.item;
    const again = asked && decideItem(asked, { type: 'startAgain', attempt: 1 }, 6 * hour, limits)?.item;
    const begin: ItemEvent = { type: 'begin', intentId: 'i2', baseline: someBaseline(), cloudPc: aCloudPc() };
    const begun = again && decideItem(again, begin, 6 * hour, limits)?.item;

    assert.deepEqual([begun?.state, begun?.bulkActionId, begun?.waitsForWindow], ['starting', null, false]);
    assert.equal(begun && endBulk({ ...begun, state: 'building' }), null);
  });

  it('When Graph names why this one was not taken, then it is left out with that word, and nothing was changed', () => {
    const detail = { code: 'bulk.notFound', message: null };
    for (const skip of ['notInIntune', 'notOffered'] as const) {
      const change = decideItem(starting, { type: 'rejected', intentId: 'i1', isBusy: false, detail, skip }, 1, limits);

      assert.deepEqual([change?.news, change?.item.outcome], ['skipped', { code: skip, detail }]);
    }
  });

  it('When it was not taken and no word says why, then it was not started', () => {
    const rejected: ItemEvent = { type: 'rejected', intentId: 'i1', isBusy: false, detail: null };

    assert.equal(decideItem(starting, rejected, 1, limits)?.item.outcome?.code, 'notStarted');
  });
});

describe('a wave that halts', () => {
  const hold: ItemEvent = { type: 'hold', reason: 'bulk', until: 2 * hour };

  it('When its turn has not come, then it waits as it is, and its check begins when it goes on', () => {
    const held = decideItem(anItem(), hold, hour, limits);
    assert.ok(held);
    const again = decideItem(held.item, { ...hold, until: 3 * hour }, 2 * hour, limits);
    const checked = again && decideItem(again.item, { type: 'checkBegan' }, 3 * hour, limits);

    const { state, hold: reason, dueAt, checkingAt } = held.item;
    assert.deepEqual([held.news, state, reason, dueAt, checkingAt], ['held', 'queued', 'bulk', 2 * hour, null]);
    assert.deepEqual([again?.news, again?.item.dueAt], [null, 3 * hour], 'told once');
    assert.equal(checked?.item.state, 'checking');
  });

  it('When it is being checked, then it waits, may be cancelled, and the start forgets why it waited', () => {
    const checking: Item = { ...anItem(), state: 'checking', checkingAt: 0 };
    const held = decideItem(checking, hold, hour, limits)?.item;
    assert.ok(held);
    const begin: ItemEvent = { type: 'begin', intentId: 'i1', baseline: someBaseline(), cloudPc: aCloudPc() };

    assert.deepEqual([held.state, held.hold, held.checkingAt], ['checking', 'bulk', hour]);
    assert.equal(decideItem(held, { type: 'cancel' }, hour, limits)?.item.state, 'cancelled');
    assert.equal(decideItem(held, begin, hour, limits)?.item.hold, null);
  });

  it('When it has started, waits for a sign-in or is over, then nothing holds it', () => {
    const others = itemStates.filter((state) => state !== 'queued' && state !== 'checking');

    for (const state of others) assert.equal(decideItem({ ...anItem(), state }, hold, hour, limits), null, state);
  });
});
