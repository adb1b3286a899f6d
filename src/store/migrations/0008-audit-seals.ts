// The chain of seals over the audit: who changes, adds or takes away a row behind the back of the bot, breaks it.
import type { Migration } from './migration.ts';

export const migration0008: Migration = {
  name: '0008-audit-seals',
  statements: [
    `create table audit_seals (
      id bigserial primary key,
      through_id bigint not null,
      rows integer not null,
      seal text not null,
      sealed_at timestamptz not null default clock_timestamp()
    )`,
    `create trigger audit_seals_are_append_only before update or delete on audit_seals
      for each row execute function refuse_audit_change()`,
    `create trigger audit_seals_are_never_emptied before truncate on audit_seals
      for each statement execute function refuse_audit_change()`,
    // Numbers are given before the transactions that use them end: only what was seen a while ago is complete.
    `create table audit_horizon (
      id integer primary key check (id = 1),
      through_id bigint not null,
      noted_at timestamptz not null
    )`,
    `insert into audit_horizon values (1, 0, clock_timestamp())`,
  ],
};
