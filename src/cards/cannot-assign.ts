// Why nothing can be assigned or taken back now, and what would help. Nothing was asked.
import type { CardView } from '../domain/views.ts';
import { dotted, type Sentence, say, type Words } from '../locales/sentence.ts';
import { sentencesIn } from './assign-card.ts';
import { buttonData, spoken, stateData } from './card-parts.ts';
import type { Tone } from './tone.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'cannotAssign' }>;

interface Face {
  title: string;
  tone: Tone;
  state: Sentence;
  text: Sentence;
  next: Sentence | null;
}

export function cannotAssign(writer: Writer, view: View) {
  const { person, reason } = view;
  const { title, tone, state, text, next } = faceOf(view);
  const subtitle: Words = dotted(person.name, person.upn);
  return {
    title: writer.markdown(say(title)),
    subtitle: writer.markdown(subtitle),
    state: stateData(writer, tone, state, text),
    next: next && writer.markdown(next),
    actions: [
      reason.type === 'running'
        ? buttonData(writer, {
            title: say('common.showRequest', { code: reason.code }),
            verb: 'request.show',
            data: { request: reason.requestId, revision: reason.revision },
          })
        : buttonData(writer, { title: say('help.act.all'), verb: 'help.show', data: {} }),
    ],
    ...spoken(writer, state),
  };
}

function faceOf({ person, reason }: View): Face {
  const owner = person.name;
  const busy = { title: 'cannot.titleBusy', tone: 'go' as const, state: say('cannotAssign.running', { owner }) };
  switch (reason.type) {
    case 'running':
      return { ...busy, text: say('cannotAssign.runningText', { code: reason.code }), next: null };
    case 'runningUnknown':
      return { ...busy, text: say('cannotAssign.runningUnknownText'), next: null };
    case 'hasNone':
      return {
        title: 'cannotAssign.titleNone',
        tone: 'info',
        state: say('cannotAssign.hasNone', { owner }),
        text: say('cannotAssign.hasNoneText'),
        next: say('cannotAssign.hasNoneNext'),
      };
    case 'unusable':
      return {
        title: 'cannot.titleLater',
        tone: 'warn',
        state: say('cannotAssign.unusable'),
        text: sentencesIn(reason.why),
        next: null,
      };
    case 'nothingOffered':
      return {
        title: 'cannot.titleLater',
        tone: 'off',
        state: say('cannotAssign.nothingOffered'),
        text: say('cannotAssign.nothingOfferedText'),
        next: say('cannotAssign.nothingOfferedNext'),
      };
  }
}
