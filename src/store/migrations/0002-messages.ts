// What is sent, when, and to whom.
import type { Migration } from './migration.ts';

export const migration0002: Migration = {
  name: '0002-messages',
  statements: [
    `create table cards (
      id text primary key,
      request_id text not null references requests (id),
      audience text not null,
      person_id text,
      person_name text,
      conversation_id text,
      activity_id text,
      wanted integer not null,
      shown integer not null,
      state text not null,
      tries integer not null,
      due_at timestamptz,
      shown_at timestamptz
    )`,
    `create index cards_of_request on cards (request_id)`,
    `create index cards_due on cards (due_at) where due_at is not null`,
    `create table notices (
      id text primary key,
      request_id text not null references requests (id),
      once_key text not null,
      via text not null,
      notice text not null,
      audience text not null,
      person_id text,
      person_name text,
      mail text,
      state text not null,
      tries integer not null,
      created_at timestamptz not null,
      due_at timestamptz,
      sent_at timestamptz,
      unique (request_id, once_key)
    )`,
    `create index notices_due on notices (due_at) where due_at is not null`,
    `create table timers (
      request_id text not null references requests (id),
      kind text not null,
      due_at timestamptz not null,
      primary key (request_id, kind)
    )`,
    `create index timers_due on timers (due_at)`,
    `create table conversations (
      conversation_id text primary key,
      service_url text not null,
      tenant_id text not null,
      kind text not null,
      person_id text,
      channel_id text,
      team_name text,
      channel_name text,
      bot_id text not null,
      blocked_at timestamptz,
      touched_at timestamptz not null default clock_timestamp()
    )`,
    `create index conversations_of_person on conversations (person_id, touched_at desc) where person_id is not null`,
    `create table people (
      id text primary key,
      name text not null,
      upn_hint text,
      locale text,
      language text,
      time_zone text
    )`,
    `create table seen_activities (
      conversation_id text not null,
      activity_id text not null,
      seen_at timestamptz not null,
      primary key (conversation_id, activity_id)
    )`,
    `create index seen_activities_age on seen_activities (seen_at)`,
  ],
};
