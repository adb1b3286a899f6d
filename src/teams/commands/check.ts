// Whether everything that the bot needs is there. In the personal chat, since names of groups are nobody else's business.
import { checkSetup } from '../../requests/check-setup.ts';
import { personally } from '../turn.ts';
import { type Command, phrases } from './command.ts';

export const check: Command = {
  phrase: 'check',
  patterns: [
    phrases(
      'check(?: (?:again|setup|(?:the )?permissions))?',
      '(?:setup|health) check',
      'diagnose',
      '(?:(?:einrichtung|berechtigungen) )?prüfen',
      'prüfung',
      'vérifier(?: (?:la configuration|les autorisations))?',
      'vérification',
    ),
  ],
  run: async ({ deps, person, origin, deadline }) => personally(await checkSetup(deps, person, origin, deadline)),
};
