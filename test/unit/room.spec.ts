import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { InputError, TemporaryError } from '../../src/domain/errors.ts';
import { createRoomCheck } from '../../src/store/room.ts';
import { isFull, toStoreError } from '../../src/store/store-error.ts';
import { createFakeLog } from '../fakes/running-bot.ts';

describe('the room that the embedded store has', () => {
  it('When there is some, then nothing is said', async () => {
    await createRoomCheck(tmpdir(), createFakeLog())();
  });

  it('When there is none, then it is not ready, and the log says so, once a minute', async function () {
    // The kernel's own file system is always full; elsewhere there is none like it.
    if (process.platform !== 'linux') this.skip();
    const log = createFakeLog();
    const assertRoom = createRoomCheck('/proc', log);

    for (let asked = 0; asked < 3; asked += 1)
      await assert.rejects(assertRoom(), { code: 'store.unavailable', values: { reason: 'full' } });

    const said = log.lines.filter(({ fields }) => fields.code === 'store.full');
    assert.deepEqual(
      said.map(({ level, fields }) => [level, fields.freeMb]),
      [['error', 0]],
    );
  });

  it('When the engine, the file system or SQLite has no room, then that is what it is', () => {
    const cases = [
      Object.assign(new Error('could not extend file "base/5/16757"'), { code: '53100' }),
      Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
      Object.assign(new Error('database or disk is full'), { errcode: 13 }),
      new InputError(
        'store.damaged',
        {},
        { cause: new Error('PANIC:  could not write to log file: No space left on device') },
      ),
    ];

    for (const error of cases) assert.equal(isFull(error), true, error.message);
    for (const error of [
      null,
      new Error('PANIC:  could not locate a valid checkpoint record'),
      new InputError('store.damaged'),
    ])
      assert.equal(isFull(error), false);
    assert.ok(toStoreError(cases[0]) instanceof TemporaryError);
  });
});
