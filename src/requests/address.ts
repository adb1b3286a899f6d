// Where a card or a notice goes, and how its reader reads.
import { type Language, languages, type PersonRef, type Reader } from '../domain/people.ts';
import type { Policy } from '../domain/policy.ts';
import type { Address, Card, KnownPerson, Tx } from '../domain/ports.ts';

/** null: there is no such place yet (no approvals channel). */
export async function readAddress(
  tx: Tx,
  policy: Policy,
  card: Pick<Card, 'person' | 'conversationId'>,
): Promise<Address | null> {
  if (card.person) return readPersonalAddress(tx, policy, card.person);
  if (card.conversationId === null) return null;
  const conversation = await tx.conversations.get(card.conversationId);
  return conversation ? { to: 'channel', conversation, reader: channelReader(policy) } : null;
}

export async function readPersonalAddress(tx: Tx, policy: Policy, person: PersonRef): Promise<Address> {
  const conversation = await tx.conversations.ofPerson(person.id);
  return { to: 'person', person, conversation, reader: await readReader(tx, policy, person.id) };
}

export async function readReader(tx: Tx, policy: Policy, personId: string): Promise<Reader> {
  return readerOf(await tx.people.get(personId), policy);
}

/** The person's own word, else the language of their Teams, else the channel's. */
export function readerOf(known: KnownPerson | null, policy: Policy): Reader {
  return {
    language: known?.language ?? languageOf(known?.locale ?? null) ?? policy.channel.language,
    timeZone: known?.timeZone ?? policy.channel.timeZone,
  };
}

/** `de-AT` → `de`; null when it is none of ours. */
export function languageOf(locale: string | null): Language | null {
  const base = locale?.toLowerCase().split('-')[0];
  return languages.find((language) => language === base) ?? null;
}

export function channelReader(policy: Policy): Reader {
  return { language: policy.channel.language, timeZone: policy.channel.timeZone };
}
