// Application Insights, as an installation has it: the exporter as it is, over TLS, to the host that the connection string names.
import assert from 'node:assert/strict';
import { assertBuilt } from '../fakes/bot-process.ts';
import { eventually, last, wordsOn } from '../fakes/looking.ts';
import { connectionString, type Envelope, insightsHost, instrumentationKey } from '../fakes/microsoft/insights.ts';
import { type Production, startProduction } from '../fakes/production.ts';

describe('production with Application Insights', function () {
  this.timeout(90_000);
  let production: Production;

  before(() => assertBuilt());
  afterEach(() => production.stop());

  const complaints = () => production.bot.lines.filter((line) => line.includes('telemetry could not be sent'));
  const nameOf = ({ data }: Envelope) => String(data.baseData.name);

  it('When a request has run and the bot stops, then all of it is one operation there, with figures beside it', async () => {
    production = await startProduction({ APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString });
    const { insights, front } = production.microsoft;

    await production.playStory();
    assert.equal(await production.bot.kill('SIGTERM'), 0);

    const { envelopes } = insights;
    assert.ok(envelopes.every(({ iKey }) => iKey === instrumentationKey));
    const whole = envelopes.find((one) => nameOf(one) === 'request reprovision');
    const operation = whole?.tags['ai.operation.id'];
    assert.match(operation ?? '', /^[0-9a-f]{32}$/);
    const own = envelopes.filter(({ tags }) => tags['ai.operation.id'] === operation);
    const names = own.map(nameOf);
    for (const name of ['turn message', 'turn button', 'job advance', 'job deliverCard', 'job deliverNotice'])
      assert.ok(names.includes(name), `no ${name} in ${names.join(', ')}`);
    assert.equal(names.filter((name) => /^graph POST .*\/reprovision$/.test(name)).length, 1);
    assert.ok(names.some((name) => name.startsWith('connector POST')));
    const ids = new Set(own.map(({ data }) => data.baseData.id));
    for (const one of own)
      assert.ok(one === whole || ids.has(one.tags['ai.operation.parentId']), `${nameOf(one)} hangs below nothing`);
    const figures = envelopes.flatMap(({ data }) =>
      data.baseType === 'MetricData' ? (data.baseData.metrics as { name: string }[]).map(({ name }) => name) : [],
    );
    for (const name of ['concierge.turn.duration.seconds', 'concierge.requests.open', 'concierge.queue.jobs'])
      assert.ok(figures.includes(name), `no ${name} in ${[...new Set(figures)].join(', ')}`);
    const told = JSON.stringify(envelopes);
    for (const words of ['Ada', 'Arendt', 'contoso', 'CPC-', 'Apps no longer', 'token-'])
      assert.ok(!told.includes(words), `${words} is told`);
    const hosts = new Set(front.passages.map(({ host }) => host));
    assert.ok(hosts.has(insightsHost));
    const log = production.bot.lines.join('\n');
    assert.ok(!log.includes(instrumentationKey));
    assert.match(log, /"requestCode":"R-\d+"/);
  });

  it('When Application Insights is away, then the bot works and stops as ever, and says so once', async () => {
    production = await startProduction({ APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString });
    production.microsoft.insights.setAway(true);

    await production.people.says('ada', 'help');
    await eventually(() => assert.ok(wordsOn(last(production.people.messagesOf('ada'))).length > 0), 15_000);
    await eventually(() => assert.equal(complaints().length, 1), 20_000);
    const stoppedAt = performance.now();
    assert.equal(await production.bot.kill('SIGTERM'), 0);

    assert.ok(performance.now() - stoppedAt < 10_000);
    assert.equal(complaints().length, 1);
  });
});
