// Looking: one request, lists, history, one's own Cloud PCs.
import type { Item } from '../domain/item.ts';
import { isForAnother } from '../domain/notices.ts';
import type { PersonRef, Roles } from '../domain/people.ts';
import { maySee } from '../domain/policy.ts';
import type { AuditRow, Tx } from '../domain/ports.ts';
import { isEnded, type Request } from '../domain/request.ts';
import type { Audience, CardView, HistoryEntry, RequestFilter, RequestLine, RequestView } from '../domain/views.ts';
import { countIn, sizeOf } from '../domain/waves.ts';
import { readAsker, readAskerWithCloudPcs } from './asker.ts';
import { readAvailability } from './availability.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from './deps.ts';
import { findRequest, noSuchRequest, type RequestKey } from './find-request.ts';
import { readView } from './view.ts';

export const requestsAPage = 7;
export const cloudPcsAPage = 3;
export const historyAPage = 15;

export interface Shown {
  view: RequestView;
  audience: Audience;
  roles: Roles;
}

/** The request as this person may see it: their own side, or IT's. @throws NotFoundError `noSuchRequest` */
export async function showRequest(
  deps: Deps,
  reader: PersonRef,
  key: RequestKey,
  origin: Origin,
  deadline: Deadline,
): Promise<Shown> {
  const request = await findRequest(deps, key);
  const { roles } = await readAsker(deps, reader.id, deadline);
  const own = await deps.unitOfWork.run((tx) => findOwnItem(tx, request, reader.id, roles));
  if (!own && !maySee(reader.id, roles, request)) throw noSuchRequest(key);
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const fresh = (await tx.requests.get(request.id)) ?? request;
    const view = await readView(tx, fresh, deps.clock.now(), own?.id ?? null);
    return { view, audience: own ? 'owner' : audienceOf(reader.id, roles, fresh), roles };
  });
}

/** Of a bulk request an owner sees no more than what becomes of their own Cloud PC. */
async function findOwnItem(tx: Tx, request: Request, readerId: string, roles: Roles): Promise<Item | null> {
  if (!request.bulk || maySee(readerId, roles, request)) return null;
  return tx.items.ownedBy(request.id, readerId);
}

/** An admin who asked for somebody sees IT's side where a person must decide, since the buttons are there. */
export function audienceOf(readerId: string, roles: Roles, request: Request): Audience {
  if (readerId === request.requester.id && isForAnother(request) && !request.bulk && roles.admin) return 'channel';
  if (readerId === request.requester.id) return 'requester';
  return readerId === request.owner.id ? 'owner' : 'channel';
}

export async function listRequests(
  deps: Deps,
  reader: PersonRef,
  wish: { filter: RequestFilter; page: number },
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const { roles } = await readAsker(deps, reader.id, deadline);
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const seenBy = roles.admin || roles.approver ? null : reader.id;
    const offset = (wish.page - 1) * requestsAPage;
    const { requests, total } = await tx.requests.list({
      filter: wish.filter,
      seenBy,
      me: reader.id,
      offset,
      limit: requestsAPage,
    });
    const hasChannel = (await tx.settings.approvalsChannel()) !== null;
    const isPaused = await tx.settings.startsPaused();
    return {
      card: 'requests',
      lines: requests.map(({ request, item }) => toLine(request, item)),
      filter: wish.filter,
      page: wish.page,
      pages: Math.max(1, Math.ceil(total / requestsAPage)),
      total,
      warnings: [
        ...(isPaused ? (['startsPaused'] as const) : []),
        ...(roles.admin && !hasChannel ? (['noChannel'] as const) : []),
      ],
      now: deps.clock.now(),
    };
  });
}

function toLine(request: Request, item: Item | null): RequestLine {
  return {
    requestId: request.id,
    code: request.code ?? '',
    revision: request.revision,
    operation: request.operation,
    cloudPcName: item?.newName ?? item?.cloudPc.name ?? '',
    bulkSize: request.bulk ? sizeOf(request.tally) : null,
    requester: request.requester,
    owner: request.owner,
    submittedAt: request.submittedAt ?? request.createdAt,
    state: request.state,
    needsOperator: !isEnded(request.state) && countIn(request.tally, ['needsOperator']) > 0,
  };
}

export async function listCloudPcs(
  deps: Deps,
  reader: PersonRef,
  page: number,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const asker = await readAskerWithCloudPcs(deps, reader.id, deadline);
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const total = asker.cloudPcs.length;
    const pages = Math.max(1, Math.ceil(total / cloudPcsAPage));
    const shownPage = Math.min(Math.max(1, page), pages);
    const shown = asker.cloudPcs.slice((shownPage - 1) * cloudPcsAPage, shownPage * cloudPcsAPage);
    const lines = (await readAvailability(tx, deps, shown, asker)).map(({ pc, not }) => ({
      pc,
      running:
        not?.type === 'running'
          ? { requestId: not.requestId, code: not.code, revision: not.revision, since: not.since }
          : null,
      mayAsk: not === null && (asker.roles.admin || deps.policy.selfService.reprovision !== 'off'),
    }));
    return { card: 'cloudPcs', lines, page: shownPage, pages, total, now: deps.clock.now() };
  });
}

/** @throws NotFoundError `noSuchRequest` */
export async function showHistory(
  deps: Deps,
  reader: PersonRef,
  key: RequestKey,
  page: number,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const { view } = await showRequest(deps, reader, key, origin, deadline);
  return deps.unitOfWork.run(async (tx) => {
    // A bulk request has thousands of entries: what happened to each Cloud PC stands in its list.
    const only = view.request.bulk ? (view.item?.id ?? null) : undefined;
    const { rows, total } = await tx.audit.of(view.request.id, (page - 1) * historyAPage, historyAPage, only);
    const pages = Math.max(1, Math.ceil(total / historyAPage));
    return { card: 'history', view, entries: rows.map(toEntry), page, pages, total };
  });
}

/** What the texts of the history name. */
const named = ['cloudPc', 'group', 'hold', 'wave', 'size', 'n', 'choice', 'code'] as const;

function toEntry({ at, actor, action, details }: AuditRow): HistoryEntry {
  const { reason, comment } = details;
  const words = typeof reason === 'string' ? reason : typeof comment === 'string' ? comment : null;
  const values: HistoryEntry['values'] = { pc: '', hold: '' };
  for (const name of named) {
    const value = details[name];
    if (typeof value === 'string' || typeof value === 'number') values[name === 'cloudPc' ? 'pc' : name] = value;
  }
  return { at, actor, action, words, values };
}
