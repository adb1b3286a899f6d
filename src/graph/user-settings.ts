// Windows 365 user settings. Reads only; all may be repeated.
import type { UserSetting } from '../domain/directory.ts';
import type { Ask } from './asker.ts';
import type { GraphClient } from './graph-client.ts';
import { readPages } from './pages.ts';
import { readMemberOf } from './people.ts';
import { toAssignments } from './policies.ts';
import { readElements } from './read-answer.ts';
import { userSettingSchema } from './schema.ts';

/** GET …/userSettings?$expand=assignments, every page. */
export async function readUserSettings(client: GraphClient, ask: Ask): Promise<UserSetting[]> {
  const values = await readPages(client, ask, '/deviceManagement/virtualEndpoint/userSettings?$expand=assignments');
  return readElements(values, userSettingSchema).map((setting) => ({
    id: setting.id.toLowerCase(),
    name: setting.displayName ?? setting.id,
    resetEnabled: setting.resetEnabled ?? false,
    localAdminEnabled: setting.localAdminEnabled ?? false,
    assignments: toAssignments(setting.assignments),
  }));
}

/**
 * The settings, then checkMemberGroups for the groups they are assigned to.
 * Which setting wins when several reach a person is undocumented: then all of them must allow the reset.
 */
export async function readResetEnabled(client: GraphClient, ask: Ask, personId: string): Promise<boolean> {
  const settings = await readUserSettings(client, ask);
  if (!settings.some(({ resetEnabled, assignments }) => resetEnabled && assignments.length > 0)) return false;
  const memberOf = await readMemberOf(
    ask,
    personId,
    settings.flatMap(({ assignments }) => assignments.map(({ groupId }) => groupId)),
  );
  const reaching = settings.filter(({ assignments }) => assignments.some(({ groupId }) => memberOf.includes(groupId)));
  return reaching.length > 0 && reaching.every(({ resetEnabled }) => resetEnabled);
}
