import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buttonsOf, cardLines, inputsOf } from '../../src/demo/card-text.ts';
import { windowSettings } from '../../src/demo/cast.ts';
import { freePort } from '../../src/demo/free-port.ts';
import { startPlayground } from '../../src/demo/playground.ts';
import { isFromThisMachine } from '../../src/demo/this-machine.ts';

describe('who may reach the demo bot', () => {
  const cases: [string, Record<string, string>, boolean][] = [
    ['localhost', { host: 'localhost:3978' }, true],
    ['127.0.0.1', { host: '127.0.0.1:3978' }, true],
    ['IPv6 loopback', { host: '[::1]:3978' }, true],
    ['a name that points at 127.0.0.1', { host: 'evil.example:3978' }, false],
    ['a name that begins like loopback', { host: 'localhost.evil.example' }, false],
    ['a user part before another name', { host: 'localhost:3978@evil.example' }, false],
    ['no Host at all', {}, false],
    ['a tunnel', { host: 'localhost:3978', 'x-forwarded-for': '203.0.113.7' }, false],
    ['a tunnel that keeps its host', { host: 'localhost:3978', 'x-forwarded-host': 'bot.example' }, false],
    ['a standard proxy', { host: 'localhost:3978', forwarded: 'for=203.0.113.7' }, false],
  ];
  for (const [name, headers, expected] of cases) {
    it(`When a request comes by ${name}, then it is ${expected ? 'let in' : 'refused'}`, () => {
      const mayEnter = isFromThisMachine({ headers });

      assert.equal(mayEnter, expected);
    });
  }
});

describe('card as text', () => {
  const sign = (glyph: string) => ({ type: 'Icon', name: 'Clock', fallback: { type: 'TextBlock', text: glyph } });
  const column = (...items: unknown[]) => ({ type: 'Column', items });
  const text = (words: string) => ({ type: 'TextBlock', text: words });
  const card = {
    type: 'AdaptiveCard',
    body: [
      {
        type: 'ColumnSet',
        columns: [column(text('Title'), text('R-1 \\*now\\*')), column({ type: 'Icon', fallback: 'drop' })],
      },
      {
        type: 'Container',
        style: 'good',
        items: [{ type: 'ColumnSet', columns: [column(sign('✓')), column(text('**Ready**'), text('Sign in.'))] }],
      },
      {
        type: 'FactSet',
        facts: [
          { title: 'New name', value: 'CPC-1' },
          { title: 'Took', value: '9 s' },
        ],
      },
      { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'as *written*' }] },
      { type: 'ColumnSet', columns: [column(sign('○')), column(text('Step')), column(text('14:02'))] },
      { type: 'Input.Text', id: 'reason', label: 'Why?', placeholder: 'One sentence' },
      { type: 'Input.Toggle', id: 'saved', title: 'Saved', valueOn: 'true' },
      { type: 'ActionSet', actions: [{ type: 'Action.Execute', verb: 'a', title: 'Inner' }] },
    ],
    actions: [
      { type: 'Action.Execute', verb: 'b', title: 'Go' },
      { type: 'Action.OpenUrl', title: 'Open' },
    ],
  };

  it('When a card is told, then title, state, facts, words, steps, inputs and buttons stand in order', () => {
    const lines = cardLines(card);

    assert.deepEqual(lines, [
      'Title',
      'R-1 *now*',
      '▌ ✓ Ready',
      '▌   Sign in.',
      'New name  CPC-1',
      'Took      9 s',
      '“as *written*”',
      '○ Step  14:02',
      'Why? ______  (One sentence)',
      '[ ] Saved',
      '[ Inner ]',
      '[ Go ] [ Open ]',
    ]);
  });

  it('When buttons and inputs are looked for, then those deep in the card are found too', () => {
    const buttons = buttonsOf(card).map(({ title }) => title);
    const inputs = inputsOf(card).map(({ id }) => id);

    assert.deepEqual(buttons, ['Inner', 'Go', 'Open']);
    assert.deepEqual(inputs, ['reason', 'saved']);
  });
});

describe('Playground window', function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), 'playground-spec-'));
  const bot = createServer((_, response) => response.end());
  let endpoint = '';

  before(async () => {
    await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(bot.address() as AddressInfo).port}/api/messages`;
  });

  after(() => {
    bot.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('When a window is opened, then only this machine reaches it, and it ends when it is told', async () => {
    const settings = windowSettings('ada', 1);
    const order = { settings, folder: join(folder, 'ada'), port: await freePort(0), endpoint };

    const playground = await startPlayground(order);

    const port = new URL(playground.url).port;
    const ping = await fetch(`${playground.url}/_debug/ping`);
    assert.equal(ping.status, 200);
    const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const { address } of others.filter(({ internal, family }) => !internal && family === 'IPv4')) {
      assert.notEqual(await exitOfFetch(`http://${address}:${port}/_debug/ping`), 0, `reached by ${address}`);
    }
    assert.equal(await exitOfFetch(`http://127.0.0.1:${port}/_debug/ping`), 0);
    await playground.stop();
    await assert.rejects(fetch(`${playground.url}/_debug/ping`));
    assert.equal(existsSync('devTools'), false);
  });

  it('When its settings are faulty, then the reason is in the error', async () => {
    const settings = { ...windowSettings('ivan', 2), users: [] };
    const order = { settings, folder: join(folder, 'faulty'), port: await freePort(0), endpoint };

    const started = startPlayground(order);

    await assert.rejects(started, /Ivan Ilić did not start.*users/);
  });

  it('When the port is taken, then another one is found', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const taken = (server.address() as AddressInfo).port;

    const free = await freePort(taken);

    assert.notEqual(free, taken);
    server.close();
  });
});

/** In a process of its own, which may speak to every address of this machine. 0: there was an answer. */
async function exitOfFetch(url: string): Promise<number | null> {
  const script = `await fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(1000) })`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
  return new Promise((resolve) => child.on('close', resolve));
}
