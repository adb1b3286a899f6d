// A name that fits several people: choose one.
import type { CardView } from '../domain/views.ts';
import { say } from '../locales/sentence.ts';
import { buttonData, choiceData, spoken } from './card-parts.ts';
import type { Writer } from './writer.ts';

/** More than this are searched by typing rather than read. */
const mostToRead = 6;

type View = Extract<CardView, { card: 'choosePerson' }>;

export function choosePerson(writer: Writer, { people, hasMore, operation }: View) {
  return {
    title: writer.markdown(say('choosePerson.title')),
    subtitle: writer.markdown(say('choosePerson.sub', { n: people.length })),
    style: people.length > mostToRead ? 'filtered' : 'expanded',
    choices: people.map(({ id, name, upn }) => choiceData(writer, id, say('choosePerson.choice', { name, upn }))),
    more: hasMore ? writer.markdown(say('choosePerson.more')) : null,
    actions: [
      buttonData(writer, {
        title: say('common.continue'),
        verb: 'person.choose',
        style: 'positive',
        data: { choice: operation },
      }),
      buttonData(writer, { title: say('common.cancel'), verb: 'card.cancel', data: {}, inputs: 'none' }),
    ],
    ...spoken(writer, say('choosePerson.summary')),
  };
}
