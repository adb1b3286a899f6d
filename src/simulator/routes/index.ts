// Every operation that the simulator answers.
import type { GraphCall, PathParameter } from '../graph-call.ts';
import { GraphProblem } from '../graph-problem.ts';
import { activityFeedRoutes } from './activity-feed.ts';
import { bulkActionRoutes } from './bulk-actions.ts';
import { cloudPcRoutes } from './cloud-pcs.ts';
import { directoryRoutes } from './directory.ts';
import { groupMemberRoutes } from './group-members.ts';
import { groupRoutes } from './groups.ts';
import { licenceRoutes } from './licences.ts';
import { mailRoutes } from './mail.ts';
import { ownCloudPcRoutes } from './own-cloud-pcs.ts';
import { policyRoutes } from './policies.ts';
import { fitRoute, type Route } from './route.ts';
import { servicePrincipalRoutes } from './service-principals.ts';
import { teamsAppRoutes } from './teams-apps.ts';

const routes: readonly Route[] = [
  ...cloudPcRoutes,
  ...bulkActionRoutes,
  ...ownCloudPcRoutes,
  ...policyRoutes,
  ...directoryRoutes,
  ...groupRoutes,
  ...groupMemberRoutes,
  ...licenceRoutes,
  ...mailRoutes,
  ...teamsAppRoutes,
  ...activityFeedRoutes,
  ...servicePrincipalRoutes,
];

interface FoundRoute {
  route: Route;
  parameter: PathParameter;
}

/** The operation that a request means; undefined when there is none. */
export function findRoute(call: GraphCall): FoundRoute | undefined {
  for (const route of routes) {
    if (route.method !== call.method) continue;
    const parameter = parametersOf(route, call);
    if (parameter) return { route, parameter };
  }
  return undefined;
}

/** Why there is no operation: 405 for a known path with another method, else 404. */
export function unknownRoute(call: GraphCall): GraphProblem {
  return routes.some((route) => parametersOf(route, call))
    ? new GraphProblem(405, 'Specified HTTP method is not allowed for the request target.')
    : new GraphProblem(404, `Resource not found for the path '${call.path}' in ${call.version}.`);
}

function parametersOf(route: Route, call: GraphCall): PathParameter | undefined {
  return route.only && route.only !== call.version ? undefined : fitRoute(route.pattern, call.path);
}
