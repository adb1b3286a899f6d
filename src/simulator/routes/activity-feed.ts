// The activity feed of Teams: accepted notifications are kept in the tenant.
import { type GraphCall, type GraphReply, isObject, type Json } from '../graph-call.ts';
import { badRequest, GraphProblem } from '../graph-problem.ts';
import type { Tenant } from '../tenant.ts';
import { personOf } from './directory.ts';
import type { Route } from './route.ts';

const deepLink = /^https:\/\/(teams\.microsoft\.com|gov\.teams\.microsoft\.us)\/l\//;

/** https://learn.microsoft.com/graph/api/userteamwork-sendactivitynotification: 204 without a body. */
export const activityFeedRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: '/users/{userId}/teamwork/sendActivityNotification',
    answer: (call, tenant, parameter) => notify(call, tenant, parameter('userId')),
  },
];

function notify(call: GraphCall, tenant: Tenant, idOrUpn: string): GraphReply {
  const person = personOf(tenant, idOrUpn);
  const body = isObject(call.body) ? call.body : {};
  const activity = { personId: person.id, ...readActivity(body), at: tenant.now() };
  if (!tenant.installations.some(({ personId }) => personId === person.id)) {
    throw new GraphProblem(403, 'The application is not installed for the recipient.', 'Forbidden');
  }
  tenant.activities.push(activity);
  return { status: 204 };
}

/** The types that can be used, each with the parameter of its text: `systemDefault` is there for every app, the other in the manifest. */
const types = new Map([
  ['systemDefault', 'systemDefaultText'],
  ['requestNotice', 'notice'],
]);

/** Only a topic that is text. */
function readActivity({ topic, activityType, previewText, templateParameters }: Json) {
  if (!isObject(topic) || topic.source !== 'text' || typeof topic.value !== 'string' || topic.value === '') {
    throw badRequest("The topic must have the source 'text' and a value.");
  }
  if (typeof topic.webUrl !== 'string' || !deepLink.test(topic.webUrl)) {
    throw badRequest("'topic/webUrl' is required for text and must be a deep link of Teams.");
  }
  const needed = typeof activityType === 'string' ? types.get(activityType) : undefined;
  if (typeof activityType !== 'string' || needed === undefined)
    throw badRequest(`The activity type '${activityType}' is not declared.`);
  const parameters = Array.isArray(templateParameters) ? templateParameters.map(readParameter) : [];
  if (!parameters.some(({ name }) => name === needed)) {
    throw badRequest(`The activity type '${activityType}' needs the template parameter '${needed}'.`);
  }
  const preview = isObject(previewText) && typeof previewText.content === 'string' ? previewText.content : null;
  return { activityType, topic: topic.value, webUrl: topic.webUrl, preview, templateParameters: parameters };
}

function readParameter(parameter: unknown): { name: string; value: string } {
  const { name, value } = isObject(parameter) ? parameter : {};
  if (typeof name !== 'string' || typeof value !== 'string') throw badRequest('A template parameter is not valid.');
  return { name, value };
}
