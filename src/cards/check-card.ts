// What the bot needs and has: problems first, with how to mend them; the rest short.
import type { SetupRow } from '../domain/setup-row.ts';
import { verdictOf } from '../domain/setup-rows.ts';
import type { Text } from '../domain/text-views.ts';
import type { CardView } from '../domain/views.ts';
import { type Sentence, say } from '../locales/sentence.ts';
import { buttonData, spoken, stateData, updated } from './card-parts.ts';
import { looks, type Tone } from './tone.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'check' }>;

/** A card holds 24 KB, whatever groups are called; `doctor` tells all. */
const mostRows = 22;

/** How many rows of a kind are shown, when there is room. */
const sections = [
  { state: 'missing', tone: 'bad', most: 6 },
  { state: 'notable', tone: 'warn', most: 4 },
  { state: 'unknown', tone: 'ask', most: 5 },
  { state: 'present', tone: 'good', most: 18 },
] as const satisfies readonly { state: SetupRow['state']; tone: Tone; most: number }[];

export function checkCard(writer: Writer, { rows, now }: View) {
  const { tone, title, text } = verdict(rows);
  let room = mostRows;
  return {
    title: writer.markdown(say('check.title')),
    subtitle: writer.markdown(say('check.sub', { n: rows.length })),
    state: stateData(writer, tone, title, say(text)),
    sections: sections.flatMap((section) => {
      const own = rows.filter(({ state }) => state === section.state);
      if (own.length === 0) return [];
      const shown = own.slice(0, Math.min(room, section.most));
      room -= shown.length;
      const left = own.length - shown.length;
      return [
        {
          head: writer.markdown(say(`check.head.${section.state}`)),
          rows: shown.map((row) => rowData(writer, row, section.tone)),
          more: left > 0 ? writer.markdown(say('common.more', { n: left })) : null,
        },
      ];
    }),
    footer: writer.markdown(updated(writer, now)),
    actions: [buttonData(writer, { title: say('check.again'), verb: 'check.run', data: {}, style: 'positive' })],
    ...spoken(writer, title),
  };
}

function verdict(rows: readonly SetupRow[]): { tone: Tone; title: Sentence; text: string } {
  const count = (state: SetupRow['state']) => rows.filter((row) => row.isNeeded && row.state === state).length;
  switch (verdictOf(rows)) {
    case 0:
      return { tone: 'good', title: say('check.good'), text: 'check.goodText' };
    case 1:
      return { tone: 'bad', title: say('check.bad', { n: count('missing') }), text: 'check.badText' };
    case 2:
      return { tone: 'warn', title: say('check.unsure', { n: count('unknown') }), text: 'check.unsureText' };
  }
}

function rowData(writer: Writer, { name, mend, isNeeded }: SetupRow, tone: Tone) {
  const { icon, color, style, glyph } = looks[tone];
  const [first, ...rest] = mend.map(toSentence);
  const sentences = first && rest.reduce((a, b) => say('common.and', { a, b }), first);
  const weight = sentences && isNeeded ? 'Bolder' : 'Default';
  return {
    icon,
    color,
    style,
    glyph,
    weight,
    name: writer.markdown(toSentence(name)),
    mend: sentences ? writer.markdown(sentences) : null,
  };
}

function toSentence({ text, values }: Text): Sentence {
  return say(text, values);
}
