// What the bot itself may do in Graph: the permissions in its own token, and calls that prove them. Only GETs, and only such that the
// product sends anyway. Sending a mail and installing an app have none without effect: an "impossible" body would lean on the order
// in which Exchange checks body and right, which no page promises.
import { ConciergeError } from '../domain/errors.ts';
import type { Permission } from '../domain/permissions.ts';
import type { Clock, GraphSelf, Probes, Seen } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import { cloudPcsPath } from './cloud-pcs.ts';
import { type GraphReply, type GraphVersion, startDeadline } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { isNotAnswerable, refusalOf, toError } from './graph-error.ts';
import { toLiteral, toQuery, toSegment } from './graph-path.ts';
import { readBody, readElements } from './read-answer.ts';
import { entitySchema, pageSchema } from './schema.ts';
import { rolesIn } from './token-roles.ts';

/** No Cloud PC has it: asked for where there is none to ask for. */
const nobodysId = '00000000-0000-0000-0000-000000000000';

export function graphSelf(client: GraphClient, deps: { teamsAppId: string | null; clock: Clock }): GraphSelf {
  const { teamsAppId, clock } = deps;
  return {
    teamsAppId,
    readRoles: async (withinMs) => rolesIn(await client.fetchToken(Math.ceil(withinMs))),
    troubleSince: () => client.troubleSince(),
    async probe(personId, { withinMs }): Promise<Probes> {
      const deadline = startDeadline(clock, withinMs);
      let clockAheadMs: number | null = null;
      async function get(path: string, version: GraphVersion = 'beta'): Promise<GraphReply> {
        const reply = await client.read(
          { method: 'GET', version, path, wantsUnknownMembers: version === 'beta' },
          deadline,
        );
        // Cut off to the second, so that half of one is missing on average.
        if (reply.serverTime) clockAheadMs = reply.serverTime + second / 2 - clock.now();
        return reply;
      }
      const top = (path: string) => `${path}${toQuery({ $top: 1, $select: 'id' })}`;
      const [cloudPcs, users, groups, licences, catalog, installations] = await Promise.all([
        probeCloudPcs(get, top(cloudPcsPath)),
        seen(get(top('/users'))),
        seen(get(top('/groups'))),
        seen(get(`/subscribedSkus${toQuery({ $select: 'skuId' })}`)),
        teamsAppId === null ? null : seen(get(catalogPath(teamsAppId), 'v1.0'), isListed),
        teamsAppId === null || personId === null ? null : seen(get(installationsPath(personId), 'v1.0')),
      ]);
      const taken: Partial<Record<Permission, Seen<true>>> = {
        'CloudPC.ReadWrite.All': cloudPcs.taken,
        'User.Read.All': users,
        'GroupMember.Read.All': groups,
        'LicenseAssignment.Read.All': licences,
        ...(catalog ? { 'AppCatalog.Read.All': 'fault' in catalog ? catalog : { value: true } } : {}),
        ...(installations ? { 'TeamsAppInstallation.ReadWriteSelfForUser.All': installations } : {}),
      };
      return { taken, hasCloudPcs: cloudPcs.hasCloudPcs, inCatalog: catalog, clockAheadMs };
    },
  };
}

/** The list would do with CloudPC.Read.All; getSupportedCloudPcRemoteActions is a read that takes the writing permission. */
async function probeCloudPcs(
  get: (path: string) => Promise<GraphReply>,
  listPath: string,
): Promise<{ hasCloudPcs: Seen<boolean>; taken: Seen<true> }> {
  const firstId = await seen(get(listPath), (reply) => idsIn(reply)[0] ?? null);
  if ('fault' in firstId) return { hasCloudPcs: firstId, taken: firstId };
  const path = `${cloudPcsPath}/${toSegment(firstId.value ?? nobodysId)}/getSupportedCloudPcRemoteActions`;
  return { hasCloudPcs: { value: firstId.value !== null }, taken: await seen(get(path)) };
}

/** Whatever is not a refusal or a fault was let in: also "there is no such thing". */
async function seen(asked: Promise<GraphReply>): Promise<Seen<true>>;
async function seen<T>(asked: Promise<GraphReply>, read: (reply: GraphReply) => T): Promise<Seen<T>>;
async function seen(asked: Promise<GraphReply>, read?: (reply: GraphReply) => unknown): Promise<Seen<unknown>> {
  try {
    const reply = await asked;
    if (refusalOf(reply)) throw toError(reply);
    if (read) return { value: read(reply) };
    if (!isNotAnswerable(reply)) readBody(reply, pageSchema);
    return { value: true };
  } catch (fault) {
    if (fault instanceof ConciergeError) return { fault };
    throw fault;
  }
}

function idsIn(reply: GraphReply): string[] {
  return readElements(readBody(reply, pageSchema).value, entitySchema).map(({ id }) => id);
}

const isListed = (reply: GraphReply): boolean => idsIn(reply).length > 0;

const installationsPath = (personId: string) => `/users/${toSegment(personId)}/teamwork/installedApps`;

/** As the bot finds itself (`teams-apps.ts`). */
function catalogPath(manifestId: string): string {
  return `/appCatalogs/teamsApps${toQuery({ $filter: `externalId eq ${toLiteral(manifestId)}` })}`;
}
