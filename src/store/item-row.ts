// An item ↔ its row.
import type { Selectable, Updateable } from 'kysely';
import type { Item } from '../domain/item.ts';
import { storable } from '../domain/storable.ts';
import {
  fromTime,
  fromTimeOrNull,
  storableOrNull,
  toJson,
  toJsonOrNull,
  toTime,
  toTimeOrNull,
} from './column-values.ts';
import type { ItemsTable } from './tables.ts';

export function toItemRow(item: Item) {
  return {
    wave: item.wave,
    owner_id: item.owner.id,
    owner_name: storable(item.owner.name),
    owner_upn: storable(item.ownerUpn),
    cloud_pc_id: item.cloudPc.id,
    state: item.state,
    attempt: item.attempt,
    cloud_pc: toJson(item.cloudPc),
    baseline: toJsonOrNull(item.baseline),
    intent_id: item.intentId,
    bulk_action_id: item.bulkActionId,
    waits_for_window: item.waitsForWindow,
    given_back: item.givenBack,
    hold: item.hold,
    saw_busy: item.sawBusy,
    is_slow: item.isSlow,
    last_seen: toJsonOrNull(item.lastSeen),
    new_name: storableOrNull(item.newName),
    outcome: toJsonOrNull(item.outcome),
    queued_at: toTime(item.queuedAt),
    checking_at: toTimeOrNull(item.checkingAt),
    starting_at: toTimeOrNull(item.startingAt),
    sign_in_since: toTimeOrNull(item.signInSince),
    unknown_since: toTimeOrNull(item.unknownSince),
    building_at: toTimeOrNull(item.buildingAt),
    missing_since: toTimeOrNull(item.missingSince),
    ended_at: toTimeOrNull(item.endedAt),
    due_at: toTimeOrNull(item.dueAt),
    look_at: toTimeOrNull(item.lookAt),
  } satisfies Updateable<ItemsTable>;
}

export function fromItemRow(row: Selectable<ItemsTable>): Item {
  return {
    id: row.id,
    requestId: row.request_id,
    wave: row.wave,
    owner: { id: row.owner_id, name: row.owner_name },
    ownerUpn: row.owner_upn,
    state: row.state,
    attempt: row.attempt,
    cloudPc: row.cloud_pc,
    baseline: row.baseline,
    intentId: row.intent_id,
    bulkActionId: row.bulk_action_id,
    waitsForWindow: row.waits_for_window,
    givenBack: row.given_back,
    hold: row.hold,
    sawBusy: row.saw_busy,
    isSlow: row.is_slow,
    missingSince: fromTimeOrNull(row.missing_since),
    lastSeen: row.last_seen,
    newName: row.new_name,
    outcome: row.outcome,
    queuedAt: fromTime(row.queued_at),
    checkingAt: fromTimeOrNull(row.checking_at),
    startingAt: fromTimeOrNull(row.starting_at),
    signInSince: fromTimeOrNull(row.sign_in_since),
    unknownSince: fromTimeOrNull(row.unknown_since),
    buildingAt: fromTimeOrNull(row.building_at),
    endedAt: fromTimeOrNull(row.ended_at),
    dueAt: fromTimeOrNull(row.due_at),
    lookAt: fromTimeOrNull(row.look_at),
  };
}
