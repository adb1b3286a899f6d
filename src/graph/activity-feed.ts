// The activity feed of Teams: POST /users/{id}/teamwork/sendActivityNotification
// (https://learn.microsoft.com/graph/api/userteamwork-sendactivitynotification). No layer repeats it: it makes a sound.
import type { ActivityFeed, ActivityNotification } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import type { GraphClient } from './graph-client.ts';
import { classifyStart } from './graph-error.ts';
import { toSegment } from './graph-path.ts';
import { toDelivery } from './mailer.ts';

const answerWithinMs = 30 * second;
/** What Teams shows of a preview. */
const longestPreview = 150;

/** @param timeoutMs of one call; for tests, 30 s when left out */
export function graphActivityFeed(client: GraphClient, { timeoutMs = answerWithinMs } = {}): ActivityFeed {
  return {
    async notify(notification) {
      let path: string;
      try {
        path = `/users/${toSegment(notification.personId)}/teamwork/sendActivityNotification`;
      } catch {
        return { kind: 'refused', reason: 'badId' };
      }
      const call = { method: 'POST', version: 'v1.0', path, body: toBody(notification) } as const;
      return toDelivery(classifyStart(await client.sendOnce(call, { timeoutMs })));
    },
  };
}

/** Of the type that the app's manifest declares, so that a person can turn these off by themselves in Teams' settings. */
function toBody({ topic, webUrl, text }: ActivityNotification): unknown {
  return {
    topic: { source: 'text', value: topic, webUrl },
    activityType: 'requestNotice',
    previewText: { content: [...text].slice(0, longestPreview).join('') },
    templateParameters: [{ name: 'notice', value: text }],
  };
}
