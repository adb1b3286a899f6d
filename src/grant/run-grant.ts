// `npm run grant`: gives the bot's identity the application permissions in Graph that it needs under this policy, and no others.
// It says first what it would do; what is granted already is left as it is, and nothing is taken away.
import { NotAllowedError, TemporaryError } from '../domain/errors.ts';
import { type Permission, type PermissionUse, permissionsFor } from '../domain/permissions.ts';
import type { Policy } from '../domain/policy.ts';
import type { AppRoles, Principal } from '../graph/app-roles.ts';
import { reasons } from './reasons.ts';

export interface GrantOptions {
  appRoles: AppRoles;
  policy: Policy;
  clientId: string;
  tenantId: string;
  teamsAppId: string | null;
  /** Only says what it would do. */
  isDryRun: boolean;
  /** Grants also what the bot can do without. */
  withOptional: boolean;
  /** Takes the report, in English, line by line. */
  print(line: string): void;
}

interface Plan {
  present: Permission[];
  toGrant: Permission[];
  /** The bot can do without them. */
  leftOut: Permission[];
  /** This cloud does not have them. */
  notOffered: Permission[];
  /** Granted, and not needed under this policy. */
  more: string[];
}

/** @returns the exit code: 0 all that is needed is granted, or would be; 1 something is not */
export async function runGrant(options: GrantOptions): Promise<0 | 1> {
  try {
    return await planAndGrant(options);
  } catch (error) {
    const sentence = sentenceFor(error, options.tenantId);
    if (sentence === null) throw error;
    options.print(sentence);
    return 1;
  }
}

async function planAndGrant(options: GrantOptions): Promise<0 | 1> {
  const { appRoles, clientId, tenantId, print } = options;
  const principal = await appRoles.findPrincipal(clientId);
  if (principal === null) {
    print(
      `Tenant ${tenantId} has no identity with the client id ${clientId}. One that was just made may take some minutes.`,
    );
    return 1;
  }
  print(`${principal.displayName ?? 'An identity'} (client id ${clientId}) in tenant ${tenantId}:`);
  const plan = await makePlan(options, principal);
  for (const line of describe(plan)) print(line);
  if (plan.toGrant.length > 0) {
    if (options.isDryRun) print('Nothing was changed (--dry-run).');
    else await grantAll(options, principal, plan.toGrant);
  } else print('There is nothing to grant.');
  return plan.notOffered.length > 0 ? 1 : 0;
}

async function makePlan(options: GrantOptions, principal: Principal): Promise<Plan> {
  const { appRoles, policy, teamsAppId, withOptional } = options;
  const uses = permissionsFor(policy, { teamsAppId });
  const granted = new Set(await appRoles.grantedTo(principal));
  const plan: Plan = { present: [], toGrant: [], leftOut: [], notOffered: [], more: [] };
  for (const use of uses) plan[await placeOf(use, granted, appRoles, withOptional)].push(use.permission);
  const wanted = new Set<string>(uses.map(({ permission }) => permission));
  plan.more.push(...[...granted].filter((one) => !wanted.has(one)));
  return plan;
}

async function placeOf(
  { permission, isNeeded }: PermissionUse,
  granted: ReadonlySet<string>,
  appRoles: AppRoles,
  withOptional: boolean,
): Promise<Exclude<keyof Plan, 'more'>> {
  if (granted.has(permission)) return 'present';
  if (!isNeeded && !withOptional) return 'leftOut';
  return (await appRoles.isOffered(permission)) ? 'toGrant' : 'notOffered';
}

function describe({ present, toGrant, leftOut, notOffered, more }: Plan): string[] {
  return [
    ...present.map((one) => `  ✓ ${one}: granted already`),
    ...toGrant.map((one) => `  + ${one}: to be granted; ${reasons[one]}`),
    ...leftOut.map((one) => `  - ${one}: not granted, the bot can do without (--optional grants it); ${reasons[one]}`),
    ...notOffered.map((one) => `  ✗ ${one}: Graph does not have it in this cloud`),
    ...more.map((one) => `  ! ${one}: granted, and not needed under this policy; it is left as it is`),
  ];
}

async function grantAll({ appRoles, print }: GrantOptions, principal: Principal, all: readonly Permission[]) {
  for (const permission of all) {
    const outcome = await appRoles.grant(principal, permission);
    print(outcome === 'granted' ? `${permission} was granted.` : `${permission} had been granted meanwhile.`);
  }
  print('They count with the identity’s next token: at the latest after a day, or after a restart of the bot.');
}

/** What to do about it; null: that is not known. */
function sentenceFor(error: unknown, tenantId: string): string | null {
  if (error instanceof NotAllowedError)
    return 'Whoever is signed in may not do this: it takes the role Privileged Role Administrator (or Global Administrator) in Entra. Run it again with such an account.';
  if (!(error instanceof TemporaryError)) return null;
  if (error.values.graphCode === 'noToken')
    return `There is no token for Graph: sign in with \`az login --tenant ${tenantId}\` first.`;
  return `Graph gave no clear answer (${error.code}). Run it again: what was granted is seen, and nothing is granted twice.`;
}
