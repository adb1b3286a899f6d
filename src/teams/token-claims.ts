// A first look at a token, before anything is fetched or verified for it.
import { z } from 'zod/v4';

const bearer = /^Bearer ([\w-]+)\.([\w-]+)\.[\w-]+$/;
const headerShape = z.object({ alg: z.enum(['RS256', 'RS384', 'RS512']), kid: z.string() });
const claimsShape = z.object({ iss: z.string() });

/** What an `Authorization` header claims, unverified; null when it is no RSA-signed bearer token at all. */
export function readTokenClaims(authorization: string): { issuer: string } | null {
  const found = bearer.exec(authorization);
  if (!found) return null;
  const header = headerShape.safeParse(readPart(found[1]));
  const claims = claimsShape.safeParse(readPart(found[2]));
  return header.success && claims.success ? { issuer: claims.data.iss } : null;
}

const ownerShape = z.object({ oid: z.guid(), tid: z.guid() });

/** Whose access token it is, in lower case: Entra object id and tenant. null when it does not say. */
export function readTokenOwner(token: string): { personId: string; tenantId: string } | null {
  const owner = ownerShape.safeParse(readPart(token.split('.')[1])).data;
  return owner ? { personId: owner.oid.toLowerCase(), tenantId: owner.tid.toLowerCase() } : null;
}

function readPart(part: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
