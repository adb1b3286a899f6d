// Whose token is whose. A token that is not the person's own, of this tenant, is never used: it is forgotten.
import type { Log, SignedIn, SignIns, TeamsUser, UnitOfWork } from '../domain/ports.ts';
import { readTokenOwner } from './token-claims.ts';
import type { UserTokens } from './user-tokens.ts';

export interface SignInsParts {
  tokens: UserTokens;
  unitOfWork: UnitOfWork;
  log: Log;
  /** What can be done with a person's token. */
  asPerson: (person: { personId: string; token: string; forget(): Promise<void> }) => SignedIn;
}

export function createSignIns({ tokens, unitOfWork, log, asPerson }: SignInsParts): SignIns {
  return {
    async of(personId, { withinMs }) {
      // Who has never written to the bot cannot have signed in either.
      const known = await unitOfWork.run((tx) => tx.people.get(personId));
      const user = known?.teamsUser;
      if (!user) return null;
      const token = await tokens.get(user.userId, withinMs);
      if (token === null) return null;
      const forget = async () => {
        // At worst the person is asked to sign in once more.
        await tokens
          .forget(user.userId)
          .catch(() => log.warn({ personId }, 'a token that is of no use was not forgotten'));
      };
      if (isTokenOf(token, personId, user)) return asPerson({ personId, token, forget });
      log.warn({ personId }, 'a token of somebody else was found and forgotten');
      await forget();
      return null;
    },
  };
}

/** Its object id and tenant must be the person's. */
export function isTokenOf(token: string, personId: string, { tenantId }: Pick<TeamsUser, 'tenantId'>): boolean {
  const owner = readTokenOwner(token);
  return owner !== null && owner.personId === personId && owner.tenantId === tenantId;
}
