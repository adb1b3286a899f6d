// Which of somebody's Cloud PCs can be asked for now, and why the others cannot: what Graph showed and what we know.
import { type CloudPc, type NotNowReason, whyNotNow } from '../domain/cloud-pc.ts';
import type { Item } from '../domain/item.ts';
import type { PersonRef, Roles } from '../domain/people.ts';
import { maySee } from '../domain/policy.ts';
import type { Tx } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import { hour } from '../domain/time.ts';
import type { CannotReason } from '../domain/views.ts';
import type { Deps } from './deps.ts';

export interface Availability {
  pc: CloudPc;
  /** null: it can be asked for now. */
  not: CannotReason | null;
}

type AvailabilityDeps = Pick<Deps, 'policy' | 'clock'>;

export async function readAvailability(
  tx: Tx,
  deps: AvailabilityDeps,
  cloudPcs: readonly CloudPc[],
  reader: { person: PersonRef; roles: Roles },
): Promise<Availability[]> {
  const ids = cloudPcs.map((pc) => pc.id);
  const cooldownMs = deps.policy.limits.perCloudPcCooldownMs;
  const unfinished = new Map((await tx.items.unfinishedOn(ids)).map((found) => [found.item.cloudPc.id, found]));
  const successes = await tx.items.successesOn(ids, deps.clock.now() - cooldownMs);
  const recent = new Map(successes.map((found) => [found.item.cloudPc.id, found]));
  return cloudPcs.map((pc) => ({
    pc,
    not: whyUnavailable(pc, unfinished.get(pc.id), recent.get(pc.id), cooldownMs, reader),
  }));
}

type Found = { item: Item; request: Request };

function whyUnavailable(
  pc: CloudPc,
  running: Found | undefined,
  recent: Found | undefined,
  cooldownMs: number,
  reader: { person: PersonRef; roles: Roles },
): CannotReason | null {
  if (running) return describeRunning(pc, running, reader);
  const reason = whyNotNow(pc, null);
  if (reason) return notNow(pc, reason);
  if (!recent || recent.item.endedAt === null) return null;
  return {
    type: 'cooldown',
    requestId: recent.request.id,
    revision: recent.request.revision,
    code: recent.request.code ?? '',
    pc: pc.name,
    endedAt: recent.item.endedAt,
    from: recent.item.endedAt + cooldownMs,
    hours: Math.round(cooldownMs / hour),
  };
}

export function notNow(pc: CloudPc, reason: NotNowReason): CannotReason {
  return { type: 'notNow', pc: pc.name, reason, until: reason === 'grace' ? pc.graceEndsAt : null };
}

/** The second asker is told about the first request as far as that person may know it. */
export function describeRunning(
  pc: CloudPc,
  running: Found,
  reader: { person: PersonRef; roles: Roles },
): CannotReason {
  const { request, item } = running;
  if (!maySee(reader.person.id, reader.roles, request)) return { type: 'runningUnknown', pc: pc.name };
  return {
    type: 'running',
    requestId: request.id,
    revision: request.revision,
    code: request.code ?? '',
    pc: pc.name,
    who: request.requester,
    since: item.startingAt ?? request.submittedAt ?? item.queuedAt,
  };
}
