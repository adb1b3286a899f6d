// The clouds of Microsoft 365 in which Graph offers Windows 365 actions to applications (docs: deployments).
import { InputError } from '../domain/errors.ts';

export type GraphCloudName = 'global' | 'usgov';

export interface GraphCloud {
  name: GraphCloudName;
  /** Root of the API, without a version and without a slash at the end. */
  graphRoot: string;
  /** Who gives out tokens. */
  authorityHost: string;
  /** What a token is asked for. */
  scope: string;
}

const clouds: Readonly<Record<GraphCloudName, GraphCloud>> = {
  global: {
    name: 'global',
    graphRoot: 'https://graph.microsoft.com',
    authorityHost: 'https://login.microsoftonline.com',
    scope: 'https://graph.microsoft.com/.default',
  },
  usgov: {
    name: 'usgov',
    graphRoot: 'https://graph.microsoft.us',
    authorityHost: 'https://login.microsoftonline.us',
    scope: 'https://graph.microsoft.us/.default',
  },
};

/**
 * The cloud of a name in the settings. GCC tenants are in the global cloud; GCC High is `usgov`.
 * @throws InputError `graph.cloudNotServed` for DOD, China and everything else: Graph reprovisions nothing there
 */
export function findGraphCloud(name: string): GraphCloud {
  if (name === 'global' || name === 'usgov') return clouds[name];
  throw new InputError('graph.cloudNotServed', { cloud: name });
}
