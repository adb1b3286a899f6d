// People of the directory. Reads only; all may be repeated.
import type { z } from 'zod/v4';
import type { Person } from '../domain/people.ts';
import type { Ask } from './asker.ts';
import type { GraphClient } from './graph-client.ts';
import { isNotFound } from './graph-error.ts';
import { toLiteral, toQuery, toSegment } from './graph-path.ts';
import { readPages } from './pages.ts';
import { readBody, readElements } from './read-answer.ts';
import { groupIdsSchema, userSchema } from './schema.ts';

const personProperties = ['id', 'displayName', 'userPrincipalName', 'mail', 'accountEnabled'] as const;
/** Documented limit of checkMemberGroups. */
const mostGroups = 20;
/** One more than is ever shown, so that "too many" can be told from "all". */
const mostPeople = 21;
const longestName = 256;

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
  const chunks = Array.from({ length: Math.ceil(wanted.length / mostGroups) }, (_, index) =>
    wanted.slice(index * mostGroups, (index + 1) * mostGroups),
  );
  const found = await Promise.all(
    chunks.map(async (chunk) => {
      const reply = await ask({ method: 'POST', path, body: { groupIds: chunk } });
      return isNotFound(reply) ? [] : readBody(reply, groupIdsSchema).value.map((id) => id.toLowerCase());
    }),
  );
  // Only what was asked for can give a right.
  return found.flat().filter((id) => wanted.includes(id));
}

/** What people are called by: also the first name where the directory shows the last name first, and the alias. */
const named = ['displayName', 'givenName', 'surname', 'userPrincipalName'] as const;

/** GET /users by UPN, mail or the beginning of a name; at most 21. */
export async function readPeopleNamed(client: GraphClient, ask: Ask, text: string): Promise<Person[]> {
  const name = text.trim();
  if (name === '' || name.length > longestName) return [];
  const literal = toLiteral(name);
  const begins = named.map((property) => `startswith(${property},${literal})`);
  const $filter = [`userPrincipalName eq ${literal}`, `mail eq ${literal}`, ...begins].join(' or ');
  const path = `/users${toQuery({ $select: personProperties, $filter, $top: mostPeople })}`;
  const values = await readPages(client, ask, path, mostPeople);
  return readElements(values, userSchema).slice(0, mostPeople).map(toPerson);
}

function toPerson(user: z.output<typeof userSchema>): Person {
  return {
    id: user.id.toLowerCase(),
    name: user.displayName || user.userPrincipalName,
    userPrincipalName: user.userPrincipalName,
    mail: user.mail || null,
    // Not said: not allowed. Only User.Read.All shows it.
    accountEnabled: user.accountEnabled ?? false,
  };
}
