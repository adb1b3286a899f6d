// What operators can ask for tells nothing of people, tenants and secrets, and can be had on a port of its own.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { demoPeople } from '../../src/simulator/index.ts';
import { eventually } from '../fakes/looking.ts';
import { botAppId, tenantId } from '../fakes/teams.ts';
import { adaSubmits, setChannel, startWholeBot, type WholeBot } from '../fakes/whole-bot.ts';

const ways = ['/healthz', '/readyz', '/metrics'];

describe('What operators ask for', function () {
  this.timeout(60_000);
  let whole: WholeBot;

  afterEach(() => whole.stop());

  const look = async (root: string, path: string) => {
    const response = await fetch(`${root}${path}`);
    return { status: response.status, text: await response.text() };
  };

  it('When the settings name a port for it, then it is there, and the other has Teams’ way alone', async () => {
    whole = await startWholeBot({ config: { operations: { port: 0, host: '127.0.0.1' } } });
    const { url, operationsUrl } = whole.bot;

    const open = await Promise.all(ways.map((path) => look(url, path)));
    const inner = await Promise.all(ways.map((path) => look(operationsUrl, path)));
    const help = await whole.says('ada', 'help');

    assert.notEqual(url, operationsUrl);
    assert.deepEqual(
      open.map(({ status }) => status),
      [200, 404, 404],
    );
    assert.deepEqual(
      inner.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(help.status, 200);
    await whole.stop();
    await assert.rejects(look(operationsUrl, '/readyz'));
    whole = await startWholeBot();
    assert.equal(whole.bot.operationsUrl, whole.bot.url);
  });

  it('When people have asked for something and Graph is in trouble, then nothing of it is told', async () => {
    whole = await startWholeBot();
    await setChannel(whole);
    await adaSubmits(whole);
    whole.simulator.faults.add({ match: {}, fault: { status: 500 } });
    await eventually(async () => {
      await whole.says('ben', 'my cloud pcs');
      assert.match((await look(whole.bot.operationsUrl, '/readyz')).text, /degraded/);
    });

    const told = await Promise.all(ways.map((path) => look(whole.bot.operationsUrl, path)));

    const all = told.map(({ text }) => text).join('\n');
    const secret = [
      whole.simulator.url,
      whole.connector.origin,
      whole.database?.databaseUrl ?? 'postgres',
      botAppId,
      tenantId,
    ];
    for (const words of [...Object.values(demoPeople), ...secret, 'not-used', 'R-1001', 'outbound-token'])
      assert.ok(!all.includes(words), `${words} is told`);
    assert.doesNotMatch(all, /Ada|Arendt|contoso|@|CPC-|[0-9a-f]{8}-[0-9a-f]{4}-|127\.0\.0\.1|postgres|https?:/i);
    assert.match(told[2]?.text ?? '', /^concierge_requests_open\{state="awaitingApproval"\} 1$/m);
    const { status, graph, ...more } = JSON.parse(told[1]?.text ?? '');
    assert.deepEqual([status, Object.keys(graph), more], ['degraded', ['state', 'since'], {}]);
  });
});
