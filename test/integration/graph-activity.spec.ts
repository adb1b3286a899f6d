// The activity feed of Teams, against the simulator.
import assert from 'node:assert/strict';
import type { ActivityNotification, MailDelivery } from '../../src/domain/ports.ts';
import { graphActivityFeed } from '../../src/graph/activity-feed.ts';
import { graphTeamsApps } from '../../src/graph/teams-apps.ts';
import { demoPeople, demoTeamsApp, type Fault } from '../../src/simulator/index.ts';
import { realClock, type SimulatedGraph, startGraph } from '../fakes/graph.ts';

const notification: ActivityNotification = {
  personId: demoPeople.ada,
  topic: 'Your Cloud PC',
  webUrl: 'https://teams.microsoft.com/l/chat/0/0?users=28:bot&x=1',
  text: 'CPC-ada-7F3KQ <b>&</b> is ready',
};

describe('graph: the activity feed', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph();
    await graphTeamsApps(graph.client, { manifestId: demoTeamsApp.externalId, clock: realClock }).install(
      demoPeople.ada,
    );
    graph.simulator.requests.splice(0);
  });
  afterEach(() => graph.simulator.close());

  const notify = (changes: Partial<ActivityNotification> = {}): Promise<MailDelivery> =>
    graphActivityFeed(graph.client, { timeoutMs: 300 }).notify({ ...notification, ...changes });

  it('When the app is there, then the line is in the feed, as it was written', async () => {
    assert.deepEqual(await notify(), { kind: 'accepted' });

    const [{ at: _, ...activity } = { at: 0 }] = graph.simulator.tenant.activities;
    assert.deepEqual(activity, {
      personId: demoPeople.ada,
      activityType: 'requestNotice',
      topic: notification.topic,
      webUrl: notification.webUrl,
      preview: notification.text,
      templateParameters: [{ name: 'notice', value: notification.text }],
    });
    assert.equal(graph.simulator.requests[0]?.version, 'v1.0');
  });

  it('When the text is long, then the preview is what Teams shows of it, and no character is cut', async () => {
    await notify({ text: `${'x'.repeat(149)}💻 is ready` });

    assert.equal(graph.simulator.tenant.activities[0]?.preview, `${'x'.repeat(149)}💻`);
  });

  it('When the app is not installed for the person, then it is refused', async () => {
    assert.deepEqual(await notify({ personId: demoPeople.ben }), { kind: 'refused', reason: 'Forbidden' });
    assert.deepEqual(await notify({ personId: '..' }), { kind: 'refused', reason: 'badId' });

    assert.equal(graph.simulator.requests.length, 1);
  });

  const faults: [string, Fault, MailDelivery][] = [
    ['429', { status: 429, retryAfter: 5 }, { kind: 'retry', afterMs: 5000, wasSent: false }],
    ['503', { status: 503, retryAfter: 0 }, { kind: 'retry', afterMs: null, wasSent: true }],
    ['504 though it was sent', { applyThenStatus: 504 }, { kind: 'retry', afterMs: null, wasSent: true }],
    ['silence', 'hang', { kind: 'retry', afterMs: null, wasSent: true }],
  ];
  for (const [name, fault, expected] of faults) {
    it(`When the answer is ${name}, then it is ${expected.kind} after one request`, async () => {
      graph.simulator.faults.add({ match: { path: /sendActivityNotification$/ }, fault });

      assert.deepEqual(await notify(), expected);
      assert.equal(graph.simulator.requests.length, 1);
    });
  }
});
