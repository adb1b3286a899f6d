// Windows 365 user settings. Reads only; all may be repeated.
import type { Ask } from './asker.ts';
import type { GraphClient } from './graph-client.ts';
import { readPages } from './pages.ts';
import { readMemberOf } from './people.ts';
import { readElements } from './read-answer.ts';
import { userSettingSchema } from './schema.ts';

/**
 * GET …/userSettings?$expand=assignments, then checkMemberGroups for the groups they are assigned to.
 * Which setting wins when several reach a person is undocumented: then all of them must allow the reset.
 */
export async function readResetEnabled(client: GraphClient, ask: Ask, personId: string): Promise<boolean> {
  const values = await readPages(client, ask, '/deviceManagement/virtualEndpoint/userSettings?$expand=assignments');
  const settings = readElements(values, userSettingSchema).map(({ resetEnabled, assignments }) => ({
    resetEnabled: resetEnabled ?? false,
    groupIds: (assignments ?? []).flatMap(({ target }) => target?.groupId?.toLowerCase() ?? []),
  }));
  if (!settings.some(({ resetEnabled, groupIds }) => resetEnabled && groupIds.length > 0)) return false;
  const memberOf = await readMemberOf(
    ask,
    personId,
    settings.flatMap(({ groupIds }) => groupIds),
  );
  const reaching = settings.filter(({ groupIds }) => groupIds.some((id) => memberOf.includes(id)));
  return reaching.length > 0 && reaching.every(({ resetEnabled }) => resetEnabled);
}
