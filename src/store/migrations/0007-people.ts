// Requests about people: who gets or gives back Windows 365, and the tickets that were sent for want of seats.
import type { Migration } from './migration.ts';

export const migration0007: Migration = {
  name: '0007-people',
  statements: [
    `create table person_items (
      id text primary key,
      request_id text not null unique references requests (id),
      person_id text not null,
      state text not null,
      step text not null,
      hold text,
      due_at timestamptz,
      claim text,
      item jsonb not null
    )`,
    `create unique index person_items_unfinished on person_items (person_id)
      where state not in ('ready', 'readyWithWarnings', 'failed', 'skipped', 'cancelled')`,
    `create index person_items_due on person_items (due_at) where due_at is not null`,
    `create table tickets (
      key text not null,
      day text not null,
      request_id text not null references requests (id),
      code text not null,
      primary key (key, day)
    )`,
  ],
};
