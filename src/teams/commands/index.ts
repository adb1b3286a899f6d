// Every command, in the order in which they are tried: the narrow ones first, since `reprovision <person>` takes any words.

import { assign, unassign } from './assign.ts';
import { bulk } from './bulk.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { approve, cancel, decline } from './decide.ts';
import { help, myCloudPcs, status, statusOf } from './look.ts';
import { reprovision } from './reprovision.ts';
import { language, pauseStarts, resumeStarts, useThisChannel } from './settings.ts';

export const commands: readonly Command[] = [
  help,
  myCloudPcs,
  statusOf,
  status,
  approve,
  decline,
  cancel,
  useThisChannel,
  pauseStarts,
  resumeStarts,
  check,
  language,
  unassign,
  assign,
  bulk,
  reprovision,
];
