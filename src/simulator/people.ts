// The accounts of the directory, found by object id or UPN without a walk through all of them.
import { isSameId } from './ids.ts';
import type { Person } from './tenant-types.ts';

export class People {
  readonly #all: Person[] = [];
  /** By id and UPN in lower case, as they were when they came or were looked for. */
  readonly #known = new Map<string, Person>();

  constructor(people: readonly Person[]) {
    for (const person of people) this.add(person);
  }

  get all(): readonly Person[] {
    return this.#all;
  }

  find(idOrUpn: string): Person | undefined {
    const isMeant = ({ id, userPrincipalName }: Person) =>
      isSameId(id, idOrUpn) || isSameId(userPrincipalName, idOrUpn);
    const key = idOrUpn.toLowerCase();
    const known = this.#known.get(key);
    if (known && isMeant(known)) return known;
    const person = this.#all.find(isMeant);
    if (person) this.#known.set(key, person);
    return person;
  }

  add(person: Person): void {
    this.#all.push(person);
    for (const key of keysOf(person)) if (!this.#known.has(key)) this.#known.set(key, person);
  }

  remove(person: Person): void {
    this.#all.splice(this.#all.indexOf(person), 1);
    for (const [key, known] of this.#known) if (known === person) this.#known.delete(key);
  }
}

function keysOf({ id, userPrincipalName }: Person): string[] {
  return [id.toLowerCase(), userPrincipalName.toLowerCase()];
}
