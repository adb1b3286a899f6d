// What admins set by word, and the language that everybody chooses.
import { ConflictError, InputError } from '../../domain/errors.ts';
import { type Language, languages } from '../../domain/people.ts';
import { setLanguage, setStartsPaused, useChannel } from '../../requests/settings.ts';
import { type Answer, here, say, type Turn } from '../turn.ts';
import { type Command, phrases } from './command.ts';

export const useThisChannel: Command = {
  phrase: 'use this channel for approvals',
  also: ['diesen kanal für genehmigungen verwenden', 'utiliser ce canal pour les approbations'],
  patterns: [
    phrases(
      'use this channel(?:\\s+for (?:approvals|requests))?',
      'approvals here',
      'diesen kanal (?:für genehmigungen )?verwenden',
      'utiliser ce canal(?: pour les approbations)?',
    ),
  ],
  run: answerUseChannel,
};

export async function answerUseChannel({ deps, incoming, person, origin, deadline }: Turn): Promise<Answer> {
  const { conversation } = incoming;
  if (conversation?.kind !== 'channel') throw new InputError('channelOnly');
  await useChannel(deps, person, conversation, origin, deadline);
  return say('say.channelSet', { channel: conversation.channelName ?? conversation.teamName ?? '' });
}

export const pauseStarts: Command = {
  phrase: 'pause all starts',
  also: ['alle starts anhalten', 'alle starts pausieren', 'suspendre les démarrages'],
  patterns: [
    phrases(
      'pause (?:all )?starts',
      'stop all starts',
      'alle starts (?:pausieren|anhalten)',
      'suspendre (?:tous )?les démarrages',
    ),
  ],
  async run({ deps, person, origin, deadline }) {
    const isNew = await setStartsPaused(deps, person, true, origin, deadline);
    return say(isNew ? 'say.startsPaused' : 'say.alreadyPaused');
  },
};

export const resumeStarts: Command = {
  phrase: 'resume starts',
  also: ['starts fortsetzen', 'reprendre les démarrages'],
  patterns: [phrases('resume (?:all )?starts', 'starts fortsetzen', 'reprendre les démarrages')],
  async run({ deps, person, origin, deadline }) {
    const isNew = await setStartsPaused(deps, person, false, origin, deadline);
    return say(isNew ? 'say.startsResumed' : 'say.notPaused');
  },
};

const words: Record<string, Language> = {
  english: 'en',
  englisch: 'en',
  anglais: 'en',
  german: 'de',
  deutsch: 'de',
  allemand: 'de',
  french: 'fr',
  französisch: 'fr',
  français: 'fr',
};

export const language: Command = {
  phrase: 'language de',
  patterns: [phrases('(?:language|sprache|langue)\\s+(?<language>\\p{L}{2,20})')],
  async run({ deps, person, origin }, groups) {
    const typed = (groups.language ?? '').toLowerCase();
    const chosen = languages.find((one) => one === typed) ?? words[typed];
    if (!chosen) throw new ConflictError('unknownLanguage');
    await setLanguage(deps, person, chosen, origin);
    return here({ text: 'say.languageSet', values: {} });
  },
};
