// What Graph has in the exploration, what its reads show of it, and what may become of a POST.
import type { CloudPc } from '../../../src/domain/cloud-pc.ts';
import type { Look, Query, Tenant } from '../../../src/domain/ports.ts';
import { aCloudPc } from '../../fakes/things.ts';
import type { Graph, Post } from './model.ts';

export const approvers = ['ivan', 'ines'];
/** Ada may approve as well, though not what she asks for herself. */
const groups: Record<string, string> = {
  ada: 'group-approvers',
  ivan: 'group-approvers',
  ines: 'group-approvers',
  adam: 'group-admins',
};

export function newGraph(cloudPcs: readonly CloudPc[]): Graph {
  return { cloudPcs, hidden: [], posts: [] };
}

export function cloudPcOf(person: 'ada' | 'ben'): CloudPc {
  return aCloudPc({ id: `pc-${person}`, name: `CPC-${person}`, ownerUpn: upnOf(person), deviceId: `device-${person}` });
}

export const upnOf = (person: string) => `${person}@contoso.com`;

function answer({ cloudPcs }: Graph, query: Query): unknown {
  switch (query.ask) {
    case 'person': {
      const { personId: id } = query;
      return { id, name: id, userPrincipalName: upnOf(id), mail: null, accountEnabled: true, usageLocation: 'DE' };
    }
    case 'memberOf':
      return query.groupIds.filter((id) => id === groups[query.personId]);
    case 'cloudPcsOf':
      return cloudPcs.filter(({ ownerUpn }) => ownerUpn === query.upn);
    case 'cloudPc':
      return cloudPcs.find(({ id }) => id === query.cloudPcId) ?? null;
    case 'remoteActions':
      return [{ name: 'Reprovision', enabled: true }];
    default:
      throw new Error(`the exploration's Graph does not know ${query.ask}`);
  }
}

export async function look(graph: Graph, queries: readonly Query[]): Promise<Look<Query>[]> {
  return queries.map((query) => ({ value: answer(graph, query) }) as Look<Query>);
}

export function tenantOf(graph: Graph): Tenant {
  return {
    async read(queries) {
      const read = Object.entries(queries).map(([name, query]) => [name, answer(graph, query)]);
      return Object.fromEntries(read);
    },
    look: ((queries: readonly Query[]) => look(graph, queries)) as Tenant['look'],
  };
}

export interface GraphMove {
  label: string;
  graph: Graph;
  /** Used up: an answer that is certain to have changed nothing. */
  isRefusal: boolean;
}

/**
 * What Graph may do: `plain`, builds succeed, and no POST is refused for good; `prompt`, besides, its reads show a build at once.
 */
export type Manner = 'full' | 'plain' | 'prompt';

/** Everything that Graph and the network may do next. */
export function movesOfGraph(graph: Graph, manner: Manner): GraphMove[] {
  const moves: GraphMove[] = [];
  const add = (label: string, next: Graph, isRefusal = false) => moves.push({ label, graph: next, isRefusal });
  for (const post of graph.posts.filter(({ isOnItsWay }) => isOnItsWay)) {
    const name = post.intentId;
    add(
      `the POST of ${name} is applied`,
      manner === 'prompt' ? show(apply(graph, post), post.cloudPcId) : apply(graph, post),
    );
    add(`the POST of ${name} is lost`, settle(graph, post, null));
    add(`the POST of ${name} gets 429`, settle(graph, post, 'notApplied'), true);
    if (manner !== 'full') continue;
    add(`the POST of ${name} gets 400`, settle(graph, post, 'rejected'));
    const isBusy = graph.hidden.includes(post.cloudPcId) || isBuilding(graph, post.cloudPcId);
    if (isBusy) add(`the POST of ${name} gets 409`, settle(graph, post, 'busy'));
  }
  for (const id of graph.hidden) add(`Graph shows the build of ${id}`, show(graph, id));
  for (const { id } of graph.cloudPcs.filter((pc) => isBuilding(graph, pc.id))) {
    add(`the build of ${id} succeeds`, end(graph, id, 'provisioned'));
    if (manner === 'full') add(`the build of ${id} fails`, end(graph, id, 'failed'));
  }
  return moves;
}

/** Graph is assumed to take a second POST while it builds, which is worse than what it does. */
function apply(graph: Graph, post: Post): Graph {
  const settled = settle(graph, { ...post, isApplied: true }, 'accepted');
  const isSeen = graph.hidden.includes(post.cloudPcId) || isBuilding(graph, post.cloudPcId);
  return isSeen ? settled : { ...settled, hidden: [...graph.hidden, post.cloudPcId] };
}

function settle(graph: Graph, post: Post, said: Post['answer']): Graph {
  const settled: Post = { ...post, isOnItsWay: false, answer: post.isHeard ? said : null };
  return { ...graph, posts: graph.posts.map((one) => (one.intentId === post.intentId ? settled : one)) };
}

function change(graph: Graph, id: string, changes: (pc: CloudPc) => Partial<CloudPc>): Graph {
  return { ...graph, cloudPcs: graph.cloudPcs.map((pc) => (pc.id === id ? { ...pc, ...changes(pc) } : pc)) };
}

const isBuilding = ({ cloudPcs }: Graph, id: string) =>
  cloudPcs.some((pc) => pc.id === id && pc.status === 'provisioning');
const next = (instant: number | null) => (instant ?? 0) + 1;

function show(graph: Graph, id: string): Graph {
  const shown = change(graph, id, ({ modifiedAt, lastAction }) => ({
    status: 'provisioning',
    modifiedAt: next(modifiedAt),
    lastAction: { name: 'Reprovision', state: 'active', startedAt: next(lastAction?.startedAt ?? 0) },
  }));
  return { ...shown, hidden: graph.hidden.filter((one) => one !== id) };
}

function end(graph: Graph, id: string, status: 'provisioned' | 'failed'): Graph {
  return change(graph, id, ({ modifiedAt, provisionedAt, lastAction }) => ({
    status,
    modifiedAt: next(modifiedAt),
    provisionedAt: status === 'provisioned' ? next(provisionedAt) : provisionedAt,
    lastAction: lastAction && { ...lastAction, state: status === 'provisioned' ? 'done' : 'failed' },
  }));
}

/** @param intentId whose POST is written now */
export function write(graph: Graph, intentId: string, cloudPcId: string): Graph {
  const post: Post = { intentId, cloudPcId, isOnItsWay: true, isHeard: true, isApplied: false, answer: null };
  return { ...graph, posts: [...graph.posts, post] };
}

/** Nobody waits for its answer any more: it was taken, the connection broke, or the process died. */
export function stopHearing(graph: Graph, intentId: string): Graph {
  const posts = graph.posts.map((post) =>
    post.intentId === intentId && post.isHeard ? { ...post, isHeard: false, answer: null } : post,
  );
  return { ...graph, posts };
}
