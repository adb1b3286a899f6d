// What the bot tells about itself: one trace for each request, figures, and nothing of people in either.
import assert from 'node:assert/strict';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, it } from 'mocha';
import { demoPeople } from '../../src/simulator/index.ts';
import { cardOf, eventually, wordsOn } from '../fakes/looking.ts';
import { collectSpans, drawTrace, parentOf } from '../fakes/spans.ts';
import { adaSubmits, setChannel, startWholeBot, type WholeBot } from '../fakes/whole-bot.ts';

/** @returns the card in the channel */
async function ivanApproves(whole: WholeBot) {
  const approval = await eventually(() => {
    const found = whole.channelMessages().find((one) => wordsOn(one).includes('Ada Arendt?'));
    assert.ok(found);
    return found;
  }, 10_000);
  await whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
  return approval;
}

async function playStory(whole: WholeBot): Promise<void> {
  await setChannel(whole);
  await adaSubmits(whole);
  const approval = await ivanApproves(whole);
  await eventually(() => {
    const card = whole.channelMessages().find((one) => one.id === approval.id);
    assert.match(wordsOn(cardOf(card)), /can sign in again/);
    assert.equal(whole.simulator.tenant.mails.length, 1);
  }, 20_000);
}

const traceOf = (span: ReadableSpan) => span.spanContext().traceId;
const rootIn = (spans: readonly ReadableSpan[]) => spans.find(({ name }) => name.startsWith('request '));

describe('Telemetry', function () {
  this.timeout(60_000);
  let whole: WholeBot;

  afterEach(() => whole.stop());

  async function figures(): Promise<Map<string, number>> {
    const response = await fetch(`${whole.bot.operationsUrl}/metrics`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    );
  }

  /** They are read from the store once in a while. */
  const eventuallyFigures = (check: (found: Map<string, number>) => void) =>
    eventually(async () => check(await figures()), 15_000);

  const sum = (found: Map<string, number>, pattern: RegExp) =>
    [...found].filter(([name]) => pattern.test(name)).reduce((total, [, value]) => total + value, 0);

  it('When a request has run from the first word to the end, then all that was done for it is one trace', async () => {
    const spans = collectSpans();
    whole = await startWholeBot({ spanProcessors: spans.processors });

    await playStory(whole);

    const root = await eventually(() => {
      const found = rootIn(spans.all());
      assert.ok(found);
      const notices = spans.all().filter((span) => span.name === 'job deliverNotice');
      assert.ok(notices.length >= 2);
      return found;
    });
    const own = spans.all().filter((span) => traceOf(span) === traceOf(root));
    console.log(drawTrace(own).replace(/^/gm, '      '));
    const ids = new Set(own.map((span) => span.spanContext().spanId));
    for (const span of own)
      assert.ok(span === root || ids.has(parentOf(span) ?? ''), `${span.name} hangs below nothing`);
    const names = own.map(({ name }) => name);
    const count = (name: RegExp) => names.filter((one) => name.test(one)).length;
    assert.equal(count(/^request reprovision$/), 1);
    assert.equal(count(/^turn message$/), 1, 'the words with which it began');
    assert.ok(count(/^turn button$/) >= 2, 'sending the form, and the approval');
    assert.equal(count(/^graph POST .*\/cloudPCs\/\{id\}\/reprovision$/), 1);
    for (const name of [/^job advance$/, /^job watch$/, /^job deliverCard$/, /^job deliverNotice$/])
      assert.ok(count(name) >= 1, `no ${name}`);
    for (const name of [/^graph GET /, /^graph POST .*sendMail$/, /^connector POST /, /^connector PUT /])
      assert.ok(count(name) >= 1, `no ${name}`);
    const post = own.find(({ name }) => /reprovision$/.test(name) && name.startsWith('graph'));
    assert.equal(own.find((span) => span.spanContext().spanId === parentOf(post as ReadableSpan))?.name, 'job advance');
    assert.match(String(post?.attributes['concierge.their.request.id']), /^[0-9a-f-]{36}$/);
    const others = spans.all().filter((span) => traceOf(span) !== traceOf(root));
    assert.ok(others.every(({ name }) => !/reprovision|deliver/.test(name)));
    const told = JSON.stringify(spans.all().map(({ name, attributes, status }) => ({ name, attributes, status })));
    assert.doesNotMatch(told, /Ada|Arendt|contoso|@|CPC-|Apps no longer/);
    for (const person of Object.values(demoPeople)) assert.ok(!told.includes(person), `${person} is told`);
  });

  it('When a request waits and when it has ended, then the figures say so', async () => {
    whole = await startWholeBot();
    await setChannel(whole);
    await adaSubmits(whole);

    await eventuallyFigures((found) => {
      assert.equal(found.get('concierge_requests_open{state="awaitingApproval"}'), 1);
      assert.equal(found.get('concierge_items_open{of="cloudPc",state="queued"}'), 1);
      assert.ok((found.get('concierge_oldest_waiting_seconds{waitingFor="approval"}') ?? 0) > 0);
    });
    await ivanApproves(whole);

    await eventuallyFigures((found) => {
      assert.equal(sum(found, /^concierge_requests_open/) + sum(found, /^concierge_items_open/), 0);
      assert.equal(found.get('concierge_oldest_waiting_seconds{waitingFor="approval"}'), 0);
      assert.equal(found.get('concierge_audit_actions_total{action="request.approved"}'), 1);
      assert.equal(found.get('concierge_audit_actions_total{action="item.ready"}'), 1);
      assert.equal(found.get('concierge_build_duration_seconds_count'), 1);
      assert.equal(
        sum(found, /^concierge_graph_request_duration_seconds_count{method="POST",path="[^"]*reprovision"/),
        1,
      );
      assert.equal(found.get('concierge_turn_duration_seconds_count{kind="button",result="done"}'), 2);
      assert.ok(sum(found, /^concierge_deliveries_total{doing="send",to="person",outcome="delivered"}/) >= 1);
      assert.equal(found.get('concierge_mails_total{what="mail",outcome="accepted"}'), 1);
      assert.ok((found.get('concierge_activities_total{status="200"}') ?? 0) >= 4);
      assert.equal(found.get('concierge_queue_jobs{queue="later",state="waiting"}'), 0);
      assert.equal(found.get('concierge_graph_trouble'), 0);
      assert.ok((found.get('process_resident_memory_bytes') ?? 0) > 1e7);
    });
  });

  it('When Graph throttles, and Teams does not take a card, then each is counted', async () => {
    whole = await startWholeBot();
    await setChannel(whole);
    whole.simulator.faults.add({
      match: { method: 'POST', path: /batch/ },
      fault: { status: 429, retryAfter: 1 },
      times: 1,
    });
    whole.connector.failNext({
      verb: 'create',
      status: 403,
      body: { error: { code: 'BotDisabledByAdmin', message: 'x' } },
    });
    await adaSubmits(whole);

    await eventuallyFigures((found) => {
      assert.equal(found.get('concierge_graph_throttles_total'), 1);
      assert.equal(sum(found, /^concierge_graph_request_duration_seconds_count{.*status="429"}/), 1);
      assert.equal(sum(found, /^concierge_deliveries_total{doing="send",to="channel",outcome="unreachable"}/), 1);
    });
  });
});
