// The words, spans and figures of what the bot tells about itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { describe, it } from 'mocha';
import sinon from 'sinon';
import type { Figures } from '../../src/domain/figures.ts';
import type { Tx } from '../../src/domain/ports.ts';
import { createLog } from '../../src/log.ts';
import { type Call, noteRequest, runWork, type Work } from '../../src/telemetry/current-work.ts';
import { createMetrics, type MetricsParts } from '../../src/telemetry/metrics.ts';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';
import { createTraces, rootOf } from '../../src/telemetry/traces.ts';
import { kindOfTurn, routeOf } from '../../src/telemetry/words.ts';
import { createFakeLog } from '../fakes/running-bot.ts';
import { collectSpans, parentOf } from '../fakes/spans.ts';
import { aRequest } from '../fakes/things.ts';
import { tableBelow } from '../house/markdown-table.ts';

const resource = resourceFromAttributes({ 'service.name': 'test' });
const first = { id: '8d3f7a10-0000-4000-8000-00000000000a', code: 'R-1042' };
const second = { id: '8d3f7a10-0000-4000-8000-00000000000b', code: null };

function work(requests: readonly { id: string; code: string | null }[] = []): Work {
  return {
    kind: 'job',
    name: 'job advance',
    // Long before this process began.
    startedAt: 1_000,
    attributes: {},
    logFields: { queue: 'advance' },
    requests: new Map(requests.map(({ id, code }) => [id, code])),
    onCall: () => {},
  };
}

const call: Call = { name: 'graph GET /users/{id}', endedAt: 1_040, ms: 30, hasFailed: false, attributes: {} };

describe('Words for telemetry', () => {
  const routes: [string, string][] = [
    ['/users/8d3f7a10-0000-4000-8000-00000000000a?$select=id', '/users/{id}'],
    ['/users/{person}/sendMail', '/users/{id}/sendMail'],
    ['/users/ada@contoso.com/cloudPCs', '/users/{id}/cloudPCs'],
    ['/$batch', '/$batch'],
    ['/groups/0b1c/members/microsoft.graph.user', '/groups/{id}/members/microsoft.graph.user'],
    ['/groups/0b1c/members/8d3f/$ref', '/groups/{id}/members/{id}/$ref'],
    ['/servicePrincipals(appId=%2711%27)/appRoles', '/servicePrincipals(…)/appRoles'],
    [
      '/v3/conversations/19:abc@thread.tacv2;messageid=1/activities/1700000000000',
      '/v3/conversations/{id}/activities/{id}',
    ],
    [`/deviceManagement/${'x'.repeat(41)}`, '/deviceManagement/{id}'],
  ];
  for (const [path, route] of routes)
    it(`When ${path.slice(0, 60)} was called, then its route is ${route}`, () => assert.equal(routeOf(path), route));

  it('When somebody sends an activity of a kind of their own, then it is one word with all others', () => {
    assert.equal(kindOfTurn({ type: 'invoke', name: 'adaptiveCard/action' }), 'button');
    assert.equal(kindOfTurn({ type: 'message' }), 'message');
    for (const activity of [
      { type: 'x'.repeat(500) },
      { type: 'invoke' },
      { type: 'toString' },
      { type: 'invoke', name: '__proto__' },
    ])
      assert.equal(kindOfTurn(activity), 'other');
  });
});

describe('The log within a turn or a job', () => {
  const logged = async (requests: readonly { id: string; code: string | null }[], fields = {}) => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', destination: { write: (text) => void lines.push(text) } });
    await runWork(work(), async () => {
      for (const request of requests) noteRequest(request);
      log.info(fields, 'something happened');
    });
    const { level: _level, time: _time, msg: _msg, ...rest } = JSON.parse(lines.join(''));
    return rest;
  };

  it('When it is about one request, then each line says which', async () => {
    assert.deepEqual(await logged([first]), { queue: 'advance', requestId: first.id, requestCode: 'R-1042' });
    assert.deepEqual(await logged([second]), { queue: 'advance', requestId: second.id });
    assert.deepEqual(await logged([first], { requestId: 'r-9' }), { queue: 'advance', requestId: 'r-9' });
  });

  it('When it is about several, or about none, then no line claims one', async () => {
    assert.deepEqual(await logged([first, second]), { queue: 'advance' });
    assert.deepEqual(await logged([]), { queue: 'advance' });
    const own = { requestId: first.id };
    assert.deepEqual(await logged([second, first], own), { queue: 'advance', ...own, requestCode: 'R-1042' });
  });
});

