// Stands where a form stood that is over: nothing is asked any more, so no buttons.
import type { CardView } from '../domain/views.ts';
import { say } from '../locales/sentence.ts';
import { spoken, stateData } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'closed' }>;

export function closedCard(writer: Writer, { text }: View) {
  const title = say(`closed.${text}`);
  return {
    state: stateData(writer, text === 'started' ? 'info' : 'off', title, say(`closed.${text}Text`)),
    actions: [],
    ...spoken(writer, title),
  };
}
