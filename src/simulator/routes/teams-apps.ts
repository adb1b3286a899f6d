// The Teams catalog, and apps installed for a person: what a bot needs to reach somebody for the first time.
import { type GraphCall, type GraphReply, isObject, type Json } from '../graph-call.ts';
import { badRequest, GraphProblem } from '../graph-problem.ts';
import { isSameId } from '../ids.ts';
import { answerCollection, answerEntity } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import type { Tenant } from '../tenant.ts';
import type { AppInstallation } from '../tenant-types.ts';
import { personOf } from './directory.ts';
import type { Route } from './route.ts';

const appType = plainType('microsoft.graph.teamsApp', 'appCatalogs/teamsApps', [
  'id',
  'externalId',
  'displayName',
  'distributionMethod',
]);
const installationType: ResourceType = {
  ...plainType('microsoft.graph.userScopeTeamsAppInstallation', 'users/teamwork/installedApps', ['id']),
  navigation: ['teamsApp'],
};
const chatType = plainType('microsoft.graph.chat', 'chats', ['id', 'topic', 'createdDateTime', 'chatType', 'tenantId']);

/** https://learn.microsoft.com/graph/api/appcatalogs-list-teamsapps, userteamwork-post-installedapps and others. */
export const teamsAppRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/appCatalogs/teamsApps',
    answer: (call, tenant) => answerCollection(appType, call, tenant.teamsApps, tenant.paging, ['$filter']),
  },
  {
    method: 'GET',
    pattern: '/users/{userId}/teamwork/installedApps',
    answer: (call, tenant, parameter) => {
      const entities = installationsOf(tenant, parameter('userId')).map((one) => installationEntity(tenant, one));
      return answerCollection(installationType, call, entities, tenant.paging, ['$filter', '$expand']);
    },
  },
  {
    method: 'POST',
    pattern: '/users/{userId}/teamwork/installedApps',
    answer: (call, tenant, parameter) => install(call, tenant, parameter('userId')),
  },
  {
    method: 'GET',
    pattern: '/users/{userId}/teamwork/installedApps/{installationId}/chat',
    answer: (call, tenant, parameter) => {
      const installationId = parameter('installationId');
      const installation = installationsOf(tenant, parameter('userId')).find(({ id }) => id === installationId);
      if (!installation) throw new GraphProblem(404, 'The app is not installed for this user.', 'NotFound');
      return answerEntity(chatType, call, chatEntity(tenant, installation));
    },
  },
];

function install(call: GraphCall, tenant: Tenant, idOrUpn: string): GraphReply {
  const person = personOf(tenant, idOrUpn);
  const bind = isObject(call.body) ? call.body['teamsApp@odata.bind'] : undefined;
  const [, appId] = /\/appCatalogs\/teamsApps\/([^/]+)$/i.exec(String(bind)) ?? [];
  if (appId === undefined) throw badRequest("The property 'teamsApp@odata.bind' must name an app of the catalog.");
  const app = tenant.teamsApps.find(({ id }) => isSameId(id, appId));
  if (!app) throw new GraphProblem(404, `The app '${appId}' was not found.`, 'NotFound');
  if (installationsOf(tenant, person.id).some(({ teamsAppId }) => teamsAppId === app.id)) {
    throw new GraphProblem(409, 'The app is already installed for this user.');
  }
  tenant.installations.push({
    id: Buffer.from(`${person.id}##${app.id}`).toString('base64'),
    personId: person.id,
    teamsAppId: app.id,
    createdDateTime: new Date(tenant.now()).toISOString(),
  });
  return { status: 201 };
}

function installationsOf(tenant: Tenant, idOrUpn: string): AppInstallation[] {
  const person = personOf(tenant, idOrUpn);
  return tenant.installations.filter(({ personId }) => personId === person.id);
}

function installationEntity(tenant: Tenant, { id, teamsAppId }: AppInstallation): Json {
  return { id, teamsApp: tenant.teamsApps.find((app) => app.id === teamsAppId) };
}

function chatEntity(tenant: Tenant, { personId, teamsAppId, createdDateTime }: AppInstallation): Json {
  const id = `19:${personId}_${teamsAppId}@unq.gbl.spaces`;
  return { id, topic: null, createdDateTime, chatType: 'oneOnOne', tenantId: tenant.id };
}

function plainType(name: string, collection: string, usual: readonly string[]): ResourceType {
  const properties = { usual, onSelect: [] };
  return {
    name,
    collection,
    properties: { 'v1.0': properties, beta: properties },
    navigation: [],
    newerMembers: {},
  };
}
