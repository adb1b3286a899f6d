// Requests on many Cloud PCs: each item has its own owner and wave; counts are kept, so that nothing has to count all items.
import type { Migration } from './migration.ts';

const tallyOf = (where: string) =>
  `coalesce((select jsonb_object_agg(state, n) from (
    select state, count(*) as n from items where ${where} group by state) counted), '{}')`;

export const migration0006: Migration = {
  name: '0006-bulk',
  statements: [
    `alter table requests add column bulk jsonb, add column tally jsonb not null default '{}'`,
    `update requests set tally = ${tallyOf('items.request_id = requests.id')}`,
    `alter table items
      add column wave integer not null default 1,
      add column owner_id text,
      add column owner_name text,
      add column owner_upn text,
      add column bulk_action_id text,
      add column waits_for_window boolean not null default false`,
    `update items set owner_id = requests.owner_id, owner_name = requests.owner_name, owner_upn = requests.owner_upn
      from requests where requests.id = items.request_id`,
    `alter table items
      alter column owner_id set not null,
      alter column owner_name set not null,
      alter column owner_upn set not null`,
    `create index items_waiting on items (request_id, wave, seq) where state in ('queued', 'checking', 'needsSignIn')`,
    `create index items_in_trouble on items (request_id, seq) where state in ('failed', 'timedOut', 'needsOperator')`,
    `create index items_of_owner on items (owner_id, request_id)`,
    `create table waves (
      request_id text not null references requests (id),
      number integer not null,
      size integer not null,
      tally jsonb not null,
      began_at timestamptz,
      ended_at timestamptz,
      due_at timestamptz,
      primary key (request_id, number)
    )`,
    `insert into waves (request_id, number, size, tally, began_at)
      select id, 1, (select count(*) from items where request_id = requests.id), tally, approved_at
      from requests where exists (select from items where request_id = requests.id)`,
    `create index waves_due on waves (due_at) where due_at is not null`,
    `create table candidates (
      request_id text not null references requests (id),
      number integer not null,
      words text not null,
      owner_id text,
      owner_name text,
      owner_upn text,
      cloud_pc jsonb,
      left_out jsonb,
      item_id text,
      primary key (request_id, number)
    )`,
    `create index candidates_left_out on candidates (request_id, number) where left_out is not null`,
    `alter table cards add column item_id text`,
    `alter table notices add column item_id text`,
    // The request's own cards among those of all its owners.
    `create index cards_of_whole on cards (request_id) where item_id is null`,
    `create index cards_of_item on cards (item_id) where item_id is not null`,
    `create index cards_lost on cards (request_id, audience) where state in ('unreachable', 'refused')`,
    `create index notices_lost on notices (request_id, audience) where state in ('unreachable', 'refused')`,
  ],
};
