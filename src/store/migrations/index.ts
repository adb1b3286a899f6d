import { migration0001 } from './0001-requests.ts';
import { migration0002 } from './0002-messages.ts';
import { migration0003 } from './0003-settings-and-audit.ts';
import { migration0004 } from './0004-leases.ts';
import { migration0005 } from './0005-sign-in.ts';
import { migration0006 } from './0006-bulk.ts';
import { migration0007 } from './0007-people.ts';
import { migration0008 } from './0008-audit-seals.ts';
import type { Migration } from './migration.ts';

/** In the order of application. A new one is added at the end. */
export const migrations: readonly Migration[] = [
  migration0001,
  migration0002,
  migration0003,
  migration0004,
  migration0005,
  migration0006,
  migration0007,
  migration0008,
];
