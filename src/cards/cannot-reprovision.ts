// Why there is nothing to reprovision now, and what would help. Nothing was asked.
import type { CannotReason, CardView } from '../domain/views.ts';
import { dotted, moment, type Sentence, say, type Words } from '../locales/sentence.ts';
import { buttonData, spoken, stateData } from './card-parts.ts';
import type { Tone } from './tone.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'cannotReprovision' }>;

interface Face {
  title: string;
  subtitle: Words;
  tone: Tone;
  state: Sentence;
  text: Sentence;
  next?: Sentence;
}

export function cannotReprovision(writer: Writer, { reason }: View) {
  const { title, subtitle, tone, state, text, next } = faceOf(reason);
  const hasRequest = reason.type === 'running' || reason.type === 'cooldown';
  return {
    title: writer.markdown(say(`cannot.${title}`)),
    subtitle: writer.markdown(subtitle),
    state: stateData(writer, tone, state, text),
    next: next ? writer.markdown(next) : null,
    actions: hasRequest
      ? [
          buttonData(writer, {
            title: say('common.showRequest', { code: reason.code }),
            verb: 'request.show',
            data: { request: reason.requestId, revision: reason.revision },
          }),
          buttonData(writer, { title: say('help.act.mine'), verb: 'cloudPcs.list', data: {} }),
        ]
      : [buttonData(writer, { title: say('help.act.all'), verb: 'help.show', data: {} })],
    ...spoken(writer, state),
  };
}

const windows365 = say('common.windows365');

function faceOf(reason: CannotReason): Face {
  switch (reason.type) {
    case 'none':
      return noneFace(reason.owner?.name ?? null);
    case 'running':
      return {
        title: 'titleBusy',
        subtitle: dotted(reason.pc, reason.code),
        tone: 'go',
        state: say('cannot.running', { pc: reason.pc, when: moment(reason.since, 'clock') }),
        text: say('cannot.runningText', { code: reason.code, who: reason.who.name }),
      };
    case 'runningUnknown':
      return {
        title: 'titleBusy',
        subtitle: reason.pc,
        tone: 'go',
        state: say('cannot.runningUnknown', { pc: reason.pc }),
        text: say('cannot.runningUnknownText'),
      };
    case 'cooldown':
      return {
        title: 'titleLater',
        subtitle: dotted(reason.pc, reason.code),
        tone: 'wait',
        state: say('cannot.cooldown', { pc: reason.pc, when: moment(reason.endedAt, 'smart') }),
        text: say('cannot.cooldownText', { hours: reason.hours, from: moment(reason.from, 'smart') }),
      };
    case 'notNow':
      return notNowFace(reason.pc, reason.reason, reason.until);
    case 'resetDisabled':
      return notNowFace(reason.pc, 'resetDisabled', null);
  }
}

function noneFace(owner: string | null): Face {
  if (owner === null) {
    const next = say('cannot.noneNext');
    return {
      title: 'title',
      subtitle: windows365,
      tone: 'info',
      state: say('cannot.none'),
      text: say('cannot.noneText'),
      next,
    };
  }
  const state = say('cannot.noneFor', { name: owner });
  return { title: 'title', subtitle: windows365, tone: 'info', state, text: say('cannot.noneForText') };
}

function notNowFace(pc: string, reason: string, until: number | null): Face {
  const why = say(`reason.${reason}.text`);
  return {
    title: 'titleLater',
    subtitle: windows365,
    tone: 'off',
    state: say('cannot.notNow', { pc }),
    text:
      until === null
        ? why
        : say('common.and', { a: why, b: say('cannot.notNowUntil', { until: moment(until, 'smart') }) }),
    next: say(`reason.${reason}.try`),
  };
}
