// "bulk reprovision …": the form, or the preview of what was named, pasted or attached.
import type { Selection } from '../../domain/bulk.ts';
import { InputError } from '../../domain/errors.ts';
import { readTargets } from '../../domain/targets.ts';
import { chooseForBulk, emptyChoice, previewBulk } from '../../requests/bulk/preview-bulk.ts';
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
  const choice = { ...emptyChoice, people: selection.upns.join('\n'), group: selection.group ?? '' };
  return personally(
    await previewBulk(deps, person, { selection, choice, takesFiles, retryOf: null }, origin, deadline),
  );
}

const nobody: Selection = {
  personIds: [],
  upns: [],
  cloudPcIds: [],
  rest: [],
  group: null,
  policy: null,
  failed: false,
  several: false,
  file: null,
};

/** null: nothing was said. */
async function readSelection(turn: Turn): Promise<Selection | null> {
  const { incoming } = turn;
  const [file] = incoming.files;
  if (file) {
    if (incoming.place !== 'personal') throw new InputError('fileNotHere');
    return { ...nobody, ...readCsvTargets(await turn.files.read(file, turn.deadline.left())), file: file.name };
  }
  const { text, personIds } = takeMentions(incoming.text, incoming.mentions);
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
