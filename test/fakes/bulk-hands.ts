// Bulk requests by the hands of the cast: Adam asks for many, Ivan approves, and what stands on the card is read.
import assert from 'node:assert/strict';
import type { Limits } from '../../src/domain/policy.ts';
import { second } from '../../src/domain/time.ts';
import { addFleet, type FleetMember } from '../campaigns/bulk/tenant.ts';
import type { ConnectorMessage } from './connector.ts';
import { answeredCard, type Card, eventually, findButton, last, wordsOn } from './looking.ts';
import type { CastMember, TeamsAnswer, Where } from './teams.ts';
import { setChannel, startWholeBot, testPolicy, type WholeBot, type WholeBotOptions } from './whole-bot.ts';

export const bulkLimits: Limits = { ...testPolicy.limits, canary: 1, waveSize: 3, unknownAfterMs: second };

export interface BulkBot {
  whole: WholeBot;
  /** The next so many of the fleet, whom no test has taken yet. */
  take(count: number): FleetMember[];
  /** Which Cloud PC a device was before anything was rebuilt. */
  cloudPcOf(deviceId: string): string;
}

/** A bot in whose tenant many workers have a Cloud PC each; Adam writes English, and the channel is set. */
export async function startBulkBot({ policy, config, ...options }: WholeBotOptions, fleet = 60): Promise<BulkBot> {
  const whole = await startWholeBot({
    buildMs: 250,
    ...options,
    policy: { limits: bulkLimits, ...policy },
    config: { watchEveryMs: 60, ...config },
  });
  const members = addFleet(whole.simulator, fleet, 0);
  const cloudPcs = new Map(
    whole.simulator.tenant.cloudPcs().map(({ id, managedDeviceId }) => [managedDeviceId?.toLowerCase() ?? '', id]),
  );
  await setChannel(whole);
  await whole.says('adam', 'language en');
  return {
    whole,
    cloudPcOf: (deviceId) => cloudPcs.get(deviceId.toLowerCase()) ?? deviceId,
    take(count) {
      const taken = members.splice(0, count);
      assert.equal(taken.length, count, 'the fleet is too small');
      return taken;
    },
  };
}

/** A bulk request that was sent; its card in the channel is found by `id`. */
export interface Bulk {
  code: string;
  /** Of the message in the channel. */
  id: string;
  members: FleetMember[];
}

/** Adam previews them and types their number. */
export async function asks(
  whole: WholeBot,
  members: FleetMember[],
  inputs: Record<string, unknown> = {},
): Promise<Bulk> {
  await whole.says('adam', `bulk reprovision ${members.map(({ upn }) => upn).join(', ')}`);
  return submits(whole, last(whole.messagesOf('adam')), members, inputs);
}

/** Adam types the number on this preview. */
export async function submits(
  whole: WholeBot,
  preview: ConnectorMessage | Card,
  members: FleetMember[],
  inputs: Record<string, unknown> = {},
  where: Where = 'personal',
): Promise<Bulk> {
  const form = { reason: 'New image', confirmCount: String(members.length), ...inputs };
  const submitted = await whole.presses('adam', preview, 'bulk.submit', form, where);
  const [code] = /R-\d+/.exec(wordsOn(answeredCard(submitted))) ?? [];
  assert.ok(code, wordsOn(answeredCard(submitted)));
  const { id } = await eventually(() => {
    const found = whole.channelMessages().find((one) => has(one, 'request.approve') && wordsOn(one).includes(code));
    assert.ok(found, `no approval card for ${code}`);
    return found;
  });
  return { code, id, members };
}

export async function approves(whole: WholeBot, bulk: Bulk): Promise<TeamsAnswer> {
  return presses(whole, bulk, 'ivan', 'request.approve');
}

/** Asked and approved. */
export async function begins(
  whole: WholeBot,
  members: FleetMember[],
  inputs: Record<string, unknown> = {},
): Promise<Bulk> {
  const bulk = await asks(whole, members, inputs);
  await approves(whole, bulk);
  return bulk;
}

/** Somebody presses a button on the card in the channel. */
export function presses(
  whole: WholeBot,
  bulk: Bulk,
  from: CastMember,
  verb: string,
  inputs: Record<string, unknown> = {},
): Promise<TeamsAnswer> {
  return whole.presses(from, cardIn(whole, bulk), verb, inputs, { thread: bulk.id });
}

