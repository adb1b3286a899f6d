// Where errors of a turn end: what the person reads, and what the log keeps of it.
import assert from 'node:assert/strict';
import { NotAllowedError } from '../../src/domain/errors.ts';
import type { LogFields } from '../../src/domain/ports.ts';
import { answerError } from '../../src/teams/answer-error.ts';

const context = { activityId: 'a-1', personId: 'p-1', isAdmin: false };

/** The sentence, and the fields of each line. */
function answer(error: unknown) {
  const lines: (LogFields & { msg: string })[] = [];
  const keep = (fields: LogFields, msg: string) => void lines.push({ ...fields, msg });
  const log = { debug: keep, info: keep, warn: keep, error: keep };
  return { view: answerError(error, context, { log, ids: { next: () => '1a2b3c4d-0000' } }), lines };
}

describe('answerError', () => {
  it('When Graph refused something, then its request-id is not taken for a request of ours in the log', () => {
    const refusal = { because: 'missing' as const, permissions: ['CloudPC.ReadWrite.All'] };
    const trace = { requestId: 'of-graph', clientRequestId: 'of-ours', refusal };

    const { view, lines } = answer(new NotAllowedError('graph.forbidden', {}, { trace }));

    assert.deepEqual(view.more, [{ text: 'refusal.reference', values: { reference: 'of-graph' } }]);
    const [line] = lines;
    assert.equal(lines.length, 1);
    assert.equal(line?.requestId, undefined);
    assert.deepEqual(
      [line?.graphRequestId, line?.clientRequestId, line?.refusal, line?.code],
      ['of-graph', 'of-ours', refusal, 'graph.forbidden'],
    );
    assert.deepEqual([line?.activityId, line?.personId], ['a-1', 'p-1']);
  });

  it('When it is a fault of the bot, then the person reads a reference, and the log has it beside the error', () => {
    const fault = new Error('x of undefined');

    const { view, lines } = answer(fault);

    assert.deepEqual(view, { text: 'error.internal', values: { reference: '1a2b3c4d' } });
    assert.deepEqual(lines, [
      { activityId: 'a-1', personId: 'p-1', reference: '1a2b3c4d', err: fault, msg: 'turn failed' },
    ]);
  });
});
