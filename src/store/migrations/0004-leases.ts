// Which run is sending a card or a notice, so that one that lost it to another finds out.
import type { Migration } from './migration.ts';

export const migration0004: Migration = {
  name: '0004-leases',
  statements: [`alter table cards add column lease text`, `alter table notices add column lease text`],
};
