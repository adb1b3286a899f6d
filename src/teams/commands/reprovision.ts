// "reprovision my Cloud PC", and for admins "reprovision <person>".
import { askReprovision, type Target } from '../../requests/ask-reprovision.ts';
import { personally, type Turn } from '../turn.ts';
import { type Command, phrases } from './command.ts';

const verb =
  '(?:reprovision|reset|re-?image|rebuild|re-?install|start over(?: with)?|wipe|neu bereitstellen|zurücksetzen|neu aufsetzen|reprovisionner|réinitialiser|recréer)';
const mine = '(?:(?:my|the|mein(?:en)?|mon|ma)\\s+)?';
const machine = '(?:(?:windows 365\\s+)?cloud[\\s-]?pcs?|pc|computer|machine|ordinateur|rechner|windows 365)';

export const reprovision: Command = {
  phrase: 'reprovision',
  patterns: [
    phrases(`${verb}(?:\\s+${mine}${machine})?`, `${mine}${machine}\\s+${verb}`),
    phrases(
      `${verb}\\s+(?:(?:the\\s+)?${machine}\\s+)?(?:of|for|von|für|de|pour)\\s+(?<who>\\S.{0,255}?)`,
      `${verb}\\s+(?<who2>\\S.{0,255}?)(?:['’]s?\\s+${machine})`,
    ),
    phrases(`${verb}\\s+(?<who>\\S.{0,255}?)`),
  ],
  async run(turn, groups) {
    const who = groups.who ?? groups.who2;
    return personally(await askReprovision(turn.deps, turn.person, targetOf(turn, who), turn.origin, turn.deadline));
  },
};

/** A mention is the person meant; the words around it do not matter. */
function targetOf({ incoming }: Turn, who: string | undefined): Target {
  const mentioned = incoming.mentions.find((mention) => mention.id !== null)?.id;
  if (mentioned) return { type: 'id', personId: mentioned };
  return who === undefined ? { type: 'self' } : { type: 'words', text: who.replace(/^["“„«]|["”“»]$/gu, '').trim() };
}
