// In a person's own name, with their own token: what Graph lists as theirs, and the two delegated forms of reprovision.
// https://learn.microsoft.com/graph/api/user-list-cloudpcs, https://learn.microsoft.com/graph/api/cloudpc-reprovision
import type { Clock, SignedIn } from '../domain/ports.ts';
import { createAsker } from './asker.ts';
import { type Deadline, startDeadline } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { isTokenRefused, toPersonsError } from './graph-error.ts';
import { toSegment } from './graph-path.ts';
import { walkPages } from './pages.ts';
import { readElements } from './read-answer.ts';
import { entitySchema } from './schema.ts';
import { createStarter, type StarterSettings } from './starter.ts';

/** Which of the two paths gets the POST: they mean the same, but `users` also names whose token it must be. */
export type PersonsForm = 'me' | 'users';

export interface AsPersonDeps {
  clock: Clock;
  settings: StarterSettings;
  form: PersonsForm;
}

export interface PersonsToken {
  personId: string;
  /** For Graph, with the delegated permission CloudPC.ReadWrite.All. */
  token: string;
  /** Graph does not take it any more. */
  forget(): Promise<void>;
}

/** v1.0 documents no query options for it. It comes with few properties; policy, UPN and dates are not among them. */
const listPath = '/me/cloudPCs';

export function graphAsPerson(client: GraphClient, deps: AsPersonDeps, person: PersonsToken): SignedIn {
  const root = deps.form === 'me' ? '/me' : `/users/${toSegment(person.personId)}`;
  return {
    async readOwnCloudPcIds({ withinMs }) {
      const ids = await readOwnIds(client, person.token, startDeadline(deps.clock, withinMs));
      if (ids === null) await person.forget();
      return ids;
    },
    starter: createStarter(client, deps.settings, {
      fetchToken: async () => person.token,
      pathOf: (cloudPcId) => `${root}/cloudPCs/${toSegment(cloudPcId)}/reprovision`,
      bodyOf: (options) => {
        // Only the application's form takes a body; without it a choice would be lost silently.
        if (options.osVersion !== null || options.accountType !== null)
          throw new TypeError('options need another form');
        return undefined;
      },
      tokenRefused: person.forget,
    }),
  };
}

/** null: the token is refused. */
async function readOwnIds(client: GraphClient, token: string, deadline: Deadline): Promise<string[] | null> {
  let isRefused = false;
  const ask = createAsker((parts) => {
    for (const { part, resolve, reject } of parts) {
      client.read({ ...part, version: 'v1.0' }, deadline, token).then((reply) => {
        isRefused ||= isTokenRefused(reply);
        resolve(reply);
      }, reject);
    }
  });
  const ids: string[] = [];
  try {
    for await (const { value } of walkPages(client, ask, listPath, false, 'v1.0')) {
      ids.push(...readElements(value, entitySchema).map(({ id }) => id.toLowerCase()));
    }
  } catch (error) {
    if (isRefused) return null;
    throw toPersonsError(error);
  }
  return ids;
}
