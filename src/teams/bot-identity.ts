// The bot's own identity. Checked at the start: with an empty app id the SDK would accept every request.
import { z } from 'zod/v4';
import { InputError } from '../domain/errors.ts';
import type { Cloud } from './clouds.ts';

export interface BotIdentity {
  type: 'SingleTenant' | 'UserAssignedMSI';
  appId: string;
  tenantId: string;
  password?: string | undefined;
  cloud: Cloud;
  /** The tenants whose activities are answered. */
  allowedTenants: readonly string[];
}

const guid = (name: string) => z.guid(`${name} must be a GUID`).transform((value) => value.toLowerCase());

const identityShape = z
  .object({
    type: z.enum(['SingleTenant', 'UserAssignedMSI'], 'BOT_TYPE must be SingleTenant or UserAssignedMSI'),
    appId: guid('BOT_ID'),
    tenantId: guid('BOT_TENANT_ID'),
    password: z.string().optional(),
    cloud: z.enum(['global', 'usgov'], 'GRAPH_CLOUD must be global or usgov'),
    allowedTenants: z.array(guid('ALLOWED_TENANTS')).min(1, 'ALLOWED_TENANTS must name at least one tenant'),
  })
  .refine((identity) => identity.type !== 'SingleTenant' || Boolean(identity.password?.trim()), {
    message: 'BOT_TYPE SingleTenant needs BOT_PASSWORD',
  })
  .refine((identity) => identity.type !== 'UserAssignedMSI' || !identity.password?.trim(), {
    message: 'BOT_TYPE UserAssignedMSI signs in without a password: leave BOT_PASSWORD empty',
  });

/** @throws InputError `settings.botIdentity` whose `faults` name everything that does not fit together */
export function checkIdentity(identity: BotIdentity): BotIdentity {
  const read = identityShape.safeParse(identity);
  if (read.success) return read.data;
  throw new InputError('settings.botIdentity', { faults: read.error.issues.map((issue) => issue.message).join('\n') });
}
