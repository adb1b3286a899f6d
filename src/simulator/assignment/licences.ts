// Which licences have reached whom through groups, and who has a seat. A group whose licence is used up takes members all
// the same; the shortage shows in the person's states alone. Groups in a group pass nothing on: so it is in Entra.
import { isSameId } from '../ids.ts';
import type { Memberships } from '../memberships.ts';
import type { Group, Person, Sku } from '../tenant-types.ts';
import { Seats } from './seats.ts';

export interface LicenceHolding {
  sku: Sku;
  group: Group;
  disabledPlans: readonly string[];
  error: 'None' | 'CountViolation' | 'ProhibitedInUsageLocationViolation';
}

interface Around {
  readonly groups: readonly Group[];
  readonly skus: readonly Sku[];
  readonly memberships: Memberships;
  findPerson(id: string): Person | undefined;
}

export class Licences {
  readonly #around: Around;
  /** By person: groups whose licences have reached them. Ids in lower case. */
  readonly #groupsOf = new Map<string, Set<string>>();
  readonly #seats = new Map<Sku, Seats>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** Object ids of those whom some licence has reached, in lower case. */
  get reached(): string[] {
    return [...this.#groupsOf.keys()];
  }

  /** Takes over whether the person is in the group now. Answers who has got a seat by that. */
  reach(group: Group, personId: string): string[] {
    const key = personId.toLowerCase();
    const groups = this.#groupsOf.get(key) ?? new Set();
    if (group.assignedLicenses?.length && this.#around.memberships.isIn(group, personId))
      groups.add(group.id.toLowerCase());
    else groups.delete(group.id.toLowerCase());
    this.#groupsOf.set(key, groups);
    return this.refresh(personId);
  }

  /** Asks for the seats that the person is due, and gives back the others. Answers who has got a seat by that. */
  refresh(personId: string): string[] {
    const key = personId.toLowerCase();
    if (!this.#groupsOf.has(key)) return [];
    const person = this.#around.findPerson(personId);
    const lucky = this.#around.skus.flatMap((sku) => {
      const isDue = person && person.usageLocation !== null && this.#grantsOf(person, sku).length > 0;
      return isDue ? this.seatsOf(sku).ask(key) : this.seatsOf(sku).leave(key);
    });
    if (!person || this.#groupsOf.get(key)?.size === 0) this.#groupsOf.delete(key);
    return lucky;
  }

  /** Answers who has got a seat because there are more of them now. */
  fill(): string[] {
    return [...this.#seats.values()].flatMap((seats) => seats.fill());
  }

  seatsOf(sku: Sku): Seats {
    const known = this.#seats.get(sku);
    if (known) return known;
    const seats = new Seats({ free: (seated) => sku.enabledUnits - sku.usedElsewhere - seated });
    this.#seats.set(sku, seats);
    return seats;
  }

  /** Everything that groups give the person, and whether there is a seat for it. */
  holdingsOf(person: Person): LicenceHolding[] {
    return this.#around.skus.flatMap((sku) =>
      this.#grantsOf(person, sku).map(({ group, disabledPlans }): LicenceHolding => {
        const holding = { sku, group, disabledPlans };
        if (person.usageLocation === null) return { ...holding, error: 'ProhibitedInUsageLocationViolation' };
        const isSeated = this.seatsOf(sku).isSeated(person.id.toLowerCase());
        return { ...holding, error: isSeated ? 'None' : 'CountViolation' };
      }),
    );
  }

  #grantsOf(person: Person, sku: Sku): { group: Group; disabledPlans: readonly string[] }[] {
    const groupIds = this.#groupsOf.get(person.id.toLowerCase());
    if (!groupIds?.size) return [];
    return this.#around.groups
      .filter(({ id }) => groupIds.has(id.toLowerCase()))
      .flatMap((group) =>
        (group.assignedLicenses ?? [])
          .filter(({ skuId }) => isSameId(skuId, sku.skuId))
          .map(({ disabledPlans }) => ({ group, disabledPlans })),
      );
  }
}
