// The bot's own Teams app: found in the catalog and installed for a person, so that the bot may write first.
// https://learn.microsoft.com/graph/api/userteamwork-post-installedapps; installing twice is harmless (409).
import { NotAllowedError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import { type Deadline, type GraphReply, startDeadline } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { expectSuccess, isAlreadyThere, isForbidden, isNotFound, toError } from './graph-error.ts';
import { toLiteral, toQuery, toSegment } from './graph-path.ts';
import { readBody, readElements } from './read-answer.ts';
import { entitySchema, pageSchema } from './schema.ts';

const withinMs = 20 * second;

export interface TeamsApps {
  /**
   * Installs the app for this person.
   * @returns `installed` also when it was; `notAllowed` when the permission is missing; `notInCatalog`
   * @throws ConciergeError for everything else (TemporaryError: try again; NotFoundError: no such person)
   */
  install(personId: string): Promise<'installed' | 'notAllowed' | 'notInCatalog'>;
  /** The id of the person's chat with the bot; null when the app is not installed or the catalog does not have it. */
  chatIdOf(personId: string): Promise<string | null>;
}

export function graphTeamsApps(client: GraphClient, deps: { manifestId: string; clock: Clock }): TeamsApps {
  let catalogId: string | null = null;

  async function get(path: string, deadline: Deadline): Promise<GraphReply> {
    return client.read({ method: 'GET', version: 'v1.0', path }, deadline);
  }

  /** The id in the catalog is not the manifest's. Remembered once found. */
  async function findCatalogId(deadline: Deadline): Promise<string | null> {
    const query = toQuery({ $filter: `externalId eq ${toLiteral(deps.manifestId)}` });
    catalogId ??= firstId(await get(`/appCatalogs/teamsApps${query}`, deadline));
    return catalogId;
  }

  return {
    async install(personId) {
      const deadline = startDeadline(deps.clock, withinMs);
      const appId = await findCatalogId(deadline).catch(orNotAllowed);
      if (appId === notAllowed) return 'notAllowed';
      if (appId === null) return 'notInCatalog';
      const body = { 'teamsApp@odata.bind': `${client.root}/v1.0/appCatalogs/teamsApps/${toSegment(appId)}` };
      const path = `/users/${toSegment(personId)}/teamwork/installedApps`;
      const timeoutMs = Math.ceil(deadline.remainingMs());
      const outcome = await client.sendOnce({ method: 'POST', version: 'v1.0', path, body }, { timeoutMs });
      if (outcome.kind === 'fault') throw toError(outcome);
      if (isAlreadyThere(outcome)) return 'installed';
      if (isForbidden(outcome)) return 'notAllowed';
      // The app may have been taken out of the catalog and put in again under another id.
      if (isNotFound(outcome)) catalogId = null;
      expectSuccess(outcome);
      return 'installed';
    },

    async chatIdOf(personId) {
      const deadline = startDeadline(deps.clock, withinMs);
      const appId = await findCatalogId(deadline);
      if (appId === null) return null;
      const path = `/users/${toSegment(personId)}/teamwork/installedApps`;
      const query = toQuery({ $expand: 'teamsApp', $filter: `teamsApp/id eq ${toLiteral(appId)}` });
      const installationId = firstId(await get(`${path}${query}`, deadline));
      if (installationId === null) return null;
      const chat = await get(`${path}/${toSegment(installationId)}/chat`, deadline);
      return isNotFound(chat) ? null : readBody(chat, entitySchema).id;
    },
  };
}

const notAllowed = Symbol('not allowed');

function orNotAllowed(error: unknown): typeof notAllowed {
  if (error instanceof NotAllowedError) return notAllowed;
  throw error;
}

function firstId(reply: GraphReply): string | null {
  return readElements(readBody(reply, pageSchema).value, entitySchema)[0]?.id ?? null;
}
