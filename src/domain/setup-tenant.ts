// What the organisation must have: a licence, policies, the mailbox that mails come from, the Teams app.
import { offersWindows365, type Policy } from './policy.ts';
import { type GraphFindings, isWindows365 } from './setup-findings.ts';
import { missing, notable, present, type SetupRow, text, unasked } from './setup-row.ts';

export function checkTenant(graph: GraphFindings, policy: Policy): SetupRow[] {
  return [
    checkLicence(graph, policy),
    checkCount('provisioningPolicies', graph.provisioningPolicies, true),
    // Without a setting nobody may reset: that matters where the policy asks for it.
    checkCount('userSettings', graph.userSettings, policy.selfService.respectResetEnabled),
    ...checkSender(graph, policy),
    ...checkTickets(policy),
    ...checkApp(graph),
  ];
}

function checkLicence({ skus, probes }: GraphFindings, policy: Policy): SetupRow {
  const name = 'check.licence';
  if ('fault' in skus) return { ...unasked(name, {}, skus.fault), isNeeded: offersWindows365(policy) };
  if (skus.value.some(isWindows365)) return present(name);
  // Names of licences may change: where there are Cloud PCs, there is one.
  const hasCloudPcs = 'value' in probes.hasCloudPcs && probes.hasCloudPcs.value;
  return hasCloudPcs ? notable(name, {}, text('check.licenceUnseen')) : missing(name, {}, text('check.licenceNone'));
}

function checkCount(
  what: 'provisioningPolicies' | 'userSettings',
  seen: GraphFindings['provisioningPolicies'],
  isNeeded: boolean,
): SetupRow {
  const name = `check.${what}.name`;
  if ('fault' in seen) return { ...unasked(name, {}, seen.fault), isNeeded };
  if (seen.value > 0) return present(`check.${what}.there`, { n: seen.value });
  const mend = text(`check.${what}.none`);
  return isNeeded ? missing(name, {}, mend) : notable(name, {}, mend);
}

function checkSender({ sender }: GraphFindings, { mail }: Policy): SetupRow[] {
  if (sender === null) return [];
  const name = 'check.sender';
  const values = { from: mail.from ?? '' };
  if ('fault' in sender) return [unasked(name, values, sender.fault)];
  if (sender.value === null) return [missing(name, values, text('check.senderGone'))];
  return [
    sender.value.mail === null ? missing(name, values, text('check.senderWithoutMailbox')) : present(name, values),
  ];
}

function checkTickets({ ticket, mail }: Policy): SetupRow[] {
  if (!ticket.enabled) return [];
  const name = 'check.ticket';
  const values = { queue: ticket.queue ?? '' };
  if (ticket.queue === null) return [missing(name, values, text('check.ticketQueueNone'))];
  return [mail.from === null ? missing(name, values, text('check.ticketSenderNone')) : present(name, values)];
}

function checkApp({ probes: { inCatalog }, teamsAppId }: GraphFindings): SetupRow[] {
  if (inCatalog === null) return [];
  if ('fault' in inCatalog) return [unasked('check.app', {}, inCatalog.fault)];
  return [
    inCatalog.value ? present('check.app') : missing('check.app', {}, text('check.appGone', { id: teamsAppId ?? '' })),
  ];
}
