// "reprovision my Cloud PC", and for admins "reprovision <person>".
import { askReprovision } from '../../requests/ask-reprovision.ts';
import type { Target } from '../../requests/find-target.ts';
import { personally, type Turn } from '../turn.ts';
import { type Command, phrases } from './command.ts';
import { personMeant } from './who.ts';

export const verb =
  '(?:re-?provision|reset|re-?image|rebuild|re-?install|start over(?: with)?|wipe|neu bereitstellen|zurücksetzen|neu aufsetzen|reprovisionne[rz]?|réinitialise[rz]?|recrée[rz]?)';
const mine = '(?:(?:my|the|mein(?:en)?|mon|ma)\\s+)?';
export const machine = '(?:(?:windows 365\\s+)?cloud[\\s-]?pcs?|pc|computer|machine|ordinateur|rechner|windows 365)';

/** German parts these verbs: `setze meinen Cloud-PC bitte zurück`. */
const partedVerb = (what: string) =>
  ['(?:setze?|setzen sie)#(?:zurück|neu auf)', '(?:stelle?|stellen sie)#neu bereit']
    .map((parts) => parts.replace('#', `\\s+${what}\\s+(?:bitte\\s+)?`))
    .join('|');

const whose = `(?:(?:(?:the\\s+)?${machine}\\s+)?(?:of|for|von|für|de|pour)\\s+)?`;

const now = '(?:\\s+(?:now|again|jetzt|maintenant))?';

export const reprovision: Command = {
  phrase: 'reprovision',
  also: [
    'rebuild',
    'reimage',
    'reinstall',
    'neu bereitstellen',
    'zurücksetzen',
    'neu aufsetzen',
    'reprovisionner',
    'réinitialiser',
    'recréer',
  ],
  patterns: [
    phrases(`${verb}\\s+${whose}(?<who>\\S.{0,255}?)\\s{1,9}(?:with|mit|avec)\\s+(?<licence>\\S.{0,255}?)`),
    phrases(
      `${verb}(?:\\s+(?:${mine}${machine}|me|mine|mich))?${now}`,
      `${mine}${machine}\\s+${verb}${now}`,
      partedVerb(`${mine}${machine}`),
    ),
    phrases(
      `${verb}\\s+(?:(?:the\\s+)?${machine}\\s+)?(?:of|for|von|für|de|pour)\\s+(?<who>\\S.{0,255}?)`,
      `${verb}\\s+(?<who2>\\S.{0,255}?)(?:['’]s?\\s+${machine})`,
    ),
    phrases(`${verb}\\s+(?<who>\\S.{0,255}?)`),
  ],
  async run(turn, groups) {
    const { deps, person, origin, deadline } = turn;
    const target = targetOf(turn, groups.who ?? groups.who2);
    const licence = licenceOf(target, groups.licence);
    return personally(await askReprovision(deps, person, target, origin, deadline, licence));
  },
};

/** `my cloud pc, it is broken`: one's own, whatever else is said. */
const ownMachine = new RegExp(`^(?:my|mein(?:en)?|mon|ma)\\s+(?:\\S+\\s+)?${machine}(?:[\\s,;:.!–-]|$)`, 'iu');

/** `rebuild my PC with Windows 11` names no licence; behind somebody else's name it can be nothing else. */
const licenceWord = /^(?:lic|licen[cs]e|lizenz)\b/iu;

function licenceOf({ type }: Target, words: string | undefined): string | null {
  return words === undefined || (type === 'self' && !licenceWord.test(words)) ? null : words;
}

function targetOf(turn: Turn, who: string | undefined): Target {
  return who === undefined || ownMachine.test(who) ? { type: 'self' } : personMeant(turn, who);
}
