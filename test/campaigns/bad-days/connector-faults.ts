// Teams in trouble at every message of the story. What Teams refuses for good stays refused in that place until it is
// mended there: the person writes to the bot again, or somebody does in the channel.
import assert from 'node:assert/strict';
import type { ConnectorCall, ConnectorFault } from '../../fakes/connector.ts';
import { personOf } from '../../fakes/teams.ts';
import { type BadDay, type Day, type Expectation, expecting, NeverStruckError } from './bad-day.ts';
import { type CallSites, type ConnectorSite, steps } from './call-sites.ts';
import { waitFor } from './graph-faults.ts';
import { isAt, type Place } from './screens.ts';
import { contentOf, readSeen } from './seen.ts';
import { ownerStory, ownStory, type Story, warningStory } from './story.ts';

interface Trouble {
  name: string;
  fault: ConnectorFault;
  /** Stays until it is mended. */
  stays?: boolean;
  /** Only faults that nobody but an admin of the bot can mend: they are logged as errors. */
  isOurs?: boolean;
  /** Only what carries a card is struck. */
  cardsOnly?: boolean;
  seconds: number;
}

const once = (name: string, fault: ConnectorFault, seconds = 8): Trouble => ({ name, fault, seconds });
const withCode = (status: number, code: string) => ({ status, body: { error: { code, message: code } } });

// The codes are those of the connector's retry table.
const troubles: readonly Trouble[] = [
  ...['BotNotInConversationRoster', 'ConversationBlockedByUser', 'BotDisabledByAdmin'].map(
    (code): Trouble => ({ name: `403 ${code}`, fault: withCode(403, code), stays: true, seconds: 20 }),
  ),
  {
    name: '403 MessageWritesBlocked',
    fault: { status: 403, body: JSON.stringify({ errorCode: 209, message: '{"subCode":"MessageWritesBlocked"}' }) },
    stays: true,
    seconds: 20,
  },
  ...[withCode(401, 'BotNotRegistered'), withCode(403, 'NotEnoughPermissions')].map(
    (fault): Trouble => ({
      name: `${fault.status} ${fault.body.error.code}`,
      fault,
      stays: true,
      isOurs: true,
      seconds: 20,
    }),
  ),
  once('404 ActivityNotFoundInConversation', withCode(404, 'ActivityNotFoundInConversation')),
  once('404 ConversationNotFound', withCode(404, 'ConversationNotFound')),
  once('412', withCode(412, 'PreconditionFailed')),
  { name: '413', fault: withCode(413, 'MessageSizeTooBig'), cardsOnly: true, seconds: 8 },
  once('429', { ...withCode(429, 'Throttled'), headers: { 'Retry-After': '2' } }),
  ...[500, 502, 503, 504].map((status) => once(String(status), { status, body: 'gateway' })),
  once('reset', { how: 'reset' }),
  once('reset after', { how: 'reset', applied: true }),
  once('hang', { how: 'hang' }, 25),
];

export function connectorFaults(own: CallSites, warning: CallSites, owner: CallSites): BadDay[] {
  const inThread = warning.connector.filter(({ place, kind }) => place === 'channel' && kind === 'notice');
  const toOwner = owner.connector.filter(({ place }) => place === ownerStory.owner);
  assert.ok(inThread.length > 0 && toOwner.length > 0, 'no notice in the channel, or nothing for the owner');
  return [
    ...own.connector.flatMap((site) => troublesAt(ownStory, site)),
    ...inThread.flatMap((site) => troublesAt(warningStory, site)),
    ...toOwner.flatMap((site) => troublesAt(ownerStory, site)),
  ];
}

function troublesAt(story: Story, site: ConnectorSite): BadDay[] {
  // Opening a chat carries no message that could be too big.
  const fitting = troubles.filter(({ cardsOnly }) => !cardsOnly || site.kind !== null);
  return fitting.map((given): BadDay => {
    const trouble = asItStays(story, site, given);
    return {
      theme: 'connector',
      place: site.name,
      trouble: trouble.name,
      story,
      seconds: trouble.seconds,
      expect: expecting(story, differing(site, trouble)),
      play: (day) => playWithFault(day, site, trouble),
    };
  });
}

/** A chat that is not found is opened again. A channel, or a chat that was opened just now, is given up. */
function asItStays(story: Story, site: ConnectorSite, trouble: Trouble): Trouble {
  if (trouble.name !== '404 ConversationNotFound') return trouble;
  const isNew =
    site.place === story.owner && story.owner !== story.asker && site.kind !== 'notice' && site.verb !== 'update';
  return site.place === 'channel' || isNew ? { ...trouble, stays: true, seconds: 20 } : trouble;
}