/** The request's card in the channel, as it stands now. */
export function cardIn(whole: WholeBot, { id, code }: Bulk): ConnectorMessage {
  const found = whole.channelMessages().find((one) => one.id === id);
  assert.ok(found, `the card of ${code} is gone`);
  return found;
}

/** The requester's own card of it. */
export function adamsCard(whole: WholeBot, { code }: Bulk): ConnectorMessage {
  const found = whole.messagesOf('adam').find((one) => {
    const words = hasCard(one) ? wordsOn(one) : '';
    return words.startsWith('Reprovision') && words.includes(` | ${code} · `);
  });
  assert.ok(found, `Adam has no card of ${code}`);
  return found;
}

export function hasCard(one: ConnectorMessage): boolean {
  return one.content?.attachments?.[0]?.content !== undefined;
}

export function has(card: ConnectorMessage | Card, verb: string): boolean {
  if ('edits' in card && !hasCard(card as ConnectorMessage)) return false;
  try {
    findButton(card, verb);
    return true;
  } catch {
    return false;
  }
}

/** A button as it stands on the card now, to be pressed when the card has changed. */
export function kept(card: ConnectorMessage | Card, verb: string): Card {
  return { actions: [findButton(card, verb)] };
}

/** Waits until the card in the channel has this button. */
export function untilOffered(whole: WholeBot, bulk: Bulk, verb: string, withinMs = 20_000): Promise<ConnectorMessage> {
  return eventually(() => {
    const card = cardIn(whole, bulk);
    assert.ok(has(card, verb), `no ${verb} on: ${wordsOn(card)}`);
    return card;
  }, withinMs);
}

/** Waits until the request has ended and its card says so. */
export function untilEnded(whole: WholeBot, bulk: Bulk, withinMs = 30_000): Promise<ConnectorMessage> {
  return untilOffered(whole, bulk, 'bulk.export', withinMs);
}

const labels = {
  ready: 'ready',
  building: 'being built',
  toCome: 'to come',
  failed: 'failed',
  skipped: 'not started',
  cancelled: 'cancelled',
  people: 'need a person',
} as const;

/** The big numbers on a card in English; those that are not there count as none. */
export function countsOn(card: ConnectorMessage): Record<keyof typeof labels, number> {
  const words = wordsOn(card);
  const count = (label: string) => Number(new RegExp(`(\\d+) \\| ${label}(?: \\||$)`).exec(words)?.[1] ?? 0);
  return Object.fromEntries(Object.entries(labels).map(([name, label]) => [name, count(label)])) as never;
}

/** How often each was named in a request to start it, in their order. */
export function posts({ simulator }: WholeBot, members: readonly FleetMember[]): number[] {
  return members.map(({ cloudPcId }) => simulator.tenant.reprovisionPosts(cloudPcId).received);
}

/** The Cloud PCs that each call that starts something named, in the order of the calls. */
export function startCalls({ whole, cloudPcOf }: BulkBot, members: readonly FleetMember[]): string[][] {
  const own = new Set(members.map(({ cloudPcId }) => cloudPcId));
  return whole.simulator.requests
    .filter(({ method }) => method === 'POST')
    .map(({ path, body }) => namedIn(path, body as Named | undefined).map(cloudPcOf))
    .map((ids) => ids.filter((id) => own.has(id)))
    .filter((ids) => ids.length > 0);
}

interface Named {
  cloudPcIds?: string[];
  managedDeviceIds?: string[];
}

function namedIn(path: string, body: Named | undefined): string[] {
  const [, single] = /\/cloudPCs\/([^/]+)\/reprovision$/i.exec(path) ?? [];
  if (single) return [single];
  if (path.endsWith('/bulkActions')) return body?.cloudPcIds ?? [];
  return path.endsWith('/bulkReprovisionCloudPc') ? (body?.managedDeviceIds ?? []) : [];
}

/** Everything in one worker's own chat with the bot. */
export function chatOfWorker({ connector }: WholeBot, { personId }: FleetMember): ConnectorMessage[] {
  return connector.messagesIn(`a:${personId}`);
}

/** What was said below the request's card in the channel. */
export function saidBelow(whole: WholeBot, { id }: Bulk): string[] {
  return whole
    .channelMessages()
    .filter((one) => one.id !== id && one.conversationId.endsWith(`messageid=${id}`))
    .map((one) => wordsOn(one));
}
