// "assign <licence> to <person>", "unassign <person>"; and for oneself, where the policy lets people ask.
import type { Target } from '../../requests/find-target.ts';
import { askAssign } from '../../requests/person/ask-assign.ts';
import { askUnassign } from '../../requests/person/ask-unassign.ts';
import { personally, type Turn } from '../turn.ts';
import { type Command, phrases } from './command.ts';
import { personMeant } from './who.ts';

const give = '(?:assign|give|zuweisen|weise|gib|attribue[rz]?|affecte[rz]?|assigne[rz]?)';
const take =
  '(?:unassign|take back|remove|revoke|deassign|entzieh(?:en?)?|zuweisung aufheben|entfernen?|désattribue[rz]?|retire[rz]?|désassigne[rz]?)';
const product =
  '(?:(?:a |an |the |einen? |eine |un |une |le |la )?(?:windows 365|cloud[\\s-]?pcs?)(?: licen[cs]e| lizenz)?)';
const to = '(?:to|for|an|für|à|a|pour)';
const from = '(?:from|of|for|von|für|de|pour|à)';
const oneself = /^(?:me|myself|mir|mich|moi|moi-même)$/iu;

export const assign: Command = {
  phrase: 'assign',
  also: ['zuweisen', 'attribuer', 'affecter'],
  patterns: [
    phrases(`${give}\\s+(?:${product}\\s+)?${to}\\s+(?<who>\\S.{0,255}?)`),
    phrases(`${give}\\s+(?<licence>\\S.{0,255}?)\\s{1,9}${to}\\s+(?<who>\\S.{0,255}?)`),
    phrases(
      `(?<licence>(?:\\d|lic|windows|frontline|cloud).{0,255}?)\\s{1,9}zuweisen\\s+(?:an|für)\\s+(?<who>\\S.{0,255}?)`,
    ),
    phrases(`(?:request|beantrage|demande[rz]?)\\s+${product}`, give, `${give}\\s+${product}`),
  ],
  async run(turn, { licence, who }) {
    const words = licence ?? '';
    return personally(await askAssign(turn.deps, turn.person, targetOf(turn, who), words, turn.origin, turn.deadline));
  },
};

export const unassign: Command = {
  phrase: 'unassign',
  also: ['entziehen', 'désattribuer', 'take back'],
  patterns: [
    phrases(`${take}\\s+${product}\\s+${from}\\s+(?<who>\\S.{0,255}?)`),
    phrases(`(?:unassign|deassign|entzieh(?:en?)?|désattribue[rz]?|désassigne[rz]?)\\s+(?<who>\\S.{0,255}?)`),
    phrases('(?:unassign|take back|entziehen|désattribuer)', `${take}\\s+${product}`),
  ],
  async run(turn, { who }) {
    return personally(await askUnassign(turn.deps, turn.person, targetOf(turn, who), turn.origin, turn.deadline));
  },
};

function targetOf(turn: Turn, who: string | undefined): Target {
  return who === undefined || oneself.test(who) ? { type: 'self' } : personMeant(turn, who);
}
