// The lines of a preview: what was named, whose Cloud PC it is, and why it is left out, as far as that can be known now.
import type { Candidate, LeftOutReason, Selection } from '../../domain/bulk.ts';
import { type CloudPc, isPersonal, whyNotNow } from '../../domain/cloud-pc.ts';
import type { Person, PersonRef } from '../../domain/people.ts';
import type { Tx } from '../../domain/ports.ts';
import { toRef } from '../asker.ts';
import type { Deadline, Deps } from '../deps.ts';
import { keyOf, type Targets } from './find-targets.ts';

type Line = Omit<Candidate, 'number'>;

/** Everybody whose Cloud PCs need an admin's approval by themselves. One Graph request for each group, and its pages. */
export async function readVips(deps: Pick<Deps, 'tenant' | 'policy'>, deadline: Deadline): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const groupId of deps.policy.roles.vip) {
    const { people } = await deps.tenant.read({ people: { ask: 'peopleIn', groupId } }, { withinMs: deadline.left() });
    for (const { id } of people ?? []) ids.add(id);
  }
  return ids;
}

/** Each Cloud PC once, whatever named it; nothing is left out yet but what cannot be found. */
export function listCandidates(targets: Targets, { several }: Pick<Selection, 'several'>): Candidate[] {
  const lines = new Map<string, Line>();
  for (const pc of targets.named) lines.set(`pc:${pc.id}`, toLine(pc, targets));
  for (const person of targets.people) {
    const { userPrincipalName: upn } = person;
    const own = (targets.byUpn.get(keyOf(upn)) ?? []).filter(isPersonal);
    const owner = toRef(person);
    if (own.length === 0)
      lines.set(`person:${person.id}`, {
        ...nothing,
        words: upn,
        owner,
        ownerUpn: upn,
        leftOut: { reason: 'noCloudPc' },
      });
    for (const pc of own) {
      if (lines.has(`pc:${pc.id}`)) continue;
      const leftOut = whyNotOwners(person) ?? (own.length > 1 && !several ? { reason: 'several' as const } : null);
      lines.set(`pc:${pc.id}`, { words: upn, owner, ownerUpn: upn, cloudPc: pc, leftOut });
    }
  }
  for (const words of targets.unknown)
    lines.set(`unknown:${keyOf(words)}`, { ...nothing, words, leftOut: { reason: 'notFound' } });
  return [...lines.values()].map((line, index) => ({ number: index + 1, ...line }));
}

const nothing: Line = { words: '', owner: null, ownerUpn: null, cloudPc: null, leftOut: null };

function toLine(pc: CloudPc, targets: Targets): Line {
  const owner = pc.ownerUpn === null ? undefined : targets.owners.get(keyOf(pc.ownerUpn));
  const ref: PersonRef | null = owner ? toRef(owner) : null;
  const leftOut = isPersonal(pc) ? whyNotOwners(owner) : null;
  return {
    words: pc.ownerUpn ?? pc.name,
    owner: ref,
    ownerUpn: owner?.userPrincipalName ?? pc.ownerUpn,
    cloudPc: pc,
    leftOut,
  };
}

function whyNotOwners(owner: Person | undefined): LeftOutReason | null {
  return owner?.accountEnabled ? null : { reason: 'noOwner' };
}

/** Why those that are still in cannot be rebuilt now: another request, the state, the cool-down, a VIP. */
export async function leaveOut(
  tx: Pick<Tx, 'items'>,
  deps: Pick<Deps, 'policy' | 'clock'>,
  candidates: readonly Candidate[],
  vips: ReadonlySet<string>,
): Promise<Candidate[]> {
  const ids = candidates.flatMap(({ cloudPc, leftOut }) => (cloudPc && leftOut === null ? [cloudPc.id] : []));
  const cooldownMs = deps.policy.limits.perCloudPcCooldownMs;
  const unfinished = await tx.items.unfinishedOn(ids);
  const running = new Map(unfinished.map(({ item, request }) => [item.cloudPc.id, request.code ?? '']));
  const successes = await tx.items.successesOn(ids, deps.clock.now() - cooldownMs);
  const rebuilt = new Map(successes.map(({ item }) => [item.cloudPc.id, item.endedAt ?? 0]));
  const why = ({ cloudPc, owner }: Candidate): LeftOutReason | null => {
    if (!cloudPc) return null;
    const code = running.get(cloudPc.id);
    if (code !== undefined) return { reason: 'running', code };
    const reason = whyNotNow(cloudPc, null);
    if (reason) return { reason };
    if (owner && vips.has(owner.id)) return { reason: 'vip' };
    const endedAt = rebuilt.get(cloudPc.id);
    return endedAt === undefined ? null : { reason: 'cooldown', endedAt, from: endedAt + cooldownMs };
  };
  return candidates.map((candidate) =>
    candidate.leftOut === null ? { ...candidate, leftOut: why(candidate) } : candidate,
  );
}