function differing(site: ConnectorSite, { name, stays, isOurs }: Trouble): Partial<Expectation> {
  const isTold = site.kind === 'notice' && name === 'reset after';
  // Nobody knows of a message whose answer was lost: it comes again, and a card is changed again.
  const twice = [1, isTold ? 2 : 1] as const;
  const expected: Partial<Expectation> = site.place === 'channel' ? { channelTold: twice } : { told: twice };
  if (isOurs) expected.errors = /refused by Teams|turn failed/;
  else if (stays && site.step === 'asks') expected.errors = /turn failed/;
  return expected;
}

/** The request never comes to the channel: whoever asked must see that. */
function isUnasked(site: ConnectorSite, { stays }: Trouble): boolean {
  return stays === true && site.place === 'channel' && site.step === 'submits';
}

async function playWithFault(day: Day, site: ConnectorSite, trouble: Trouble): Promise<void> {
  let strike = { hits: 0, mend() {} };
  for (const step of steps) {
    if (step === site.step) strike = strikeAt(day, site, trouble);
    const done = day.people[step]();
    // Who is not answered at all asks again once it is mended.
    if (step === 'asks' && step === site.step && trouble.stays) {
      await untilStruck(site, strike);
      strike.mend();
    }
    await done;
    if (step === site.step && isUnasked(site, trouble)) await seesThatNobodyWasAsked(day);
  }
  await untilStruck(site, strike);
  if (!trouble.stays || site.step === 'asks') return;
  await goesOnWithout(day, site.place);
  strike.mend();
  await comesBack(day, site.place);
}

async function untilStruck({ step, verb, name }: ConnectorSite, strike: { hits: number }): Promise<void> {
  await waitFor(() => strike.hits > 0, '').catch(() => {
    throw new NeverStruckError(`the fault never struck: ${step} ${verb} ${name}`);
  });
}

async function seesThatNobodyWasAsked({ people }: Day): Promise<void> {
  const { asker } = people.story;
  const isSaid = () => people.seenBy(asker).some(({ words }) => /IT could not be asked yet/.test(words));
  await waitFor(isSaid, `${asker} never saw that nobody could be asked`);
}

function strikeAt({ whole }: Day, site: ConnectorSite, trouble: Trouble): { hits: number; mend(): void } {
  const strike = {
    hits: 0,
    isMended: false,
    mend() {
      strike.isMended = true;
    },
  };
  const where = (call: ConnectorCall) => {
    const isHit = strike.hits === 0 ? isSite(call, site) : isIn(call, site.place);
    if (strike.isMended || !isHit) return false;
    strike.hits += 1;
    return true;
  };
  whole.connector.failNext({ ...trouble.fault, where, times: trouble.stays ? Number.POSITIVE_INFINITY : 1 });
  return strike;
}

function isIn(call: ConnectorCall, place: Place): boolean {
  if (place !== 'channel' && call.verb === 'create') return call.body?.members?.[0]?.id === personOf(place).id;
  return isAt(call, place);
}

/** The same kind of call, in the same place, with the same words. */
function isSite(call: ConnectorCall, site: ConnectorSite): boolean {
  if (call.verb !== site.verb || !isIn(call, site.place)) return false;
  const content = contentOf({ ...call, arrived: true });
  if (content === null || site.kind === null) return content === null && site.kind === null;
  const seen = readSeen(content);
  return seen.kind === site.kind && (site.words === null || seen.words === site.words);
}

/** The reprovision runs to its end, the others see it, and that somebody could not be reached. */
async function goesOnWithout({ whole, people }: Day, place: Place): Promise<void> {
  const { story } = people;
  const others: readonly Place[] = place === 'channel' ? [story.asker] : [...new Set<Place>([story.asker, 'channel'])];
  for (const other of others.filter((one) => one !== place)) {
    await waitFor(() => people.stateAt(other) === story.end, `the card of ${other} never came to “${story.end}”`);
    if (place === 'channel') continue;
    const isSaid = () => people.wordsOfCardAt(other).includes('could not be reached');
    await waitFor(isSaid, `the card of ${other} does not say that ${place} could not be reached`);
  }
  assert.equal(whole.simulator.tenant.reprovisionPosts().applied, 1);
  const audience = place === 'channel' ? 'channel' : place === story.asker ? 'requester' : 'owner';
  const isGivenUp = () =>
    whole.log.lines.some(
      ({ msg, fields }) => /^card (not delivered|refused)/.test(msg) && fields.audience === audience,
    );
  await waitFor(isGivenUp, `the card of ${place} was never tried in vain`);
  if (people.stateAt('channel') === null) {
    const isToldOf = () =>
      people.seenBy('adam').some(({ kind, words }) => kind === 'notice' && /nobody could be asked/.test(words));
    await waitFor(isToldOf, 'the channel cannot be reached, and no admin was told');
  }
  await new Promise((done) => setTimeout(done, 300));
}

async function comesBack({ people }: Day, place: Place): Promise<void> {
  if (place === 'channel') await people.says('adam', 'status', { thread: '2' });
  else await people.says(place, 'help');
}
