// Where the story calls Graph and Teams: found by living it once on a good day and writing down every call. A new call in the
// story becomes a new place for faults by itself.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { GraphCall, RecordedRequest } from '../../../src/simulator/index.ts';
import type { ConnectorCall } from '../../fakes/connector.ts';
import { startWholeBot } from '../../fakes/whole-bot.ts';
import { type Day, expecting } from './bad-day.ts';
import { awaitTheEnd } from './oracle.ts';
import { createPeople } from './people.ts';
import { prepare } from './runner.ts';
import { isAt, type Place } from './screens.ts';
import { contentOf, readSeen, type Seen } from './seen.ts';
import type { Story } from './story.ts';

export const steps = ['asks', 'submits', 'approves'] as const;
/** What a person does; all that the bot does until the next one belongs to it. */
export type Step = (typeof steps)[number];

const quietMs = 700;

export interface GraphSite {
  step: Step;
  /** `POST /beta/$batch [GET /users/{id}, …]` */
  pattern: string;
  /** For the table. */
  name: string;
  parts: PartSite[];
}

/** A part of a batch: the `nth` of those with its pattern, from 1. */
export interface PartSite {
  pattern: string;
  nth: number;
}

export interface ConnectorSite {
  step: Step;
  verb: ConnectorCall['verb'];
  place: Place;
  /** What it carries: the words of the message, where they are always the same. */
  kind: Seen['kind'] | null;
  words: string | null;
  name: string;
}

export interface CallSites {
  graph: GraphSite[];
  connector: ConnectorSite[];
}

/** Lives the story without any fault. */
export async function recordCallSites(story: Story): Promise<CallSites> {
  const whole = await startWholeBot();
  try {
    const day: Day = { whole, people: createPeople(whole, story) };
    await prepare(day);
    const { requests } = whole.simulator;
    const { calls } = whole.connector;
    requests.length = 0;
    calls.length = 0;
    day.people.begin();
    const marks: { step: Step; requests: number; calls: number }[] = [];
    for (const step of steps) {
      marks.push({ step, requests: requests.length, calls: calls.length });
      await day.people[step]();
      await isQuiet(() => requests.length + calls.length);
    }
    await awaitTheEnd(day, expecting(story));
    const stepOf = (index: number, of: 'requests' | 'calls') => marks.findLast((mark) => mark[of] <= index)!.step;
    const graph = requests.map((request, index) => toGraphSite(request, stepOf(index, 'requests')));
    const connector = calls.map((call, index) => toConnectorSite(call, stepOf(index, 'calls'), story));
    for (const [index, { method, path, version, body }] of requests.entries()) {
      const pattern = patternOfCall({ method, path, version, body } as GraphCall);
      assert.equal(pattern, graph[index]?.pattern, 'a request that no fault could strike');
    }
    return {
      graph: distinct(graph, ({ step, pattern }) => `${step} ${pattern}`),
      connector: distinct(connector, ({ step, verb, place, name }) => `${step} ${verb} ${place} ${name}`),
    };
  } finally {
    await whole.stop();
  }
}

/** What a step brought about has come before the next one. */
async function isQuiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); await wait(quietMs)) before = count();
}

function distinct<T>(all: readonly T[], keyOf: (one: T) => string): T[] {
  return [...new Map(all.toReversed().map((one) => [keyOf(one), one])).values()].toReversed();
}

const stepWords: Record<Step, string> = { asks: 'asking', submits: 'sending the form', approves: 'after the approval' };

function toGraphSite(request: RecordedRequest, step: Step): GraphSite {
  const parts = (request.parts ?? []).map(({ method, url }) => patternOf(method, url.split('?', 1)[0]!));
  const pattern = patternOf(request.method, `/${request.version}${request.path}`, parts);
  const single = patternOf(request.method, request.path);
  const name = parts.length === 0 ? single : `batch of ${parts.length}`;
  return { step, pattern, name: `${stepWords[step]}: ${name}`, parts: parts.map(toPartSite) };
}

function toPartSite(pattern: string, index: number, all: readonly string[]): PartSite {
  return { pattern, nth: all.slice(0, index + 1).filter((one) => one === pattern).length };
}

/** Ids and addresses become words. */
function patternOf(method: string, path: string, parts: readonly string[] = []): string {
  const general = path
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '{id}')
    .replaceAll(/[^/]+@[^/]+/g, '{mailbox}')
    .replace('/deviceManagement/virtualEndpoint', '');
  return `${method} ${general}${parts.length > 0 ? ` [${parts.join(', ')}]` : ''}`;
}

/** The pattern of a request that is coming in. */
export function patternOfCall(call: GraphCall): string {
  const batch = call.path === '/$batch' ? (call.body as { requests?: { method: string; url: string }[] }) : null;
  const parts = (batch?.requests ?? []).map(({ method, url }) => patternOf(method, decodeURI(url.split('?', 1)[0]!)));
  return patternOf(call.method, `/${call.version}${call.path}`, parts);
}

export function patternOfPart(call: GraphCall): string {
  return patternOf(call.method, call.path);
}

function toConnectorSite(call: ConnectorCall, step: Step, story: Story): ConnectorSite {
  const place = [...new Set<Place>([story.asker, story.owner, 'ivan', 'adam', 'channel'])].find((one) =>
    isAt(call, one),
  );
  const content = contentOf(call);
  if (call.verb === 'create' && !call.body?.activity) {
    const name = `opening the chat with ${titleOf(story.owner)}`;
    return { step, verb: 'create', place: story.owner, kind: null, words: null, name };
  }
  assert.ok(place && content, `a call of Teams that belongs to no place: ${call.verb} ${call.conversationId}`);
  const seen = readSeen(content);
  // Which states between the approval and the end are shown is a matter of moments.
  const isSteady = seen.kind !== 'card' || ['Waiting for approval', 'Approval needed', story.end].includes(seen.words);
  const words = isSteady ? seen.words : null;
  const what = { card: 'the card', notice: 'the notice', form: 'the form', text: 'words', other: 'a card' }[seen.kind];
  const named = words === null || seen.kind === 'form' ? what : `${what} “${words}”`;
  const name = `${titleOf(place)}: ${call.verb === 'update' ? 'changing ' : ''}${named}`;
  return { step, verb: call.verb, place, kind: seen.kind, words, name };
}

function titleOf(place: Place): string {
  return place === 'channel' ? 'channel' : place[0]!.toUpperCase() + place.slice(1);
}
