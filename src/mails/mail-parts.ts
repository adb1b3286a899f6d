// What each kind of mail says, as keys of texts below `mail`, in the order in which they stand.

import type { MailKind, MailView } from '../domain/mail-views.ts';
import { isForAnother } from '../domain/notices.ts';
import type { PersonItem } from '../domain/person-item.ts';
import { fateOf } from '../locales/person-outcome.ts';
import { isAboutPerson } from '../locales/person-values.ts';

export interface MailParts {
  subject: string;
  paragraphs: string[];
  /** Whether the mail leads to the Cloud PC. */
  opens: boolean;
}

/** `…Other`: the reader asked for somebody else's Cloud PC. */
export function mailParts({ mail, view, audience }: MailView): MailParts {
  const isOther = audience === 'requester' && isForAnother(view.request);
  const isClosedPerson = mail === 'closed' && isAboutPerson(view.request);
  return {
    subject: isClosedPerson ? 'personClosed' : isOther ? `${mail}Other` : mail,
    paragraphs: paragraphs[mail](view, isOther),
    opens: !isOther && ['ready', 'readyWithWarnings', 'assigned'].includes(mail),
  };
}

type Paragraphs = (view: MailView['view'], isOther: boolean) => string[];

const paragraphs: Readonly<Record<MailKind, Paragraphs>> = {
  started: ({ usual }, isOther) => [
    'startedText',
    'startedLost',
    'startedStays',
    ...(usual ? ['startedUsual'] : []),
    isOther ? 'startedNextOther' : 'startedNext',
  ],
  ready: ({ item }, isOther) => ['readyText', ...newName(item), ...(isOther ? [] : ['readyNext'])],
  readyWithWarnings: ({ item }, isOther) => [
    isOther ? 'readyText' : 'readyWithWarningsText',
    ...newName(item),
    ...(isOther ? [] : ['readyNext']),
  ],
  failed: () => ['failedText'],
  notStarted: ({ item }) => [notStartedText(item)],
  closed: () => ['closedText'],
  assigned: ({ person }, isOther) => [
    'assignedText',
    ...(person?.item.state === 'readyWithWarnings' && !isOther ? ['assignedWarning'] : []),
    ...(isOther ? [] : ['assignedNext']),
  ],
  assignFailed: (_view, isOther) => ['assignFailedText', ...(isOther ? [] : ['assignFailedNext'])],
  unassigned: ({ person }, isOther) => ['unassignedText', ...whatGoes(person?.item ?? null, isOther)],
};

/** Whoever loses a Cloud PC must know until when they can save what is on it. */
function whatGoes(item: PersonItem | null, isOther: boolean): string[] {
  const stays = isOther ? [] : ['unassignedStays'];
  const save = isOther ? [] : ['unassignedSave'];
  switch (item ? fateOf(item) : 'noPc') {
    case 'kept':
      return ['unassignedKept', ...save];
    case 'keptUnknown':
      return ['unassignedKeptUnknown', ...save];
    case 'ended':
      return ['unassignedEnded', ...stays];
    case 'noPc':
      return ['unassignedNoPc', ...stays];
  }
}

/** Microsoft refused it, or it was never sent; after a call that may have arrived, nobody says that nothing was changed. */
function notStartedText(item: MailView['view']['item']): string {
  const isAgain = item !== null && item.attempt > 0;
  if (item?.state === 'skipped') return isAgain ? 'skippedAgainText' : 'skippedText';
  return isAgain ? 'notStartedAgainText' : 'notStartedText';
}

function newName(item: MailView['view']['item']): string[] {
  return item?.newName ? ['readyNewName'] : [];
}
