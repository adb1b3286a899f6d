// The use-cases on a real store, with a tenant that answers at once: for races and orders of events.
import { randomUUID } from 'node:crypto';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { AnswerTo, Query, SignIns, Tenant, Tx, UnitOfWork } from '../../src/domain/ports.ts';
import { askReprovision } from '../../src/requests/ask-reprovision.ts';
import { createDeadline, type Deps } from '../../src/requests/deps.ts';
import { submitReprovision } from '../../src/requests/submit-reprovision.ts';
import type { Store } from '../../src/store/open-store.ts';
import { openTestStore, recordingOutbox, silentLog } from './store.ts';
import { aCloudPc, aPolicy } from './things.ts';

export interface FakePerson {
  name: string;
  groups: string[];
  cloudPcs: CloudPc[];
}

/** A tenant out of plain things; every query is answered from them. */
export function plainTenant(people: Record<string, FakePerson>): Tenant {
  const upn = (id: string) => `${id}@contoso.com`;
  const answer = (query: Query): AnswerTo<Query> => {
    switch (query.ask) {
      case 'person': {
        const found = people[query.personId];
        return found
          ? {
              id: query.personId,
              name: found.name,
              userPrincipalName: upn(query.personId),
              mail: null,
              accountEnabled: true,
              isGuest: false,
              usageLocation: 'DE',
            }
          : null;
      }
      case 'memberOf':
        return people[query.personId]?.groups ?? [];
      case 'cloudPcsOf':
        return Object.entries(people).find(([id]) => upn(id) === query.upn)?.[1].cloudPcs ?? [];
      case 'cloudPc':
        return (
          Object.values(people)
            .flatMap((one) => one.cloudPcs)
            .find((pc) => pc.id === query.cloudPcId) ?? null
        );
      case 'remoteActions':
        return null;
      case 'peopleNamed':
        return [];
      case 'resetEnabled':
        return true;
      default:
        throw new Error(`No use-case asks for ${query.ask} yet`);
    }
  };
  return {
    async read(queries) {
      return Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, answer(query)])) as never;
    },
    async look(queries) {
      return queries.map((query) => ({ value: answer(query) })) as never;
    },
  };
}

export async function startUseCases(options: {
  policy?: Policy;
  people: Record<string, FakePerson>;
  now?: () => number;
  /** Single sign-on; none when left out. */
  signIns?: SignIns;
  /** One that is open already; a fresh one otherwise. */
  store?: Store;
  /** Stands between the use-cases and their transactions. */
  around?: (real: UnitOfWork) => UnitOfWork;
}) {
  const store = options.store ?? (await openTestStore());
  const around = options.around ?? ((real) => real);
  const outbox = recordingOutbox();
  const clock = { now: options.now ?? (() => Date.now()), monotonic: () => performance.now() };
  const deps: Deps = {
    policy: options.policy ?? aPolicy,
    clock,
    ids: { next: randomUUID },
    log: silentLog,
    unitOfWork: around(store.unitOfWork(outbox)),
    tenant: plainTenant(options.people),
    signIns: options.signIns ?? null,
    bulkWay: 'each',
  };
  const soon = () => createDeadline(clock, 5000);
  const ref = (id: string) => ({ id, name: options.people[id]?.name ?? id });
  return {
    deps,
    store,
    outbox,
    soon,
    ref,
    /** Asks and opens a form; gives the draft's id. */
    async ask(id: string, target: Parameters<typeof askReprovision>[2] = { type: 'self' }): Promise<string> {
      const card = await askReprovision(deps, ref(id), target, null, soon());
      if (card.card !== 'confirmReprovision') throw new Error(`no form: ${JSON.stringify(card)}`);
      return card.requestId;
    },
    submit(id: string, requestId: string, cloudPcId: string, origin: Parameters<typeof submitReprovision>[5] = null) {
      const form = {
        cloudPcId,
        reason: 'why',
        saved: true,
        osVersion: null,
        accountType: null,
        mail: false,
        mailText: null,
      };
      return submitReprovision(
        deps,
        ref(id),
        requestId,
        form,
        { conversationId: null, activityId: null },
        origin,
        soon(),
      );
    },
    read: <T>(work: (tx: Tx) => Promise<T>) => deps.unitOfWork.run(work),
    stop: () => store.close(),
  };
}

export const cast = (): Record<string, FakePerson> => ({
  ada: { name: 'Ada Arendt', groups: [], cloudPcs: [aCloudPc({ id: 'pc-ada', ownerUpn: 'ada@contoso.com' })] },
  ivan: { name: 'Ivan Ilić', groups: ['group-approvers'], cloudPcs: [] },
  ines: { name: 'Inés Ibarra', groups: ['group-approvers'], cloudPcs: [] },
  adam: { name: 'Adam Acker', groups: ['group-admins'], cloudPcs: [] },
});
