// What the store says when all is over, read after the process has ended.
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { createCards } from '../../../src/cards/render-card.ts';
import type { Item } from '../../../src/domain/item.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { AuditRow, Card, Intent, Notice } from '../../../src/domain/ports.ts';
import type { Request } from '../../../src/domain/request.ts';
import { createTexts } from '../../../src/locales/texts.ts';
import { readAddress } from '../../../src/requests/address.ts';
import { readView } from '../../../src/requests/view.ts';
import { openStore, type Store } from '../../../src/store/open-store.ts';
import { inStore, silentLog } from '../../fakes/store.ts';
import { type Counts, cardsOf, itemsOf, readCounts } from '../../fakes/stored.ts';

export interface ExpectedCard {
  card: Card;
  /** What its last content must be, drawn from the stored state. */
  content: unknown;
}

export interface Evidence {
  requests: {
    request: Request;
    items: Item[];
    audit: AuditRow[];
    /** How many are in each state: as they are kept, and as the rows say. */
    counts: { kept: Counts; counted: Counts };
    cards: ExpectedCard[];
  }[];
  intents: Pick<Intent, 'id' | 'state' | 'committedAt' | 'answeredAt'>[];
  mails: { state: string; createdAt: number }[];
  /** Mails among them. */
  notices: (Pick<Notice, 'requestId' | 'via' | 'notice' | 'mail' | 'state' | 'createdAt'> & {
    personId: string | null;
  })[];
  /** Work that is still planned: columns with a time in them. */
  leftOver: string[];
}

const cards = createCards(createTexts(silentLog));

export async function readEvidence(
  where: { databaseUrl: string } | { dataDir: string },
  policy: Policy,
): Promise<Evidence> {
  const store = await openStore({ ...where, log: silentLog });
  try {
    return await read(store, policy);
  } finally {
    await store.close();
  }
}

async function read(store: Store, policy: Policy): Promise<Evidence> {
  const { requests: found } = await inStore(store, (tx) =>
    tx.requests.list({ filter: 'all', seenBy: null, me: '', offset: 0, limit: 50 }),
  );
  const requests: Evidence['requests'] = [];
  for (const { request } of found) {
    const rows = await inStore(store, async (tx) => ({
      items: await itemsOf(tx, request.id),
      audit: (await tx.audit.of(request.id, 0, 500)).rows,
      counts: await readCounts(tx, request.id),
    }));
    const expected: ExpectedCard[] = [];
    for (const card of await cardsOf(store, request.id)) expected.push(await expect(store, policy, request, card));
    requests.push({ request, ...rows, cards: expected });
  }
  return { requests, ...(await readRows(store.db)) };
}

/** An owner's card shows what concerns their Cloud PC. */
async function expect(store: Store, policy: Policy, request: Request, card: Card): Promise<ExpectedCard> {
  return inStore(store, async (tx) => {
    const address = await readAddress(tx, policy, card);
    const view = await readView(tx, request, card.shownAt ?? 0, card.itemId);
    const shown = { card: 'request' as const, audience: card.audience, view };
    const openUrl = 'https://windows.cloud.microsoft/';
    return { card, content: address ? cards.render(shown, address.reader, { openUrl }).content : null };
  });
}

async function readRows(db: Store['db']): Promise<Omit<Evidence, 'requests'>> {
  const intents = await sql<{ id: string; state: Intent['state']; committed_at: Date; answered_at: Date | null }>`
    select id, state, committed_at, answered_at from intents order by committed_at`.execute(db);
  const mails = await sql<{ state: string; created_at: Date }>`
    select state, created_at from notices where via = 'mail' order by created_at`.execute(db);
  const notices = await sql<Omit<Evidence['notices'][number], 'createdAt'> & { created_at: Date }>`
    select request_id as "requestId", via, notice, mail, state, person_id as "personId", created_at from notices`.execute(
    db,
  );
  return {
    notices: notices.rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at.getTime() })),
    intents: intents.rows.map((row) => ({
      id: row.id,
      state: row.state,
      committedAt: row.committed_at.getTime(),
      answeredAt: row.answered_at?.getTime() ?? null,
    })),
    mails: mails.rows.map(({ state, created_at }) => ({ state, createdAt: created_at.getTime() })),
    leftOver: await findLeftOver(db),
  };
}

async function findLeftOver(db: Store['db']): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select 'item ' || state || ' is due' as what from items where due_at is not null or look_at is not null
    union all
    select 'wave ' || number || ' is due' from waves where due_at is not null
    union all
    select audience || ' card is due (' || state || ', shown ' || shown || ' of ' || wanted || ')' from cards
      where due_at is not null or shown <> wanted
    union all
    select via || ' notice ' || notice || ' is due (' || state || ')' from notices where due_at is not null
    union all
    -- A form that nobody sent may wait for its hour to pass.
    select 'timer ' || kind from timers join requests on requests.id = timers.request_id where state <> 'draft'`.execute(
    db,
  );
  return rows.map(({ what }) => what);
}

/** Of a store that nobody has open, or of one that others use as well. */
export async function readLeftOver(where: { databaseUrl: string } | { dataDir: string }): Promise<string[]> {
  const store = await openStore({ ...where, log: silentLog });
  try {
    return await findLeftOver(store.db);
  } finally {
    await store.close();
  }
}

/** Of a store that others use as well: waits until nothing is left to do, or the time is over. */
export async function untilNothingIsLeft(databaseUrl: string, withinMs: number): Promise<void> {
  const store = await openStore({ databaseUrl, log: silentLog });
  try {
    const end = Date.now() + withinMs;
    while (Date.now() < end && (await findLeftOver(store.db)).length > 0) await wait(500);
  } finally {
    await store.close();
  }
}
