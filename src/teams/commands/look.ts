// Looking: what there is, what is running, what I can do.
import { readAsker } from '../../requests/asker.ts';
import { claimOrigin } from '../../requests/deps.ts';
import { listCloudPcs, listRequests, showRequest } from '../../requests/look-up.ts';
import { personally } from '../turn.ts';
import { type Command, phrases } from './command.ts';

export const help: Command = {
  phrase: 'help',
  also: ['hilfe'],
  patterns: [phrases('help', 'hi', 'hello', 'hilfe', 'hallo', 'aide', 'bonjour', 'what can you do', '\\?')],
  async run({ deps, person, origin, deadline }) {
    const { roles } = await readAsker(deps, person.id, deadline);
    await deps.unitOfWork.run((tx) => claimOrigin(tx, origin, deps.clock));
    return personally({ card: 'help', roles });
  },
};

export const myCloudPcs: Command = {
  phrase: 'my cloud pcs',
  also: ['meine cloud-pcs', 'mes cloud pc'],
  patterns: [
    phrases(
      '(?:show\\s+)?(?:my|list)\\s+(?:cloud[\\s-]?)?pcs?',
      'cloud[\\s-]?pcs?',
      'meine\\s+(?:cloud[\\s-]?)?pcs?',
      'mes\\s+cloud[\\s-]?pcs?',
    ),
  ],
  run: async ({ deps, person, origin, deadline }) => personally(await listCloudPcs(deps, person, 1, origin, deadline)),
};

export const status: Command = {
  phrase: 'status',
  also: ['requests', 'meine anträge', 'anträge', 'mes demandes', 'demandes'],
  patterns: [
    phrases(
      'status',
      'requests',
      'my requests',
      'what is running',
      'anträge',
      'meine anträge',
      'demandes',
      'mes demandes',
    ),
  ],
  run: async ({ deps, person, origin, deadline }) =>
    personally(await listRequests(deps, person, { filter: 'all', page: 1 }, origin, deadline)),
};

export const statusOf: Command = {
  phrase: 'status R-…',
  patterns: [
    phrases('(?:status|show|details)(?:\\s+(?:of|von|de))?\\s+#?(?<code>r-?\\s?\\d{1,12})', '#?(?<code2>r-\\d{1,12})'),
  ],
  async run({ deps, person, origin, deadline }, groups) {
    const code = codeOf(groups.code ?? groups.code2);
    const { view, audience } = await showRequest(deps, person, { code }, origin, deadline);
    return personally({ card: 'request', audience, view });
  },
};

/** `r 1042`, `R1042` → `R-1042`. */
export function codeOf(typed: string | undefined): string {
  return `R-${(typed ?? '').replace(/\D/g, '')}`;
}
