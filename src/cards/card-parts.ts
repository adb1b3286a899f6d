// Parts that many cards share, as data for the templates.
import type { Request } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import { dotted, type Sentence, say, type Value, type Words } from '../locales/sentence.ts';
import type { Verb } from './button-data.ts';
import { looks, type Tone } from './tone.ts';
import type { Writer } from './writer.ts';

/** A button carries ids that are looked up again; nothing that decides anything. */
export interface ButtonIds {
  request?: string;
  revision?: number;
  attempt?: number;
  /** Of all items of a bulk request together. */
  attempts?: number;
  choice?: string;
  cloudPc?: string;
  page?: number;
}

export interface ButtonSpec {
  title: Sentence;
  verb: Verb;
  data: ButtonIds;
  style?: 'default' | 'positive' | 'destructive';
  /** Back and Cancel leave the inputs alone, else required ones block them. */
  inputs?: 'auto' | 'none';
}

/** Action.Execute with its Action.Submit fallback: the same data, and the verb in it. */
export function buttonData(writer: Writer, { title, verb, data, style = 'default', inputs = 'auto' }: ButtonSpec) {
  return { title: writer.plain(title), verb, style, inputs, data, submitData: { verb, ...data } };
}

export function onRequest(request: Pick<Request, 'id' | 'revision'>): ButtonIds {
  return { request: request.id, revision: request.revision };
}

/** The state strip. */
export function stateData(writer: Writer, tone: Tone, title: Sentence, text: Sentence | null) {
  return { ...looks[tone], title: writer.markdown(title), text: text && writer.markdown(text) };
}

/** What an approver wrote for whoever asked. */
export function declineReason(writer: Writer, { state, decisions }: Request): string | null {
  if (state !== 'declined') return null;
  const comment = decisions.find((decision) => decision.verdict === 'decline')?.comment;
  return comment ? writer.text(comment) : null;
}

export interface Fact {
  label: Sentence;
  value: Value;
}

export function factData(writer: Writer, facts: readonly Fact[]) {
  return facts.map(({ label, value }) => ({ label: writer.markdown(label), value: writer.markdown(value) }));
}

/** A choice of an Input.ChoiceSet. */
export function choiceData(writer: Writer, value: string, title: Words) {
  return { value, title: writer.plain(title, 120) };
}

/** What a screen reader says, what a client without cards shows, and what stands in the toast and the activity feed. */
export interface Spoken {
  speak: string;
  fallbackText: string;
  summary: string;
}

export function spoken(writer: Writer, summary: Words, speak: Words = summary): Spoken {
  const short = writer.plain(summary, 200);
  return { speak: writer.plain(speak, 600), fallbackText: short, summary: short };
}

/** `Updated Mon 23 Nov, 14:20 · times in CET`: a card stays for weeks, and its "today" means this day. */
export function updated(writer: Writer, now: Instant): Sentence {
  return say('common.updated', { when: { at: now, as: 'stamp' }, zone: writer.times.zone(now) });
}

/** `Enterprise 2vCPU/8GB`, `Office West Europe · Windows 11 24H2`: what Graph calls the plan and the way it was built. */
export function planOf(pc: { servicePlanName: string | null }): Words {
  return pc.servicePlanName === null ? say('common.unknown') : breakable(pc.servicePlanName);
}

/** `4vCPU/16GB/256GB` is one word to a client, and wider than what is left beside the labels on a telephone. */
export function breakable(name: string): string {
  return name.replaceAll(/(?<=\S)\/(?=\S)/g, ' / ');
}

export function builtFrom(pc: { policyName: string | null; imageName: string | null }): Words {
  const parts = [pc.policyName, pc.imageName].filter((part) => part !== null).map(breakable);
  const [first, ...rest] = parts;
  return first === undefined ? say('common.unknown') : dotted(first, ...rest);
}

/** A number that is to be seen at once, and what it counts. */
export interface Count {
  count: number;
  /** A text without values. */
  label: string;
}

/** More numbers beside each other do not fit on a telephone. */
const countsARow = 3;

/** Large numbers in rows; empty places keep those of a last row below the others. */
export function countData(writer: Writer, counts: readonly Count[]) {
  const rows = Math.ceil(counts.length / countsARow);
  return Array.from({ length: rows }, (_, row) => ({
    cells: Array.from({ length: countsARow }, (_none, column) => {
      const cell = counts[row * countsARow + column];
      return cell
        ? { count: String(cell.count), label: writer.markdown(say(cell.label)) }
        : { count: null, label: null };
    }),
  }));
}

/** Previous and next, for lists. */
export function pageButtons(
  writer: Writer,
  verb: Verb,
  ids: ButtonIds,
  { page, pages }: { page: number; pages: number },
) {
  const to = (title: string, target: number) =>
    buttonData(writer, { title: say(title), verb, data: { ...ids, page: target } });
  return [
    ...(page > 1 ? [to('common.previous', page - 1)] : []),
    ...(page < pages ? [to('common.next', page + 1)] : []),
  ];
}