describe('Traces', () => {
  const spansOf = (act: (traces: ReturnType<typeof createTraces>) => void) => {
    const spans = collectSpans();
    act(createTraces(spans.processors, resource));
    return spans.all();
  };

  it('When work was for one request, then it belongs to its trace, whose id is that of the request', () => {
    const [inner, outer] = spansOf((traces) => void traces.work(work([first]), [call], 100, undefined));

    assert.equal(outer?.spanContext().traceId, '8d3f7a1000004000800000000000000a');
    assert.equal(outer && parentOf(outer), rootOf(first.id).spanId);
    assert.equal(inner && parentOf(inner), outer?.spanContext().spanId);
    assert.deepEqual(
      [inner?.startTime, inner?.endTime],
      [
        [1, 10_000_000],
        [1, 40_000_000],
      ],
    );
  });

  it('When work was for several, then it is a trace of its own that points to each of theirs', () => {
    const [outer] = spansOf((traces) => void traces.work(work([first, second]), [], 100, undefined));

    assert.equal(outer && parentOf(outer), undefined);
    const pointed = outer?.links.map(({ context }) => context.traceId);
    assert.deepEqual(
      pointed,
      [first.id, second.id].map((id) => rootOf(id).traceId),
    );
    assert.ok(!pointed?.includes(outer?.spanContext().traceId ?? ''));
  });

  it('When a call ends after its turn was answered, then it is still part of it', () => {
    const [outer, late] = spansOf((traces) => traces.work(work([first]), [], 100, undefined)(call));

    assert.equal(late && parentOf(late), outer?.spanContext().spanId);
  });

  it('When work failed, then the span says its code and none of its words', () => {
    const fault = Object.assign(new Error('Ada is away'), { code: 'graph.slow' });
    const [outer] = spansOf((traces) => void traces.work(work(), [], 100, fault));

    assert.deepEqual(outer?.status, { code: 2, message: 'graph.slow' });
  });

  it('When an id is no UUID, then its trace has an id all the same', () => {
    for (const id of ['request-1', '00000000-0000-0000-0000-000000000000']) {
      const { traceId, spanId } = rootOf(id);
      assert.match(`${traceId} ${spanId}`, /^(?!0+ )[0-9a-f]{32} (?!0+$)[0-9a-f]{16}$/);
    }
  });
});

const figures: Figures = {
  requests: [{ state: 'running', count: 1 }],
  items: [{ of: 'cloudPc', state: 'building', count: 1 }],
  oldest: [{ waitingFor: 'approval', ms: 1_000 }],
  queues: [{ queue: 'advance', state: 'waiting', count: 1 }],
  undelivered: [{ what: 'card', count: 1 }],
};

