// From what a check has found to rows for people: what is there, what is missing and how to mend it, what could not be asked.
// The order in which they are told: what is missing, what is worth knowing, what could not be asked, what is there.
import { lacksApprovers, mayNeedApproval, type Policy } from './policy.ts';
import type { SetupFindings, StoreFindings } from './setup-findings.ts';
import { checkFrontline } from './setup-frontline.ts';
import { checkGroups } from './setup-groups.ts';
import { checkPermissions } from './setup-permissions.ts';
import { missing, notable, present, type SetupRow, text, unknown } from './setup-row.ts';
import { checkTenant } from './setup-tenant.ts';
import { minute, second } from './time.ts';

const order: Readonly<Record<SetupRow['state'], number>> = { missing: 0, notable: 1, unknown: 2, present: 3 };

/** Tokens of Teams count as not valid from here on (docs/operations.md). */
const clockTooWrongMs = 5 * minute;
const clockWrongMs = 30 * second;

/** Pure: the same findings under the same policy give the same rows. */
export function toRows(findings: SetupFindings, policy: Policy): SetupRow[] {
  const { graph, store } = findings;
  const rows = [
    ...checkPermissions(graph, policy),
    // Without a token nothing else could be asked, and one row says it.
    ...('fault' in graph.roles ? [] : [...checkGroups(graph), ...checkFrontline(graph), ...checkTenant(graph, policy)]),
    ...(lacksApprovers(policy) ? [missing('check.noApprovers', {}, text('check.noApproversFix'))] : []),
    ...checkStore(store, policy),
    ...checkClock(graph.probes.clockAheadMs),
    ...(graph.troubleSince === null ? [] : [notable('check.trouble', {}, text('check.troubleFix'))]),
  ];
  return rows.sort((a, b) => order[a.state] - order[b.state] || Number(b.isNeeded) - Number(a.isNeeded));
}

/** 1: something needed is missing; 2: nothing is, as far as it could be asked, and something needed could not; 0: all is well. */
export function verdictOf(rows: readonly SetupRow[]): 0 | 1 | 2 {
  const isAny = (state: SetupRow['state']) => rows.some((row) => row.isNeeded && row.state === state);
  if (isAny('missing')) return 1;
  return isAny('unknown') ? 2 : 0;
}

function checkStore(store: StoreFindings, policy: Policy): SetupRow[] {
  if (store.kind === 'notAsked')
    return [{ ...unknown('check.store', {}, text(`check.storeNotAsked.${store.why}`)), isNeeded: false }];
  const isNeeded = mayNeedApproval(policy);
  return [
    checkChannel(store.channel, isNeeded),
    ...(store.mailsLost > 0 ? [notable('check.mailsLost', { n: store.mailsLost }, text('check.mailsLostFix'))] : []),
    ...(store.startsPaused ? [notable('check.paused', {}, text('check.pausedFix'))] : []),
    present('check.storeAnswers', { ms: store.ms }),
  ];
}

function checkChannel(channel: Extract<StoreFindings, { kind: 'asked' }>['channel'], isNeeded: boolean): SetupRow {
  if (channel === null) return { ...missing('check.noChannel', {}, text('check.noChannelFix')), isNeeded };
  const values = { name: channel.channelName ?? channel.teamName ?? channel.conversationId };
  if (channel.blockedAt === null) return present('check.channel', values);
  return { ...missing('check.channel', values, text('check.channelBlocked')), isNeeded };
}

function checkClock(aheadMs: number | null): SetupRow[] {
  if (aheadMs === null) return [];
  const n = Math.round(Math.abs(aheadMs) / second);
  if (n * second < clockWrongMs) return [present('check.clock', {})];
  const name = aheadMs > 0 ? 'check.clockSlow' : 'check.clockFast';
  const row = notable(name, { n }, text('check.clockFix'));
  return [n * second < clockTooWrongMs ? row : { ...row, state: 'missing', isNeeded: true }];
}
