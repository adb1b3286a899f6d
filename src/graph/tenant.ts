// The Tenant port over Graph: what is asked together goes out together.
import type { CloudPc } from '../domain/cloud-pc.ts';
import { ConciergeError } from '../domain/errors.ts';
import type { AnswerTo, Clock, Log, Look, Query, Tenant } from '../domain/ports.ts';
import { type Ask, createAsker } from './asker.ts';
import { createBatcher } from './batch.ts';
import { readBulkAction } from './bulk-actions.ts';
import { readCloudPc, readCloudPcsOf, readFleet, readRemoteActions } from './cloud-pcs.ts';
import { createFleetReader, type WantedCloudPc } from './fleet.ts';
import { startDeadline } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { readGroup, readGroupMembers, readGroupsNamed, readGroupsPrefixed, readPeopleIn } from './groups.ts';
import { readFrontlinePlans, readLicenceStates, readSkus } from './licences.ts';
import { readMemberOf, readPeopleByUpn, readPeopleNamed, readPerson } from './people.ts';
import { readProvisioningPolicies } from './policies.ts';
import { readResetEnabled, readUserSettings } from './user-settings.ts';

export interface GraphTenantDeps {
  clock: Clock;
  log: Log;
  /** Between 0 and 1, for the jitter. */
  random?: () => number;
}

export function graphTenant(client: GraphClient, deps: GraphTenantDeps): Tenant {
  const batcher = createBatcher({ client, clock: deps.clock, log: deps.log, random: deps.random ?? Math.random });

  const fleet = createFleetReader({ client, clock: deps.clock, log: deps.log });

  function startAsking(withinMs: number): Ask {
    const deadline = startDeadline(deps.clock, withinMs);
    return createAsker((parts) => void batcher.answer(parts, deadline));
  }

  async function readListedOf(queries: readonly Query[], ask: Ask): Promise<ReadonlyMap<string, CloudPc>> {
    const wanted = new Map<string, WantedCloudPc>();
    for (const query of queries) {
      if (query.ask !== 'cloudPc') continue;
      const { cloudPcId, policyId = null } = query;
      wanted.set(cloudPcId, { cloudPcId, policyId });
    }
    return fleet.read([...wanted.values()], batcher.requestsFor(wanted.size), ask);
  }

  return {
    async read<const Q extends Record<string, Query>>(queries: Q, limits: { withinMs: number }) {
      const ask = startAsking(limits.withinMs);
      const answers = Object.entries(queries).map(async ([name, query]) => [
        name,
        await answerQuery(client, ask, query),
      ]);
      return Object.fromEntries(await Promise.all(answers)) as { [K in keyof Q]: AnswerTo<Q[K]> };
    },

    async look<Q extends Query>(queries: readonly Q[], limits: { withinMs: number }) {
      const ask = startAsking(limits.withinMs);
      const listed = await readListedOf(queries, ask);
      return Promise.all(
        queries.map(async (query): Promise<Look<Q>> => {
          const known = query.ask === 'cloudPc' ? listed.get(query.cloudPcId) : undefined;
          if (known) return { value: known as AnswerTo<Q> };
          try {
            return { value: (await answerQuery(client, ask, query)) as AnswerTo<Q> };
          } catch (fault) {
            if (fault instanceof ConciergeError) return { fault };
            throw fault;
          }
        }),
      );
    },
  };
}

async function answerQuery(client: GraphClient, ask: Ask, query: Query): Promise<AnswerTo<Query>> {
  switch (query.ask) {
    case 'person':
      return readPerson(ask, query.personId);
    case 'memberOf':
      return readMemberOf(ask, query.personId, query.groupIds);
    case 'cloudPcsOf':
      return readCloudPcsOf(client, ask, query.upn);
    case 'cloudPc':
      return readCloudPc(ask, query.cloudPcId);
    case 'remoteActions':
      return readRemoteActions(ask, query.cloudPcId);
    case 'peopleNamed':
      return readPeopleNamed(client, ask, query.text);
    case 'resetEnabled':
      return readResetEnabled(client, ask, query.personId);
    case 'group':
      return readGroup(ask, query.groupId);
    case 'groupsNamed':
      return readGroupsNamed(client, ask, query.name);
    case 'groupsPrefixed':
      return readGroupsPrefixed(client, ask, query.prefix);
    case 'groupMembers':
      return readGroupMembers(client, ask, query.groupId);
    case 'licenceStates':
      return readLicenceStates(ask, query.personId);
    case 'skus':
      return readSkus(client, ask);
    case 'frontlinePlans':
      return readFrontlinePlans(client, ask);
    case 'peopleByUpn':
      return readPeopleByUpn(client, ask, query.upns);
    case 'peopleIn':
      return readPeopleIn(client, ask, query.groupId);
    case 'fleet':
      return readFleet(client, ask, query.part);
    case 'bulkAction':
      return readBulkAction(ask, query.bulkActionId);
    case 'provisioningPolicies':
      return readProvisioningPolicies(client, ask);
    case 'userSettings':
      return readUserSettings(client, ask);
  }
}