describe('Figures', () => {
  const log = createFakeLog();
  const metricsWith = (readFigures: MetricsParts['readFigures']) =>
    createMetrics({ resource, readers: [], readFigures, isGraphInTrouble: () => false, log });

  it('When everything has happened once, then the figures are those of docs/operations.md, and no others', async () => {
    const metrics = metricsWith(async () => figures);
    metrics.turn('message', 10, false);
    metrics.job('advance', 10, true);
    metrics.activity(200);
    metrics.action('request.approved');
    metrics.build(60_000);
    metrics.graphRequest('GET', '/users/{id}', 429, 10);
    metrics.connectorCall('POST', '/v3/conversations', null, 10);
    metrics.delivery('send', 'person', 'delivered');
    metrics.mail('mail', 'accepted');

    const text = await metrics.text();

    const told = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name).filter((name) => name !== 'target_info');
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const explained = tableBelow(page, '### Figures').map(([name]) => name?.replaceAll('`', ''));
    assert.deepEqual(told.toSorted(), explained.toSorted());
  });

  it('When they are asked for again and again, then the store is not', async () => {
    let reads = 0;
    const metrics = metricsWith(async () => {
      reads += 1;
      return figures;
    });

    await Promise.all(Array.from({ length: 50 }, () => metrics.text()));

    assert.equal(reads, 1);
  });

  it('When the store does not answer, then the others are told all the same, within seconds', async () => {
    for (const readFigures of [() => Promise.reject(new Error('away')), () => new Promise<never>(() => {})]) {
      const metrics = metricsWith(readFigures);
      metrics.turn('message', 10, false);
      const askedAt = performance.now();

      const text = await metrics.text();

      assert.ok(performance.now() - askedAt < 5_000);
      assert.match(text, /concierge_turn_duration_seconds_count\{kind="message",result="done"\} 1/);
      assert.match(text, /concierge_graph_trouble 0/);
      assert.doesNotMatch(text, /concierge_requests_open\{/);
      assert.ok(log.lines.some(({ msg }) => msg === 'figures could not be read'));
    }
  });

  it('When the store answered before and does no longer, then what it said then is not told again', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    let isAway = false;
    const metrics = metricsWith(async () => {
      if (isAway) throw new Error('away');
      return figures;
    });
    const told: boolean[] = [];

    for (isAway of [false, true, false]) {
      told.push(/concierge_oldest_waiting_seconds\{/.test(await metrics.text()));
      clock.tick(5_001);
    }
    clock.restore();

    assert.deepEqual(told, [true, false, true]);
  });

  it('When a look at the store does not end, then none is begun beside it for a minute', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    let reads = 0;
    const metrics = metricsWith(() => {
      reads += 1;
      return new Promise<never>(() => {});
    });
    const readsAt: number[] = [];

    for (const ms of [0, 5_001, 50_000, 5_001]) {
      clock.tick(ms);
      await metrics.text();
      readsAt.push(reads);
    }
    clock.restore();

    assert.deepEqual(readsAt, [1, 1, 1, 2]);
  });
});

describe('Telemetry that cannot tell', () => {
  it('When a span cannot be taken, then what was done is done all the same, and the log says so', async () => {
    const log = createFakeLog();
    const fail = () => {
      throw new Error('no room');
    };
    const telemetry = await createTelemetry({
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      log,
      version: '1',
      applicationInsights: null,
      spanProcessors: [{ onStart: fail, onEnd: fail, forceFlush: async () => {}, shutdown: async () => {} }],
      readFigures: async () => figures,
      isGraphInTrouble: () => false,
    });
    const request = aRequest({ endedAt: 2, state: 'cancelled' });
    const tx = {
      requests: { save: async () => request },
      items: {},
      audit: { write: async () => {} },
    } as unknown as Tx;
    const unitOfWork = telemetry.watchUnitOfWork({ run: (work) => work(tx) });
    let wasDone = false;

    await telemetry.turn({ id: '1', type: 'message' }, async () => {
      const saved = await unitOfWork.run(async (watched) => {
        const entry = {
          at: 1,
          requestId: request.id,
          itemId: null,
          actor: null,
          action: 'request.cancelled',
          details: {},
        };
        await watched.audit.write(entry);
        return watched.requests.save(request);
      });
      telemetry.calledGraph({ method: 'GET', path: '/me', status: 200, ms: 1, requestId: null });
      wasDone = saved === request;
    });

    assert.ok(wasDone);
    assert.deepEqual([...new Set(log.lines.map(({ msg }) => msg))], ['telemetry failed']);
    assert.ok(log.lines.length >= 2, 'the end of the request, and the turn');
    await telemetry.stop();
  });
});
