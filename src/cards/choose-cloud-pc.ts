// Several Cloud PCs: choose one; those that cannot be reprovisioned now say why.
import { faceOf } from '../domain/cloud-pc.ts';
import type { CardView } from '../domain/views.ts';
import { moment, type Sentence, say } from '../locales/sentence.ts';
import { buttonData, choiceData, planOf, spoken, stateData } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'chooseCloudPc' }>;
type NotNow = View['notNow'][number];

/** A list longer than this cannot be read on a phone, and nobody has so many. */
const mostChoices = 12;
const mostNotNow = 6;

export function chooseCloudPc(writer: Writer, view: View) {
  const { requestId, revision, forOwner, choices, notNow } = view;
  const ids = { request: requestId, revision };
  const hasChoice = choices.length > 0;
  const sub = forOwner ? say('choose.subFor', { name: forOwner.name }) : say('choose.sub', { n: choices.length });
  const left = notNow.length - mostNotNow;
  return {
    title: writer.markdown(say('choose.title')),
    subtitle: writer.markdown(hasChoice ? sub : say('common.windows365')),
    state: hasChoice ? null : stateData(writer, 'off', say('choose.none'), say('choose.noneText')),
    choices: choices.slice(0, mostChoices).map((pc) =>
      choiceData(
        writer,
        pc.id,
        say('choose.choice', {
          pc: pc.name,
          size: planOf(pc),
          state: say(`pc.${faceOf(pc.status)}`),
          when: moment(pc.lastSignInAt, 'smart'),
        }),
      ),
    ),
    notNow: [
      ...notNow.slice(0, mostNotNow).map((entry) => ({ text: writer.markdown(notNowLine(entry)) })),
      ...(left > 0 ? [{ text: writer.markdown(say('common.more', { n: left })) }] : []),
    ],
    actions: [
      ...(hasChoice
        ? [
            buttonData(writer, {
              title: say('common.continue'),
              verb: 'reprovision.choose',
              style: 'positive',
              data: ids,
            }),
          ]
        : []),
      buttonData(writer, { title: say('common.cancel'), verb: 'card.cancel', data: ids, inputs: 'none' }),
    ],
    ...spoken(writer, say('choose.summary')),
  };
}

function notNowLine({ pc, code, reason }: NotNow): Sentence {
  if (reason === 'cooldown') return say('choose.notNowCooldown', { pc: pc.name });
  if (reason !== 'running') return say('choose.notNowLine', { pc: pc.name, reason: say(`reason.${reason}.text`) });
  return code === null
    ? say('choose.notNowRunningUnknown', { pc: pc.name })
    : say('choose.notNowRunning', { pc: pc.name, code });
}
