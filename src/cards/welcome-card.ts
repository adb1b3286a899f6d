// The first words in a chat or a team.
import type { CardView } from '../domain/views.ts';
import { say } from '../locales/sentence.ts';
import { buttonData, spoken } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'welcome' }>;

const faces = {
  personal: {
    title: 'title',
    text: 'text',
    points: [
      ['ClipboardCheckmark', 'before'],
      ['ShieldCheckmark', 'approval'],
      ['Alert', 'card'],
    ],
    action: { title: say('help.act.mine'), verb: 'cloudPcs.list' },
  },
  team: {
    title: 'teamTitle',
    text: 'teamText',
    points: [
      ['ClipboardTask', 'teamChannel'],
      ['ShieldCheckmark', 'teamDecide'],
      ['Info', 'teamRead'],
    ],
    action: { title: say('welcome.useChannel'), verb: 'channel.use' },
  },
} as const;

export function welcomeCard(writer: Writer, { place }: View) {
  const { title, text, points, action } = faces[place];
  return {
    title: writer.markdown(say(`welcome.${title}`)),
    subtitle: writer.markdown(say('common.windows365')),
    text: writer.markdown(say(`welcome.${text}`)),
    points: points.map(([icon, point], index) => ({
      icon,
      glyph: String(index + 1),
      text: writer.markdown(say(`welcome.${point}`)),
    })),
    actions: [
      buttonData(writer, { ...action, style: 'positive', data: {} }),
      buttonData(writer, { title: say('help.act.all'), verb: 'help.show', data: {} }),
    ],
    ...spoken(writer, say(`welcome.${title}`), say(`welcome.${text}`)),
  };
}
