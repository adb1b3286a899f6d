import assert from 'node:assert/strict';
import { setImmediate as aTurn } from 'node:timers/promises';
import { TemporaryError } from '../../src/domain/errors.ts';
import { createReadBudget } from '../../src/graph/read-budget.ts';

const soon = { remainingMs: () => 30 };
const late = { remainingMs: () => 60_000 };

describe('the budget of reads', () => {
  it('When more want to read than may, then they wait for those before them, in their order', async () => {
    const budget = createReadBudget();
    const inside = await Promise.all(Array.from({ length: budget.size() }, () => budget.enter(late)));
    const order: number[] = [];
    const waiting = [1, 2].map((one) =>
      budget.enter(late).then((leave) => {
        order.push(one);
        return leave;
      }),
    );
    await aTurn();
    assert.deepEqual(order, []);

    inside[0]?.();
    await aTurn();

    assert.deepEqual(order, [1]);
    inside[1]?.();
    for (const leave of [...inside, ...(await Promise.all(waiting))]) leave();
  });

  it('When there is no place before the deadline, then that is said, and no place is lost', async () => {
    const budget = createReadBudget();
    for (let times = 0; times < 4; times += 1) budget.halve();
    const leave = await budget.enter(late);

    await assert.rejects(budget.enter(soon), (error) => error instanceof TemporaryError && error.code === 'graph.busy');

    leave();
    leave();
    const next = await budget.enter(soon);
    await assert.rejects(budget.enter(soon));
    next();
  });

  it('When Graph says that it is too much, then half as many may read, and one more for each round that is answered', () => {
    const budget = createReadBudget();
    assert.equal(budget.size(), 16);

    budget.halve();
    budget.halve();
    const halved = budget.size();
    for (let answered = 0; answered < 5; answered += 1) budget.grow();

    assert.equal(halved, 4);
    assert.equal(budget.size(), 5);
    for (let times = 0; times < 10; times += 1) budget.halve();
    assert.equal(budget.size(), 1);
    for (let answered = 0; answered < 1000; answered += 1) budget.grow();
    assert.equal(budget.size(), 16);
  });
});
