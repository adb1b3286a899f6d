// The people of the demo tenant as the Agents Playground wants them, and the places where they talk to the bot.
import { demoPeople, demoTenant, demoTenantId } from '../simulator/index.ts';

/** `userPrincipleName` is the Playground's spelling. */
export interface PlaygroundUser {
  /** As Teams names people towards one bot. */
  id: string;
  name: string;
  userPrincipleName: string;
  aadObjectId: string;
  givenName: string;
  surname: string;
  email: string;
}

export interface PlaygroundSettings {
  version: '0.1.1';
  tenantId: string;
  bot: { id: string; name: string };
  currentUser: PlaygroundUser;
  /** Exactly five, or the Playground does not start. */
  users: PlaygroundUser[];
  personalChat: { id: string };
  groupChat: { id: string; name: string };
  team: { id: string; name: string; aadGroupId: string; channels: [{ id: string; name: string }] };
}

export type CastName = Exclude<keyof typeof demoPeople, 'owen'>;

export const botAppId = 'dddddddd-0003-4000-8000-000000000003';
export const channelName = 'Cloud PC approvals';
const names: readonly CastName[] = ['ada', 'ben', 'cleo', 'ivan', 'ines', 'adam'];

export function castMember(name: CastName): PlaygroundUser {
  const person = demoTenant.people.find(({ id }) => id === demoPeople[name]);
  if (!person) throw new Error(`The demo tenant has no ${name}.`);
  return {
    id: `29:${name}`,
    name: person.displayName,
    userPrincipleName: person.userPrincipalName,
    aadObjectId: person.id,
    givenName: person.givenName ?? '',
    surname: person.surname ?? '',
    email: person.mail ?? person.userPrincipalName,
  };
}

/**
 * What one window shows. Each window has chats, a team and a channel of its own, since the bot knows a conversation by its id
 * and answers to the window that it came from.
 */
export function windowSettings(name: CastName, number: number): PlaygroundSettings {
  return {
    version: '0.1.1',
    tenantId: demoTenantId,
    bot: { id: `28:${botAppId}`, name: 'Cloud PC Concierge' },
    currentUser: castMember(name),
    users: names.filter((other) => other !== name).map(castMember),
    personalChat: { id: `a:${name}-and-the-bot` },
    groupChat: { id: `19:${name}-group@thread.v2`, name: 'Cloud PC questions' },
    team: {
      id: `19:${name}-team@thread.tacv2`,
      name: 'IT',
      aadGroupId: `ffffffff-000${number}-4000-8000-000000000001`,
      channels: [{ id: `19:${name}-approvals@thread.tacv2`, name: channelName }],
    },
  };
}
