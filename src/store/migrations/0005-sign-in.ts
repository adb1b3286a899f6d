// Single sign-on: how Teams names people, what they wanted before they signed in, and what waits for it.
import type { Migration } from './migration.ts';

export const migration0005: Migration = {
  name: '0005-sign-in',
  statements: [
    `alter table people add column teams_user_id text, add column teams_tenant_id text`,
    `alter table items add column sign_in_since timestamptz`,
    `create index items_waiting_for_sign_in on items (request_id) where state = 'needsSignIn'`,
    `create table pending_turns (
      person_id text primary key,
      turn jsonb not null,
      put_at timestamptz not null
    )`,
  ],
};
