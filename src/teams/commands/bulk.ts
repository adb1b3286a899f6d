// "bulk reprovision …": the form, or the preview of what was named, pasted or attached.
import type { Selection } from '../../domain/bulk.ts';
import { InputError } from '../../domain/errors.ts';
import { readTargets, type Targets } from '../../domain/targets.ts';
import {
  choiceOf,
  chooseForBulk,
  emptyChoice,
  nobody,
  previewBulk,
  readBulkAdmin,
} from '../../requests/bulk/preview-bulk.ts';
import { readCsvTargets } from '../read-csv.ts';
import { type Answer, personally, type Turn } from '../turn.ts';
import { bulkPatterns, readBulkWords, takeMentions } from './bulk-words.ts';
import type { Command } from './command.ts';

export const bulk: Command = {
  phrase: 'bulk reprovision',
  also: ['mehrere neu bereitstellen', 'reprovisionner en masse'],
  patterns: bulkPatterns,
  run: runBulk,
};

/** Also for a list that is attached without a word: a preview changes nothing. */
export async function runBulk(turn: Turn): Promise<Answer> {
  const { deps, person, incoming, origin, deadline } = turn;
  const takesFiles = incoming.place === 'personal';
  const selection = await readSelection(turn);
  if (selection === null) {
    const form = { choice: emptyChoice, problem: null, takesFiles };
    return personally(await chooseForBulk(deps, person, form, origin, deadline));
  }
  const wish = { selection, choice: choiceOf(selection), takesFiles, retryOf: null };
  return personally(await previewBulk(deps, person, wish, origin, deadline));
}

/** null: nothing was said. */
async function readSelection(turn: Turn): Promise<Selection | null> {
  const { incoming } = turn;
  const { text, personIds } = takeMentions(incoming.pasted, incoming.mentions);
  if (incoming.files.length > 0) return readAttached(turn, text, personIds);
  const words = readBulkWords(text);
  switch (words.kind) {
    case 'form':
      return personIds.length > 0 ? { ...nobody, personIds } : null;
    case 'failed':
      return { ...nobody, personIds, failed: true };
    case 'group':
      return { ...nobody, personIds, group: words.name };
    case 'policy':
      return { ...nobody, personIds, policy: { name: words.name } };
    case 'list':
      return { ...nobody, ...readTargets(words.text), personIds };
  }
}

/** All files, and whoever is named beside them; of the words around a file nobody can tell whether they name somebody. */
async function readAttached(turn: Turn, text: string, personIds: string[]): Promise<Selection> {
  const { deps, person, incoming, files, deadline } = turn;
  if (incoming.place !== 'personal') throw new InputError('fileNotHere');
  // Nothing is fetched for somebody who may not.
  await readBulkAdmin(deps, person.id, deadline);
  const lists: Targets[] = [{ ...readTargets(text), rest: [] }];
  for (const file of incoming.files) lists.push(readCsvTargets(await files.read(file, deadline.left())));
  const all = (kind: keyof Targets) => [...new Set(lists.flatMap((list) => list[kind]))];
  const file = incoming.files.map(({ name }) => name).join(', ');
  return { ...nobody, personIds, upns: all('upns'), cloudPcIds: all('cloudPcIds'), rest: all('rest'), file };
}
