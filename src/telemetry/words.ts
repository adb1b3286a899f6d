// Few and fixed words for what comes in and goes out, so that figures have few rows and name nobody.

const kindsByType: Readonly<Record<string, string>> = {
  message: 'message',
  conversationUpdate: 'conversationUpdate',
  installationUpdate: 'installationUpdate',
};
const kindsByInvoke: Readonly<Record<string, string>> = {
  'adaptiveCard/action': 'button',
  'signin/tokenExchange': 'signIn',
  'signin/verifyState': 'signIn',
  'fileConsent/invoke': 'fileConsent',
};

/** Whoever sends an activity chooses its words: those that are not known are one. */
export function kindOfTurn({ type, name = '' }: { type: string; name?: string }): string {
  const kinds = type === 'invoke' ? kindsByInvoke : kindsByType;
  const word = type === 'invoke' ? name : type;
  return (Object.hasOwn(kinds, word) && kinds[word]) || 'other';
}

/** `/users/8d3f…/cloudPCs` → `/users/{id}/cloudPCs`: only what an API calls its parts is left. */
export function routeOf(path: string): string {
  const [pathname = ''] = path.split('?', 1);
  return pathname
    .split('/')
    .map((segment) =>
      segment === '' || /^(\$?[A-Za-z]{1,40}|microsoft\.graph\.[A-Za-z]+|v3)(\([^)]*\))?$/.test(segment)
        ? part(segment)
        : '{id}',
    )
    .join('/');
}

/** What a function is called with is nobody's business. */
function part(segment: string): string {
  return segment.replace(/\(.+\)$/, '(…)');
}
