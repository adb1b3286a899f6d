// People of the directory. Reads only; all may be repeated.
import type { z } from 'zod/v4';
import { InputError } from '../domain/errors.ts';
import { isSameUpn, type Person } from '../domain/people.ts';
import type { Ask } from './asker.ts';
import { inChunks } from './batch.ts';
import type { GraphClient } from './graph-client.ts';
import { isNotFound } from './graph-error.ts';
import { toLiteral, toQuery, toSearch, toSegment } from './graph-path.ts';
import { readPages } from './pages.ts';
import { readBody, readElements } from './read-answer.ts';
import { groupIdsSchema, userSchema } from './schema.ts';

export const personProperties = [
  'id',
  'displayName',
  'userPrincipalName',
  'mail',
  'accountEnabled',
  'usageLocation',
  'userType',
] as const;
/** Documented limit of checkMemberGroups. */
const mostGroups = 20;
/** One more than is ever shown, so that "too many" can be told from "all". */
const mostPeople = 21;
const longestName = 256;
/** A filter takes about 15 conditions, and stays short enough for a URL. */
const upnsAtOnce = 10;

/** GET /users/{id}. null: no such person. */
export async function readPerson(ask: Ask, personId: string): Promise<Person | null> {
  const query = toQuery({ $select: personProperties });
  const reply = await ask({ method: 'GET', path: `/users/${toSegment(personId)}${query}` });
  return isNotFound(reply) ? null : toPerson(readBody(reply, userSchema));
}

/** POST /users/{id}/checkMemberGroups, 20 groups a call; transitive. Returns ids in lower case; [] for an unknown person. */
export async function readMemberOf(ask: Ask, personId: string, groupIds: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(groupIds.map((id) => id.toLowerCase()))];
  const path = `/users/${toSegment(personId)}/checkMemberGroups`;
  const found = await Promise.all(
    inChunks(wanted, mostGroups).map(async (chunk) => {
      const reply = await ask({ method: 'POST', path, body: { groupIds: chunk } });
      return isNotFound(reply) ? [] : readBody(reply, groupIdsSchema).value.map((id) => id.toLowerCase());
    }),
  );
  // Only what was asked for can give a right.
  return found.flat().filter((id) => wanted.includes(id));
}

/**
 * GET /users, at most 21: first whose UPN or mail it is, or whose UPN begins so (`$filter`), then whose name has words that begin so (`$search`,
 * which looks into an index: somebody new is found by the address alone for some minutes).
 */
export async function readPeopleNamed(client: GraphClient, ask: Ask, text: string): Promise<Person[]> {
  const name = text.trim();
  if (name === '' || name.length > longestName) return [];
  const literal = toLiteral(name);
  const address = ['userPrincipalName', 'mail'].map((property) => `${property} eq ${literal}`).join(' or ');
  const byAddress = readUsers(client, ask, { $filter: `${address} or startswith(userPrincipalName,${literal})` });
  const [asked, alike] = await Promise.all([byAddress, readUsersByName(client, ask, name)]);
  // Compared again, whatever the filter did.
  const ofUpn = asked.filter(({ userPrincipalName }) => isSameUpn(userPrincipalName, name));
  const ofMail = asked.filter(({ mail }) => isSameUpn(mail, name));
  const ofAlias = asked.filter(({ userPrincipalName }) =>
    userPrincipalName.toLowerCase().startsWith(name.toLowerCase()),
  );
  const found = new Map([...ofUpn, ...ofMail, ...ofAlias, ...alike].map((person) => [person.id, person]));
  return [...found.values()].slice(0, mostPeople);
}

/**
 * GET /users by UPN, some in each request, which go out in batches. Compared again without case, whatever the filter did;
 * who is not there is missing, and what cannot be a UPN is not asked for.
 */
export async function readPeopleByUpn(client: GraphClient, ask: Ask, upns: readonly string[]): Promise<Person[]> {
  const wanted = new Set(upns.filter(mayBeUpn).map((upn) => upn.toLowerCase()));
  const chunks = inChunks([...wanted], upnsAtOnce);
  const found = await Promise.all(
    chunks.map(async (chunk) => {
      const $filter = chunk.map((upn) => `userPrincipalName eq ${toLiteral(upn)}`).join(' or ');
      const values = await readPages(client, ask, `/users${toQuery({ $select: personProperties, $filter })}`);
      return readElements(values, userSchema).map(toPerson);
    }),
  );
  const people = found.flat().filter(({ userPrincipalName }) => wanted.has(userPrincipalName.toLowerCase()));
  return [...new Map(people.map((person) => [person.id, person])).values()];
}

function mayBeUpn(text: string): boolean {
  return text.length <= longestName && /^[^\s@]+@[^\s@]+$/.test(text);
}

async function readUsersByName(client: GraphClient, ask: Ask, name: string): Promise<Person[]> {
  // Graph takes such a text apart into words, and there are none.
  if (!/[\p{L}\p{N}]/u.test(name)) return [];
  try {
    return await readUsers(client, ask, { $search: toSearch('displayName', name) }, true);
  } catch (error) {
    // Refused for how it is written: the beginning of the whole name still finds somebody.
    if (!(error instanceof InputError)) throw error;
    return readUsers(client, ask, { $filter: `startswith(displayName,${toLiteral(name)})` });
  }
}

async function readUsers(
  client: GraphClient,
  ask: Ask,
  how: Readonly<Record<string, string>>,
  isEventual?: boolean,
): Promise<Person[]> {
  const path = `/users${toQuery({ $select: personProperties, ...how, $top: mostPeople })}`;
  const values = await readPages(client, ask, path, { enough: mostPeople, isEventual });
  return readElements(values, userSchema).map(toPerson);
}

/** A readable user of Graph. */
export function toPerson(user: z.output<typeof userSchema>): Person {
  return {
    id: user.id.toLowerCase(),
    name: user.displayName || user.userPrincipalName,
    userPrincipalName: user.userPrincipalName,
    mail: user.mail || null,
    // Not said: not allowed. Only User.Read.All shows it.
    accountEnabled: user.accountEnabled ?? false,
    isGuest: user.userType?.toLowerCase() === 'guest',
    usageLocation: user.usageLocation || null,
  };
}
