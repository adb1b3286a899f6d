// What tests of assigning have in common: the policy that names the demo's groups, and the way of a request to its approval.
import assert from 'node:assert/strict';
import type { Policy } from '../../src/domain/policy.ts';
import { demoMailboxes } from '../../src/simulator/index.ts';
import type { ConnectorMessage } from './connector.ts';
import { answeredCard, type Card, eventually, hasButton, isAboutRequest, presetsOf, wordsOn } from './looking.ts';
import type { CastMember } from './teams.ts';
import { setChannel, testPolicy, type WholeBot } from './whole-bot.ts';

export const licenceNames = {
  cpu4: 'lic - Windows 365 Enterprise - 4 vCPU 16 GB 256 GB',
  cpu2: 'lic - Windows 365 Enterprise - 2 vCPU 8 GB 128 GB',
  cpu8: 'lic - Windows 365 Enterprise - 8 vCPU 32 GB 512 GB',
};

/** Ticket and mail included; what a test wants otherwise it says. */
export const assignPolicy: Partial<Policy> = {
  windows365: {
    licenceGroups: Object.values(licenceNames),
    provisioningGroupPrefix: 'cfg - Windows 365 - Provisioning - ',
    provisioningGroup: 'cfg - Windows 365 - Provisioning - Office',
    userSettingsGroupPrefix: 'cfg - Windows 365 - User Settings - ',
    userSettingsGroup: 'cfg - Windows 365 - User Settings - restore allowed',
    frontlinePolicies: [],
    endGracePeriod: true,
  },
  ticket: { enabled: true, queue: demoMailboxes.tickets, customerId: 'Contoso' },
  limits: { ...testPolicy.limits, unknownAfterMs: 2000 },
};

/** Adam asks in his own chat; the newest message there is the answer. */
export async function asksFor(whole: WholeBot, text: string, who: CastMember = 'adam'): Promise<ConnectorMessage> {
  const known = new Set(whole.messagesOf(who).map(({ id }) => id));
  await whole.says(who, text);
  return eventually(() => {
    const found = whole.messagesOf(who).findLast((one) => !known.has(one.id) && !isAboutRequest(one));
    assert.ok(found, `no answer to "${text}"`);
    return found;
  });
}

export async function submits(
  whole: WholeBot,
  form: ConnectorMessage,
  verb: 'assign.submit' | 'unassign.submit',
  inputs: Record<string, string> = {},
  who: CastMember = 'adam',
): Promise<Card> {
  const filled = { ...presetsOf(form), reason: 'New colleague', ...inputs };
  return answeredCard(await whole.presses(who, form, verb, filled));
}

export async function approves(whole: WholeBot, about: RegExp): Promise<ConnectorMessage> {
  const approval = await eventually(() => {
    const found = whole
      .channelMessages()
      .findLast((one) => about.test(wordsOn(one)) && hasButton(one, 'request.approve'));
    assert.ok(
      found,
      whole
        .channelMessages()
        .map((one) => wordsOn(one))
        .join('\n'),
    );
    return found;
  });
  await whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
  return approval;
}

/** The channel is set, and everybody who is to be told has been heard of. */
export async function openChats(whole: WholeBot, ...people: CastMember[]): Promise<void> {
  await setChannel(whole);
  for (const person of ['adam', 'ivan', ...people] as const) await whole.says(person, 'language en');
}

/** The changes of members that Graph was sent, in order. */
export function changesIn({ simulator }: Pick<WholeBot, 'simulator'>): string[] {
  const nameOf = new Map(simulator.tenant.groups.map(({ id, displayName }) => [id, displayName]));
  return simulator.requests.flatMap(({ method, path, status }) => {
    const [, groupId = ''] = /^\/groups\/([^/]+)\/members\/(?:[^/]+\/)?\$ref$/.exec(path) ?? [];
    // Whoever is a member through another group only cannot be taken out of this one: Graph says so, and nothing changes.
    if (!groupId || status === 404) return [];
    assert.equal(status, 204, `${method} ${path}`);
    return [`${method === 'POST' ? 'join' : 'leave'} ${nameOf.get(groupId)}`];
  });
}

/** The groups whose member somebody is directly. */
export function directGroupsOf({ simulator }: Pick<WholeBot, 'simulator'>, personId: string): string[] {
  return simulator.tenant.groups
    .filter(({ memberIds }) => memberIds.includes(personId))
    .map(({ displayName }) => displayName)
    .sort();
}

/** Waits until somebody has a message with these words. */
export function hears(whole: WholeBot, who: CastMember, words: RegExp, withinMs = 30_000): Promise<void> {
  return eventually(() => {
    const texts = whole.messagesOf(who).map((one) => wordsOn(one));
    assert.ok(
      texts.some((text) => words.test(text)),
      `${words} in:\n${texts.join('\n')}`,
    );
  }, withinMs);
}
