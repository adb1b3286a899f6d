// Who is in which group, and since when. The lists stand in the groups; this is the index on them, for groups are large.
import { isSameId } from './ids.ts';
import type { Group } from './tenant-types.ts';

interface Roll {
  /** The list that the index was made from, and how long it was. */
  ids: readonly string[];
  length: number;
  /** By id in lower case, in milliseconds. */
  joinedAt: Map<string, number>;
}

export class Memberships {
  readonly #groups: readonly Group[];
  readonly #now: () => number;
  readonly #rolls = new WeakMap<Group, Roll>();

  constructor(groups: readonly Group[], now: () => number) {
    this.#groups = groups;
    this.#now = now;
  }

  add(group: Group, id: string): void {
    const roll = this.#rollOf(group);
    group.memberIds.push(id);
    roll.length += 1;
    if (!roll.joinedAt.has(id.toLowerCase())) roll.joinedAt.set(id.toLowerCase(), this.#now());
  }

  remove(group: Group, id: string): void {
    const { joinedAt } = this.#rollOf(group);
    if (!joinedAt.delete(id.toLowerCase())) return;
    const ids = group.memberIds.filter((memberId) => !isSameId(memberId, id));
    group.memberIds = ids;
    this.#rolls.set(group, { ids, length: ids.length, joinedAt });
  }

  /** Member directly. @param byMs since then at the latest; left out: however lately */
  isIn(group: Group, id: string, byMs = Number.POSITIVE_INFINITY): boolean {
    const joinedAtMs = this.#rollOf(group).joinedAt.get(id.toLowerCase());
    return joinedAtMs !== undefined && joinedAtMs <= byMs;
  }

  /** Member directly or through a group in the group. */
  isWithin(group: Group, id: string, byMs?: number, seen: ReadonlySet<Group> = new Set()): boolean {
    if (this.isIn(group, id, byMs)) return true;
    const path = new Set([...seen, group]);
    return this.#groupsIn(group, byMs).some((inner) => !path.has(inner) && this.isWithin(inner, id, byMs, path));
  }

  /** Direct members. */
  idsIn(group: Group, byMs?: number): string[] {
    return byMs === undefined ? group.memberIds : group.memberIds.filter((id) => this.isIn(group, id, byMs));
  }

  /** Members of the group and of every group in it, once each, these groups among them. */
  idsWithin(group: Group, byMs?: number): string[] {
    const found = new Map<string, string>();
    const open = [group];
    const seen = new Set(open);
    for (let one = open.pop(); one; one = open.pop()) {
      for (const id of this.idsIn(one, byMs)) found.set(id.toLowerCase(), id);
      for (const inner of this.#groupsIn(one, byMs)) {
        if (!seen.has(inner)) open.push(inner);
        seen.add(inner);
      }
    }
    found.delete(group.id.toLowerCase());
    return [...found.values()];
  }

  #groupsIn(group: Group, byMs?: number): Group[] {
    return this.#groups.filter((inner) => this.isIn(group, inner.id, byMs));
  }

  #rollOf(group: Group): Roll {
    const roll = this.#rolls.get(group);
    if (roll && roll.ids === group.memberIds && roll.length === group.memberIds.length) return roll;
    // Who is there from the start has always been there; who is on a new list has come with it.
    const unknownMs = roll ? this.#now() : Number.NEGATIVE_INFINITY;
    const times = group.memberIds.map((id): [string, number] => {
      const key = id.toLowerCase();
      return [key, roll?.joinedAt.get(key) ?? unknownMs];
    });
    const made = { ids: group.memberIds, length: group.memberIds.length, joinedAt: new Map(times) };
    this.#rolls.set(group, made);
    return made;
  }
}
