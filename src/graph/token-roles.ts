// What an application's token says about itself. Graph's tokens are for Graph, and may one day be unreadable for us: then nothing
// is known, and nothing is decided by it. It is never trusted for anything but words to whoever runs the bot.

/** The application permissions (`roles`) that a token carries; null: it cannot be read. */
export function rolesIn(token: string): string[] | null {
  const [, payload, , ...rest] = token.split('.');
  if (payload === undefined || rest.length > 0) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('aud' in claims)) return null;
    // A token without any permission carries no `roles` at all.
    const roles = 'roles' in claims ? claims.roles : [];
    return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : null;
  } catch {
    return null;
  }
}
