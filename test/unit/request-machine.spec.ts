// Property tests of the request's state machine.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ItemState, mayStillCancel } from '../../src/domain/item.ts';
import {
  approvalsOf,
  decideRequest,
  endedRequestStates,
  isEnded,
  type Request,
  type RequestEvent,
  type RequestState,
} from '../../src/domain/request.ts';
import { day, hour } from '../../src/domain/time.ts';
import { anItem, aPolicy, aRequest } from '../fakes/things.ts';

const people = ['ada', 'ivan', 'ines', 'adam'].map((id) => ({ id, name: id }));
const itemStates: ItemState[] = [
  'queued',
  'checking',
  'starting',
  'building',
  'ready',
  'failed',
  'skipped',
  'needsOperator',
];

interface Move {
  wait: number;
  event: RequestEvent;
  item: ItemState;
}

const aMove: fc.Arbitrary<Move> = fc
  .record({
    wait: fc.constantFrom(0, 0, 0, hour, day, 4 * day),
    who: fc.constantFrom(...people),
    // The way forward more often than the rest, so that the ends are reached too.
    kind: fc.oneof({ weight: 2, arbitrary: fc.constantFrom(0, 1, 5) }, { weight: 1, arbitrary: fc.nat(5) }),
    revision: fc.constantFrom(1, 1, 1, 2),
    asApprover: fc.boolean(),
    asAdmin: fc.boolean(),
    item: fc.constantFrom(...itemStates, 'ready', 'ready'),
    needed: fc.constantFrom(0, 1, 2),
  })
  .map(({ wait, who, kind, revision, asApprover, asAdmin, item, needed }) => {
    const decision = { by: who, comment: null, asApprover, asAdmin };
    const approval = { needed, byAdmin: false, rule: 'rule' };
    const options = { osVersion: null, accountType: null };
    const mail = { wanted: false, text: null };
    const submission = { code: 'R-1042', tally: { queued: 1 }, options, mail, reason: 'why', approval };
    const events: RequestEvent[] = [
      { type: 'submit', submission },
      { type: 'approve', decision, revision },
      { type: 'decline', decision, revision },
      { type: 'cancel', by: who, isCancellable: mayStillCancel(anItem({ state: item })) },
      { type: 'expire' },
    ];
    return { wait, event: events[kind] ?? { type: 'itemsChanged' }, item };
  });

function play(
  moves: readonly Move[],
  start: Request,
  check: (before: Request, after: Request, move: Move) => void,
): Request {
  let request = start;
  let now = 0;
  for (const move of moves) {
    now += move.wait;
    // As the caller does: the counts are those of after the event.
    const counted = move.event.type === 'itemsChanged' ? { ...request, tally: { [move.item]: 1 } } : request;
    const outcome = decideRequest(counted, move.event, now, aPolicy.approval);
    if ('refused' in outcome) continue;
    check(request, outcome.request, move);
    request = outcome.request;
  }
  return request;
}

const draft = () => aRequest({ state: 'draft', code: null, expiresAt: hour });

describe('request state machine', () => {
  it('When any events come in any order, then nothing changes after the end', () => {
    fc.assert(
      fc.property(fc.array(aMove, { maxLength: 30 }), (moves) => {
        play(moves, draft(), (before, _after, move) =>
          assert.ok(!isEnded(before.state), `${move.event.type} after ${before.state}`),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('When it is approved, then enough other people approved this revision, in time, each once', () => {
    const reached = new Set<RequestState>();

    fc.assert(
      fc.property(fc.array(aMove, { minLength: 8, maxLength: 30 }), (moves) => {
        play(moves, draft(), (_before, after, move) => {
          reached.add(after.state);
          if (move.event.type !== 'approve' || after.state !== 'approved') return;
          const approvals = approvalsOf(after);
          const approvers = approvals.filter((decision) => decision.asApprover).map((decision) => decision.by.id);
          assert.ok(new Set(approvers).size >= after.approval.needed);
          assert.ok(!approvers.includes(after.requester.id));
          assert.ok(approvals.every((decision) => decision.revision === after.revision));
        });
      }),
      { numRuns: 3000 },
    );

    const expected: RequestState[] = [
      'approved',
      'awaitingApproval',
      'cancelled',
      'declined',
      'expired',
      'failed',
      'running',
      'succeeded',
    ];
    assert.deepEqual([...reached].sort(), expected, 'the events did not reach every state');
  });

  it('When any events have come, then an unfinished request still comes to an end', () => {
    fc.assert(
      fc.property(fc.array(aMove, { maxLength: 20 }), (moves) => {
        const request = play(moves, draft(), () => {});

        const expired = decideRequest(request, { type: 'expire' }, 100 * day, aPolicy.approval);
        const ended =
          'refused' in expired
            ? decideRequest({ ...request, tally: { failed: 1 } }, { type: 'itemsChanged' }, 100 * day, aPolicy.approval)
            : expired;
        const state = 'refused' in ended ? request.state : ended.request.state;
        assert.ok(endedRequestStates.includes(state), `${request.state} cannot end`);
      }),
      { numRuns: 2000 },
    );
  });

  it('When the owner is a VIP, then an admin must be among the approvals', () => {
    const vip = aRequest({ approval: { needed: 1, byAdmin: true, rule: 'roles.vip' } });
    const approve = (request: Request, by: string, asAdmin: boolean) =>
      decideRequest(
        request,
        {
          type: 'approve',
          decision: { by: { id: by, name: by }, comment: null, asApprover: true, asAdmin },
          revision: 1,
        },
        0,
        aPolicy.approval,
      );

    const first = approve(vip, 'ivan', false);
    assert.ok('request' in first && first.request.state === 'awaitingApproval');
    const second = approve(first.request, 'adam', true);

    assert.ok('request' in second && second.request.state === 'approved');
  });

  it('When an item has started, then it cannot be cancelled any more', () => {
    const running = aRequest({ state: 'running', approvedAt: 1 });
    const cancel = (state: ItemState, attempt = 0) =>
      decideRequest(
        running,
        { type: 'cancel', by: running.requester, isCancellable: mayStillCancel(anItem({ state, attempt })) },
        2,
        aPolicy.approval,
      );

    assert.ok('request' in cancel('queued'));
    assert.ok('request' in cancel('checking'));
    for (const state of ['starting', 'building', 'needsOperator', 'timedOut'] as const) {
      assert.deepEqual(cancel(state), { refused: 'tooLate' });
    }
    assert.deepEqual(cancel('checking', 1), { refused: 'tooLate' }, 'a call may have reached Graph before');
  });
});
