// Reads `policy.yaml`: YAML, checked by zod, every fault named at once, the result frozen.
import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod/v4';
import { InputError } from './domain/errors.ts';
import type { Policy } from './domain/policy.ts';
import { parseDuration } from './domain/time.ts';
import { freezeDeep } from './freeze-deep.ts';

const groupId = z.guid('must be the object id of an Entra group; names can be taken by anyone who may create groups');
const groupIds = z.array(groupId.transform((id) => id.toLowerCase()));

/** A duration such as `24h`. None may be zero but a cool-down: reminders would never end, and requests never live. */
function duration(standard: string) {
  return z
    .string()
    .regex(/^[1-9]\d{0,5}\s*(s|m|h|d)$/, 'must be a duration such as 30s, 15m, 24h or 3d')
    .default(standard);
}

const cooldown = z
  .string()
  .regex(/^\d{1,6}\s*(s|m|h|d)$/, 'must be a duration such as 12h or 3d; 0h means none')
  .default('24h');

const osVersions = z.array(z.enum(['windows10', 'windows11']));
const accountTypes = z.array(z.enum(['standardUser', 'administrator']));
const count = (standard: number, most = Number.MAX_SAFE_INTEGER) => z.number().int().min(1).max(most).default(standard);

const isTimeZone = (zone: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

const name = z.string().regex(/\S/, 'must not be blank').max(256);
const names = z.array(name).refine(areDifferent, 'must not name the same twice').default([]);

/** As Graph compares names: without case. */
function areDifferent(all: readonly string[]): boolean {
  return new Set(all.map((one) => one.trim().toLowerCase())).size === all.length;
}

/** The shape of the policy file (docs/admin-guide.md). Every key but `roles` has a default. */
export const policySchema = z.strictObject({
  roles: z.strictObject({
    admins: groupIds.min(1, 'must name at least one group'),
    approvers: groupIds.default([]),
    vip: groupIds.default([]),
  }),
  selfService: z
    .strictObject({
      reprovision: z.enum(['approval', 'direct', 'off']).default('approval'),
      assign: z.enum(['approval', 'off']).default('off'),
      respectResetEnabled: z.boolean().default(false),
      osVersions: osVersions.default([]),
      accountTypes: accountTypes.default([]),
    })
    .prefault({}),
  admin: z
    .strictObject({
      single: z.enum(['approval', 'direct']).default('approval'),
      bulk: z.enum(['approval', 'direct']).default('approval'),
      assign: z.enum(['approval', 'direct']).default('approval'),
      osVersions: osVersions.default([]),
      accountTypes: accountTypes.default([]),
    })
    .prefault({}),
  approval: z
    .strictObject({
      needed: z.number().int().min(1).max(10).default(1),
      neededForBulk: z.number().int().min(1).max(10).optional(),
      expiresAfter: duration('3d'),
      remindEvery: duration('8h'),
      escalateAfter: duration('1d'),
    })
    .prefault({}),
  channel: z
    .strictObject({
      language: z.enum(['en', 'de', 'fr']).default('en'),
      timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin').default('UTC'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      perCloudPcCooldown: cooldown,
      startsPerHour: count(200),
      bulkMax: count(500, 5000),
      canary: count(1, 500),
      waveSize: count(25, 500),
      stopWhenFailedPercent: z.number().int().min(0).max(100).default(10),
      unknownAfter: duration('15m'),
      slowAfter: duration('90m'),
      giveUpAfter: duration('6h'),
      membershipWithin: duration('30m'),
      licenceWithin: duration('2h'),
      cloudPcWithin: duration('2h'),
    })
    .prefault({}),
  windows365: z
    .strictObject({
      licenceGroups: names,
      provisioningGroupPrefix: name.optional(),
      provisioningGroup: name.optional(),
      userSettingsGroupPrefix: name.optional(),
      userSettingsGroup: name.optional(),
      frontlinePolicies: names,
      endGracePeriod: z.boolean().default(false),
    })
    .prefault({}),
  mail: z
    .strictObject({
      from: z.email('must be a mail address').optional(),
      whenStarted: z.boolean().default(false),
      whenFinished: z.boolean().default(true),
      customText: z.boolean().default(true),
    })
    .prefault({}),
  ticket: z
    .strictObject({
      enabled: z.boolean().default(false),
      queue: z.email('must be a mail address').optional(),
      customerId: z
        .string()
        .regex(/^\S(.*\S)?$/, 'must be one line of text')
        .max(64)
        .optional(),
    })
    .prefault({}),
});

/** The same with what one key asks of another. Named beside every other fault, but not for a key that has one already. */
const checkedSchema = policySchema
  .refine(({ ticket }) => !ticket?.enabled || ticket.queue !== undefined, {
    path: ['ticket', 'queue'],
    message: 'must be named where ticket.enabled is true',
    when: isWithoutFault('ticket', 'queue'),
  })
  .refine(({ ticket, mail }) => !ticket?.enabled || mail?.from !== undefined, {
    path: ['mail', 'from'],
    message: 'must be named where ticket.enabled is true: tickets are sent from it',
    when: isWithoutFault('mail', 'from'),
  });

function isWithoutFault(section: string, key: string) {
  return ({ value, issues }: z.core.ParsePayload) =>
    // Something else than keys and values has its fault, too.
    typeof value === 'object' &&
    value !== null &&
    !issues.some(({ path = [] }) => path[0] === section && (path.length === 1 || path[1] === key));
}

/** @throws InputError `policy` whose message names every fault, or that the file cannot be read */
export async function loadPolicyFile(path: string): Promise<Readonly<Policy>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InputError('policy', { faults: `${path} cannot be read` }, { cause });
  });
  return parsePolicy(text);
}

