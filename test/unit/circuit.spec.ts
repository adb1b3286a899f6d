import assert from 'node:assert/strict';
import { TemporaryError } from '../../src/domain/errors.ts';
import { createCircuit } from '../../src/graph/circuit.ts';
import { recordLog } from '../fakes/graph.ts';

const second = 1000;
const wallAhead = 1_000_000;

describe('the circuit of Graph', () => {
  function start() {
    let now = 0;
    const { log, lines } = recordLog();
    const circuit = createCircuit({ clock: { now: () => wallAhead + now, monotonic: () => now }, log });
    const trouble = (times: number) => {
      for (let count = 0; count < times; count += 1) circuit.note(true);
    };
    const passes = (ms: number) => {
      now += ms;
    };
    return { circuit, lines, trouble, passes };
  }

  const isRefused = (enter: () => void, retryAfterMs?: number) =>
    assert.throws(enter, (error) => {
      assert.ok(error instanceof TemporaryError);
      if (retryAfterMs !== undefined) assert.equal(error.retryAfterMs, retryAfterMs);
      return error.code === 'graph.unreachable' && error.values.graphCode === 'circuitOpen';
    });

  it('When seven requests in a row fail and one works, then it stays closed', () => {
    const { circuit, trouble } = start();

    trouble(7);
    circuit.note(false);
    trouble(7);

    circuit.enter();
    assert.equal(circuit.openSince(), null);
  });

  it('When eight in a row fail, then nothing is let through for five seconds, and since when is told', () => {
    const { circuit, trouble, passes, lines } = start();

    trouble(8);
    passes(2 * second);

    isRefused(() => circuit.enter(), 5 * second);
    assert.equal(circuit.openSince(), wallAhead);
    assert.deepEqual(
      lines.map(({ msg, fields }) => [msg, fields.troubles]),
      [['Graph answers nothing but trouble; it is asked only now and then', 8]],
    );
  });

  it('When the pause is over, then one request is let through, and the others wait for what it brings', () => {
    const { circuit, trouble, passes } = start();
    trouble(8);

    passes(5 * second);
    circuit.enter();

    isRefused(() => circuit.enter());
    circuit.note(false);
    circuit.enter();
    assert.equal(circuit.openSince(), null);
  });

  it('When that one fails too, then the pauses double up to a minute, and begin anew after Graph was back', () => {
    const { circuit, trouble, passes } = start();
    trouble(8);

    for (const seconds of [5, 10, 20, 40, 60, 60]) {
      passes(seconds * second - 1);
      isRefused(() => circuit.enter());
      passes(1);
      circuit.enter();
      circuit.note(true);
    }

    passes(60 * second);
    circuit.enter();
    circuit.note(false);
    trouble(8);
    passes(5 * second);
    circuit.enter();
  });
});
