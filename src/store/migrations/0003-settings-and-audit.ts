// The one row of settings, and the audit, which nobody can change afterwards.
import type { Migration } from './migration.ts';

export const migration0003: Migration = {
  name: '0003-settings-and-audit',
  statements: [
    `create table settings (
      id integer primary key check (id = 1),
      approvals_channel text,
      starts_paused boolean not null default false
    )`,
    `insert into settings (id) values (1)`,
    `create table audit (
      id bigserial primary key,
      at timestamptz not null,
      request_id text,
      item_id text,
      actor_id text,
      actor_name text,
      action text not null,
      details jsonb not null
    )`,
    `create index audit_of_request on audit (request_id, id)`,
    `create function refuse_audit_change() returns trigger language plpgsql as $$
      begin
        raise exception 'the audit is append-only' using errcode = 'insufficient_privilege';
      end
    $$`,
    `create trigger audit_is_append_only before update or delete on audit
      for each row execute function refuse_audit_change()`,
    `create trigger audit_is_never_emptied before truncate on audit
      for each statement execute function refuse_audit_change()`,
  ],
};
