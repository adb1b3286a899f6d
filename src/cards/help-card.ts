// What this person can do here, in the words that the bot takes.
import type { CardView } from '../domain/views.ts';
import { say } from '../locales/sentence.ts';
import { buttonData, spoken } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'help' }>;

/** Each is `help.cmd.<name>` (what to write) and `help.<name>` (what it does). */
const commands = {
  forYou: ['reprovision', 'mine', 'requests', 'cancel', 'language'],
  forApprovers: ['approve', 'decline'],
  forAdmins: ['for', 'assign', 'unassign', 'bulk', 'pause', 'resume', 'channel', 'check'],
} as const;

export function helpCard(writer: Writer, { roles }: View) {
  const sections = [
    'forYou' as const,
    ...(roles.approver ? ['forApprovers' as const] : []),
    ...(roles.admin ? ['forAdmins' as const] : []),
  ];
  return {
    title: writer.markdown(say('help.title')),
    subtitle: writer.markdown(say('help.sub')),
    sections: sections.map((section) => ({
      head: writer.markdown(say(`help.${section}`)),
      commands: commands[section].map((name) => ({
        say: writer.markdown(say(`help.cmd.${name}`)),
        does: writer.markdown(say(`help.${name}`)),
      })),
    })),
    actions: [
      buttonData(writer, { title: say('help.act.reprovision'), verb: 'reprovision.start', data: {} }),
      // Four buttons at most: what one has oneself can be asked for in words.
      roles.admin
        ? buttonData(writer, { title: say('help.act.bulk'), verb: 'bulk.start', data: {} })
        : buttonData(writer, { title: say('help.act.mine'), verb: 'cloudPcs.list', data: {} }),
      buttonData(writer, { title: say('help.act.requests'), verb: 'requests.list', data: {} }),
      ...(roles.admin ? [buttonData(writer, { title: say('help.act.check'), verb: 'check.run', data: {} })] : []),
    ],
    ...spoken(writer, say('help.summary')),
  };
}
