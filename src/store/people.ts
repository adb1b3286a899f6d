// What the bot remembers of people.
import { sql } from 'kysely';
import type { People } from '../domain/ports.ts';
import { storable } from '../domain/storable.ts';
import { storableOrNull } from './column-values.ts';
import type { Trx } from './tables.ts';

/** An activity without a name must not take away the one that is known. */
const newName = sql<string>`coalesce(nullif(excluded.name, ''), people.name)`;

export function sqlPeople(trx: Trx): People {
  return {
    async get(personId) {
      const row = await trx.selectFrom('people').selectAll().where('id', '=', personId).executeTakeFirst();
      if (!row) return null;
      const { id, name, locale, language, teams_user_id: userId, teams_tenant_id: tenantId } = row;
      const teamsUser = userId === null || tenantId === null ? null : { userId, tenantId };
      return { id, name, upnHint: row.upn_hint, locale, language, timeZone: row.time_zone, teamsUser };
    },
    async upsert(person) {
      await trx
        .insertInto('people')
        .values({
          id: person.id,
          name: storable(person.name),
          locale: storableOrNull(person.locale),
          time_zone: storableOrNull(person.timeZone),
          teams_user_id: storableOrNull(person.teamsUser?.userId ?? null),
          teams_tenant_id: storableOrNull(person.teamsUser?.tenantId ?? null),
        })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((eb) => ({
            name: newName,
            locale: eb.fn.coalesce('excluded.locale', 'people.locale'),
            time_zone: eb.fn.coalesce('excluded.time_zone', 'people.time_zone'),
            teams_user_id: eb.fn.coalesce('excluded.teams_user_id', 'people.teams_user_id'),
            teams_tenant_id: eb.fn.coalesce('excluded.teams_tenant_id', 'people.teams_tenant_id'),
          })),
        )
        .execute();
    },
    async setUpnHint(personId, name, upn) {
      await trx
        .insertInto('people')
        .values({ id: personId, name: storable(name), upn_hint: upn })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ name: newName, upn_hint: upn }))
        .execute();
    },
    async setLanguage(personId, language) {
      await trx
        .insertInto('people')
        .values({ id: personId, name: '', language })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ language }))
        .execute();
    },
  };
}
