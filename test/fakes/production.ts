// Production with everything around it: Microsoft under the real host names, the build in a process of its own, the people.
import assert from 'node:assert/strict';
import { demoGroups, demoMailboxes } from '../../src/simulator/index.ts';
import { type BotProcess, createBotProcess } from './bot-process.ts';
import { cardOf, eventually, last, wordsOn } from './looking.ts';
import {
  botPassword,
  graphClientId,
  graphSecret,
  type Microsoft,
  serviceUrl,
  startMicrosoft,
} from './microsoft/index.ts';
import { createPeople, type People } from './people.ts';
import { createTestDatabase, testStoreKind } from './store.ts';
import { botAppId, tenantId, testAuditKey } from './teams.ts';

/** @param more further lines of policy.yaml */
export const policyText = (more = ''): string => `
roles: { admins: [${demoGroups.admins}], approvers: [${demoGroups.approvers}], vip: [${demoGroups.vip}] }
mail: { from: ${demoMailboxes.sender} }
${more}
`;

/** Who the bot is, whoever it signs in as. */
export const identity = { BOT_ID: botAppId, BOT_TENANT_ID: tenantId };

/** Bot and Graph each sign in with a secret of their own, and the audit is sealed with a third. */
export const secrets = {
  BOT_TYPE: 'SingleTenant',
  BOT_PASSWORD: botPassword,
  AZURE_TENANT_ID: tenantId,
  AZURE_CLIENT_ID: graphClientId,
  AZURE_CLIENT_SECRET: graphSecret,
  AUDIT_KEY: testAuditKey,
};

/** What a process of the bot has in its environment by default; without a store. */
export function productionEnv(microsoft: Microsoft): Record<string, string> {
  return { ...microsoft.env, NODE_ENV: 'production', WATCH_EVERY: '1s', ...identity, ...secrets };
}

export interface Production {
  microsoft: Microsoft;
  bot: BotProcess;
  people: People;
  /** The whole story; every step is checked as the people see it. */
  playStory(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it on the store of this run. @param env wins over `productionEnv`; an empty value is one that is not set; @param policyLines further ones */
export async function startProduction(
  env: Record<string, string> | ((microsoft: Microsoft) => Record<string, string>) = {},
  policyLines = '',
): Promise<Production> {
  const microsoft = await startMicrosoft();
  const database = testStoreKind === 'postgres' ? await createTestDatabase() : null;
  const bot = await createBotProcess({
    policy: policyText(policyLines),
    env: {
      ...productionEnv(microsoft),
      ...(database ? { DATABASE_URL: database.databaseUrl } : {}),
      ...(typeof env === 'function' ? env(microsoft) : env),
    },
  });
  const stop = async () => {
    await bot.remove();
    await microsoft.stop();
    await database?.drop();
  };
  try {
    await bot.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const people = createPeople(bot, { ...microsoft, serviceUrl });
  return { microsoft, bot, people, stop, playStory: () => playStory(people, microsoft) };
}

async function playStory(people: People, microsoft: Microsoft): Promise<void> {
  const set = await people.says('adam', 'use this channel for approvals', { thread: '1' });
  assert.equal(set.status, 200);
  await people.says('ada', 'reprovision my Cloud PC');
  const form = await eventually(() => last(people.messagesOf('ada')));
  assert.match(wordsOn(form), /gelöscht/);
  const inputs = { reason: 'Apps no longer start', saved: 'true', mail: 'true' };
  const submitted = await people.presses('ada', form, 'request.submit', inputs);
  assert.equal(submitted.status, 200);
  const approval = await eventually(() => {
    const found = people.channelMessages().find((one) => wordsOn(one).includes('Ada Arendt?'));
    assert.ok(found);
    return found;
  }, 15_000);
  const approved = await people.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
  assert.equal(approved.status, 200);
  await eventually(() => {
    const mine = people.messagesOf('ada').map((one) => wordsOn(one));
    assert.ok(
      mine.some((words) => words.startsWith('Ihr Cloud-PC ist bereit')),
      mine.join('\n'),
    );
    const card = people.channelMessages().find((one) => one.id === approval.id);
    assert.match(wordsOn(cardOf(card)), /can sign in again/);
    assert.equal(microsoft.simulator.tenant.mails.length, 1);
  }, 40_000);
  assert.deepEqual(microsoft.simulator.tenant.reprovisionPosts(), { received: 1, applied: 1 });
}
