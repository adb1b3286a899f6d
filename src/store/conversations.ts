// Where the bot may write.
import { type Selectable, sql } from 'kysely';
import type { Conversation, Conversations } from '../domain/ports.ts';
import { fromTimeOrNull, storableOrNull, toTime } from './column-values.ts';
import type { ConversationsTable, Trx } from './tables.ts';

export function sqlConversations(trx: Trx): Conversations {
  return {
    async ofPerson(personId) {
      const row = await trx
        .selectFrom('conversations')
        .selectAll()
        .where('person_id', '=', personId)
        .where('kind', '=', 'personal')
        .orderBy(sql`blocked_at is not null`)
        .orderBy('touched_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? fromConversationRow(row) : null;
    },
    async get(conversationId) {
      const row = await trx
        .selectFrom('conversations')
        .selectAll()
        .where('conversation_id', '=', conversationId)
        .executeTakeFirst();
      return row ? fromConversationRow(row) : null;
    },
    upsert: (conversation) => upsertConversation(trx, conversation),
    async block(conversationId, at) {
      await trx
        .updateTable('conversations')
        .set({ blocked_at: toTime(at) })
        .where('conversation_id', '=', conversationId)
        .execute();
    },
    async knownPeople(offset, limit) {
      const rows = await trx
        .selectFrom('conversations')
        .leftJoin('people', 'people.id', 'conversations.person_id')
        .select((eb) => [
          'conversations.person_id',
          eb.fn.max('people.name').as('name'),
          eb.fn.max('conversations.touched_at').as('touched_at'),
        ])
        .where('conversations.kind', '=', 'personal')
        .where('conversations.person_id', 'is not', null)
        .where('conversations.blocked_at', 'is', null)
        .groupBy('conversations.person_id')
        .orderBy('touched_at', 'desc')
        .orderBy('conversations.person_id')
        .offset(offset)
        .limit(limit)
        .execute();
      return rows.map((row) => ({ id: row.person_id ?? '', name: row.name ?? '' }));
    },
  };
}

/** Somebody wrote there, so it works again. Names that an activity leaves out stay as they were known. */
async function upsertConversation(trx: Trx, conversation: Conversation): Promise<void> {
  await trx
    .insertInto('conversations')
    .values({
      conversation_id: conversation.conversationId,
      service_url: conversation.serviceUrl,
      tenant_id: conversation.tenantId,
      kind: conversation.kind,
      person_id: conversation.personId,
      channel_id: conversation.channelId,
      team_name: storableOrNull(conversation.teamName),
      channel_name: storableOrNull(conversation.channelName),
      bot_id: conversation.botId,
      blocked_at: null,
    })
    .onConflict((conflict) =>
      conflict.column('conversation_id').doUpdateSet((eb) => ({
        service_url: eb.ref('excluded.service_url'),
        tenant_id: eb.ref('excluded.tenant_id'),
        kind: eb.ref('excluded.kind'),
        person_id: eb.fn.coalesce('excluded.person_id', 'conversations.person_id'),
        channel_id: eb.fn.coalesce('excluded.channel_id', 'conversations.channel_id'),
        team_name: eb.fn.coalesce('excluded.team_name', 'conversations.team_name'),
        channel_name: eb.fn.coalesce('excluded.channel_name', 'conversations.channel_name'),
        bot_id: eb.ref('excluded.bot_id'),
        blocked_at: null,
        touched_at: sql<Date>`clock_timestamp()`,
      })),
    )
    .execute();
}

function fromConversationRow(row: Selectable<ConversationsTable>): Conversation {
  return {
    conversationId: row.conversation_id,
    serviceUrl: row.service_url,
    tenantId: row.tenant_id,
    kind: row.kind,
    personId: row.person_id,
    channelId: row.channel_id,
    teamName: row.team_name,
    channelName: row.channel_name,
    botId: row.bot_id,
    blockedAt: fromTimeOrNull(row.blocked_at),
  };
}
