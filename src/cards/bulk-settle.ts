// What becomes of all that wait for a person: one choice for all of them, and the confirmation of a new start.
import type { RequestView } from '../domain/views.ts';
import { countIn } from '../domain/waves.ts';
import { type Sentence, say } from '../locales/sentence.ts';
import {
  type ButtonSpec,
  buttonData,
  type Fact,
  factData,
  onRequest,
  spoken,
  stateData,
  updated,
} from './card-parts.ts';
import type { Writer } from './writer.ts';

type SettleChoice = 'check' | 'treatAsStarted' | 'close' | 'startAgain';

/** Without a sign of the start there are more choices than where only the end is missing. */
const afterUnclearStart: readonly SettleChoice[] = ['check', 'treatAsStarted', 'close', 'startAgain'];
const afterNoEnd: readonly SettleChoice[] = ['check', 'close'];

const styles: Partial<Record<SettleChoice, ButtonSpec['style']>> = { check: 'positive', startAgain: 'destructive' };

export function bulkSettle(writer: Writer, view: RequestView) {
  const { unclear, noEnd } = waitingOf(view);
  const choices = choicesOf(view);
  const title = say('bulk.onlyPeople', { people: unclear + noEnd });
  return {
    title: writer.markdown(title),
    subtitle: writer.markdown(subtitleOf(view)),
    state: stateData(writer, 'warn', say('bulk.settle.strip'), say('bulk.settle.stripText')),
    facts: factData(writer, factsOf(view)),
    explain: choices.map((choice) => ({
      label: writer.markdown(say(`bulk.settle.${choice}`)),
      text: writer.markdown(say(`bulk.settle.${choice}Text`)),
    })),
    number: null,
    footer: writer.markdown(updated(writer, view.now)),
    actions: choices.map((choice) =>
      buttonData(writer, {
        title: say(`bulk.settle.${choice}`),
        verb: 'bulk.settle',
        style: styles[choice],
        data: { ...idsOf(view), choice },
        inputs: 'none',
      }),
    ),
    ...spoken(writer, title),
  };
}

function choicesOf(view: RequestView): readonly SettleChoice[] {
  if (waitingOf(view).unclear === 0) return afterNoEnd;
  // Nothing more is started of what was stopped.
  return view.request.bulk?.stopped ? afterUnclearStart.filter((choice) => choice !== 'startAgain') : afterUnclearStart;
}

/** It never sends by itself: the number is typed, and each one is checked again. */
export function bulkResend(writer: Writer, view: RequestView) {
  const { unclear: count } = waitingOf(view);
  const title = say('bulk.resend.title', { n: count });
  return {
    title: writer.markdown(title),
    subtitle: writer.markdown(subtitleOf(view)),
    state: stateData(writer, 'danger', say('bulk.resend.strip'), say('bulk.resend.stripText')),
    facts: [],
    explain: [
      { label: writer.markdown(say('resend.when')), text: writer.markdown(say('bulk.resend.whenText')) },
      { label: writer.markdown(say('resend.else')), text: writer.markdown(say('bulk.resend.elseText')) },
    ],
    number: {
      pattern: `^\\s*${count}\\s*$`,
      error: writer.plain(say('bulk.resend.numberError', { count })),
    },
    footer: writer.markdown(updated(writer, view.now)),
    actions: [
      buttonData(writer, {
        title: say('resend.send'),
        verb: 'bulk.resend',
        style: 'destructive',
        data: idsOf(view),
      }),
      buttonData(writer, {
        title: say('common.back'),
        verb: 'request.show',
        data: onRequest(view.request),
        inputs: 'none',
      }),
    ],
    ...spoken(writer, title),
  };
}

function waitingOf({ bulk }: RequestView) {
  const tally = bulk?.tally ?? {};
  return { unclear: countIn(tally, ['needsOperator']), noEnd: countIn(tally, ['timedOut']) };
}

function idsOf({ request, bulk }: RequestView) {
  return { ...onRequest(request), attempts: bulk?.attempts ?? 0 };
}

function subtitleOf({ request }: RequestView): Sentence {
  return say('bulk.settle.sub', { code: request.code ?? '' });
}

function factsOf(view: RequestView): Fact[] {
  const { unclear, noEnd } = waitingOf(view);
  return [
    ...(unclear > 0 ? [{ label: say('bulk.settle.unclear'), value: say('common.cloudPcs', { n: unclear }) }] : []),
    ...(noEnd > 0 ? [{ label: say('bulk.settle.noEnd'), value: say('common.cloudPcs', { n: noEnd }) }] : []),
  ];
}
