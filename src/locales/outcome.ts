// How an item ended, in plain words: why it was not started, what Graph's codes mean, and what helps.
// Causes: https://learn.microsoft.com/windows-365/enterprise/provisioning-errors; Graph documents no full list of the codes
// of `statusDetail`, so they are told by the words in them.
import type { StatusDetail } from '../domain/cloud-pc.ts';
import type { Item, SkipReason } from '../domain/item.ts';
import { type Sentence, say } from './sentence.ts';

const skipReasons: Readonly<Record<SkipReason, true>> = {
  gone: true,
  ownerChanged: true,
  grace: true,
  busy: true,
  actionRunning: true,
  notOffered: true,
  notPersonal: true,
  cooldown: true,
  notAllowedAnyMore: true,
  approvalGone: true,
  policyChanged: true,
  resetDisabled: true,
  notSignedIn: true,
  signInForbidden: true,
  graphUnavailable: true,
  vip: true,
  notInIntune: true,
};

export function isSkipReason(code: string): code is SkipReason {
  return Object.hasOwn(skipReasons, code);
}

export function skipReasonOf(item: Pick<Item, 'outcome'> | null): SkipReason | null {
  const code = item?.outcome?.code;
  return code !== undefined && isSkipReason(code) ? code : null;
}

export interface Explanation {
  happened: Sentence;
  helps: Sentence;
}

/** In this order: the first whose words are in the code. */
const causes: readonly (readonly [RegExp, cause: string, helps: string])[] = [
  [/intune|enrol|mdm/, 'intune', 'enrolment'],
  [/startmenu|powericon/, 'startMenu', 'nothing'],
  [/timezone/, 'timeZone', 'nothing'],
  [/teams/, 'teams', 'nothing'],
  [/connectionpoint|scp/, 'connectionPoint', 'directory'],
  [/hybrid/, 'hybridJoin', 'directory'],
  [/domainjoin|joindomain/, 'domainJoin', 'directory'],
  [/ipaddress|noip|insufficientip|subnet/, 'ipAddress', 'network'],
  [/network|onpremisesconnection|azureconnection/, 'network', 'network'],
  [/disk/, 'disk', 'again'],
  [/licen[cs]e/, 'licence', 'licence'],
  [/localadmin|administrator/, 'localAdmin', 'again'],
  [/provisioningpolicy|policynotfound/, 'provisioningPolicy', 'policy'],
  [/disallowed|azurepolicy/, 'azurePolicy', 'policy'],
  [/usernotfound|nouser/, 'userNotFound', 'account'],
  [/executionpolicy|powershell/, 'powerShell', 'policy'],
  [/windowsreset|resetfailed/, 'windowsReset', 'again'],
  [/internal/, 'internal', 'again'],
];

/** What happened and what helps, for an item whose build or start did not end well; null when there is nothing to explain. */
export function explainOutcome(item: Pick<Item, 'state' | 'outcome'> | null): Explanation | null {
  if (!item?.outcome) return null;
  const { code, detail } = item.outcome;
  const reason = skipReasonOf(item);
  if (reason) return { happened: say(`reason.${reason}.text`), helps: say(`reason.${reason}.try`) };
  if (code === 'notStarted') return { happened: say('cause.refused'), helps: say('try.later') };
  const isWarning = code === 'readyWithWarnings';
  return code === 'buildFailed' || isWarning ? causeOf(detail, isWarning) : null;
}

/** @param isWarning the Cloud PC can be used, and only an extra step did not finish */
export function causeOf(detail: StatusDetail | null, isWarning: boolean): Explanation {
  const word = detail?.code.toLowerCase().replace(/[^a-z]/g, '') ?? '';
  const [, cause, helps] = causes.find(([pattern]) => pattern.test(word)) ?? [
    null,
    isWarning ? 'warning' : 'other',
    'again',
  ];
  return { happened: say(`cause.${cause}`), helps: say(`try.${isWarning ? 'nothing' : helps}`) };
}

/** The reference that IT can look up: Graph's code, never its words. */
export function referenceOf(item: Pick<Item, 'outcome'> | null): Sentence | null {
  const code = item?.outcome?.detail?.code;
  return code ? say('progress.reference', { code }) : null;
}
