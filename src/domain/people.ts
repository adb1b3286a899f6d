// People, and what the policy's groups make of them.

/** Somebody, by Entra object id (lower case) and the name to show. */
export interface PersonRef {
  id: string;
  name: string;
}

/** A person as Graph tells it now. */
export interface Person extends PersonRef {
  userPrincipalName: string;
  /** `null` when the person has no mailbox. */
  mail: string | null;
  accountEnabled: boolean;
  /** Invited from another organisation. */
  isGuest: boolean;
  /** Country by ISO 3166; null: not set, and then no licence can be assigned. */
  usageLocation: string | null;
}

/** Whether somebody may ask and decide. A guest has no say here, whatever group somebody has put them in. */
export function mayAct(person: Person | null | undefined): person is Person {
  return person?.accountEnabled === true && !person.isGuest;
}

/** How somebody reads: language of the texts, IANA time zone of the times. */
export interface Reader {
  language: Language;
  timeZone: string;
}

export type Language = 'en' | 'de' | 'fr';
export const languages: readonly Language[] = ['en', 'de', 'fr'];

export interface Roles {
  admin: boolean;
  approver: boolean;
  /** Owner whose Cloud PCs need an admin's approval as well. */
  vip: boolean;
}

export interface RoleGroups {
  admins: readonly string[];
  approvers: readonly string[];
  vip: readonly string[];
}

/** The roles that follow from the groups a person is in (transitively). Unknown groups give nothing. */
export function rolesOf(memberOf: readonly string[], groups: RoleGroups): Roles {
  const ids = new Set(memberOf.map((id) => id.toLowerCase()));
  const isIn = (list: readonly string[]) => list.some((id) => ids.has(id.toLowerCase()));
  return { admin: isIn(groups.admins), approver: isIn(groups.approvers), vip: isIn(groups.vip) };
}

/** Every group the policy names for roles, once each: what one `checkMemberGroups` has to ask. */
export function roleGroupIds(groups: RoleGroups): string[] {
  return [...new Set([...groups.admins, ...groups.approvers, ...groups.vip].map((id) => id.toLowerCase()))].sort();
}

/** UPNs are compared without case; they can differ in case between Graph's resources. */
export function isSameUpn(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a.toLowerCase() === b.toLowerCase();
}