/** @throws InputError `policy` */
export function parsePolicy(text: string): Readonly<Policy> {
  const read = checkedSchema.safeParse(readYaml(text));
  if (!read.success) throw new InputError('policy', { faults: read.error.issues.flatMap(describe).join('\n') });
  return freezeDeep(toPolicy(read.data));
}

function readYaml(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new InputError('policy', { faults: document.errors.map((error) => error.message).join('\n') });
  }
  try {
    return document.toJS({ maxAliasCount: 10 });
  } catch (cause) {
    // An alias without its anchor, or far too many of them.
    throw new InputError('policy', { faults: (cause as Error).message }, { cause });
  }
}

function describe(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: is not a known key`);
  }
  return [`${issue.path.join('.') || 'policy'}: ${issue.message}`];
}

const ms = (text: string) => parseDuration(text) ?? 0;

function toPolicy(file: z.output<typeof policySchema>): Policy {
  const { approval, limits, mail, ticket, windows365 } = file;
  return {
    roles: file.roles,
    selfService: file.selfService,
    admin: file.admin,
    approval: {
      needed: approval.needed,
      neededForBulk: approval.neededForBulk ?? approval.needed,
      expiresAfterMs: ms(approval.expiresAfter),
      remindEveryMs: ms(approval.remindEvery),
      escalateAfterMs: ms(approval.escalateAfter),
    },
    channel: file.channel,
    limits: {
      perCloudPcCooldownMs: ms(limits.perCloudPcCooldown),
      startsPerHour: limits.startsPerHour,
      bulkMax: limits.bulkMax,
      canary: limits.canary,
      waveSize: limits.waveSize,
      stopWhenFailedPercent: limits.stopWhenFailedPercent,
      unknownAfterMs: ms(limits.unknownAfter),
      slowAfterMs: ms(limits.slowAfter),
      giveUpAfterMs: ms(limits.giveUpAfter),
      membershipWithinMs: ms(limits.membershipWithin),
      licenceWithinMs: ms(limits.licenceWithin),
      cloudPcWithinMs: ms(limits.cloudPcWithin),
    },
    mail: { ...mail, from: mail.from ?? null },
    windows365: {
      licenceGroups: windows365.licenceGroups,
      provisioningGroupPrefix: windows365.provisioningGroupPrefix ?? null,
      provisioningGroup: windows365.provisioningGroup ?? null,
      userSettingsGroupPrefix: windows365.userSettingsGroupPrefix ?? null,
      userSettingsGroup: windows365.userSettingsGroup ?? null,
      frontlinePolicies: windows365.frontlinePolicies,
      endGracePeriod: windows365.endGracePeriod,
    },
    ticket: { enabled: ticket.enabled, queue: ticket.queue ?? null, customerId: ticket.customerId ?? null },
  };
}
