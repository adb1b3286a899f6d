// The list of a bulk request: on a card, page by page, and whole, for a file.
import type { Candidate } from '../../domain/bulk.ts';
import type { BulkFilter, BulkLine } from '../../domain/bulk-views.ts';
import { wasSignedOutSince } from '../../domain/cloud-pc.ts';
import { NotFoundError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import type { FileView } from '../../domain/message-views.ts';
import type { PersonRef } from '../../domain/people.ts';
import { maySee } from '../../domain/policy.ts';
import type { Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import type { CardView } from '../../domain/views.ts';
import { readAsker } from '../asker.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from '../deps.ts';

/** As many as fit on a card with the longest names. */
export const bulkItemsAPage = 15;
/** What Teams is told before the file is made; it is an estimate there too. */
const bytesOfARow = 200;
/** Rows of one statement. */
const rowsAtOnce = 500;

export function toLine({ candidate, item }: { candidate: Candidate; item: Item | null }): BulkLine {
  const { owner, words, cloudPc, leftOut } = candidate;
  return {
    owner,
    words,
    cloudPcName: item?.newName ?? cloudPc?.name ?? null,
    leftOut,
    item: item && {
      state: item.state,
      wave: item.wave,
      outcome: item.outcome,
      newName: item.newName,
      startingAt: item.startingAt,
      endedAt: item.endedAt,
    },
    wasSignedOut: cloudPc === null || wasSignedOutSince(cloudPc),
  };
}

/** A bulk request or its draft, as far as this person may see it. @throws NotFoundError `unknownRequest` */
async function findBulk(deps: Deps, readerId: string, requestId: string, deadline: Deadline): Promise<Request> {
  const { roles } = await readAsker(deps, readerId, deadline);
  const request = await deps.unitOfWork.run((tx) => tx.requests.get(requestId));
  const isDraft = request?.code === null;
  const maySeeIt = request?.bulk && (isDraft ? request.requester.id === readerId : maySee(readerId, roles, request));
  if (!request || !maySeeIt) throw new NotFoundError('unknownRequest');
  return request;
}

/** @throws NotFoundError `unknownRequest` */
export async function listBulkItems(
  deps: Deps,
  reader: PersonRef,
  requestId: string,
  wish: { filter: BulkFilter; page: number },
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const request = await findBulk(deps, reader.id, requestId, deadline);
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const { lines, total, page, pages } = await readPage(tx, requestId, wish);
    return {
      card: 'bulkItems',
      requestId,
      revision: request.revision,
      code: request.code,
      lines: lines.map(toLine),
      filter: wish.filter,
      page,
      pages,
      total,
      now: deps.clock.now(),
    };
  });
}

/** The page that was asked for, or the last one: a state that is left by its Cloud PCs has fewer pages than before. */
async function readPage(tx: Tx, requestId: string, { filter, page }: { filter: BulkFilter; page: number }) {
  const listFrom = (offset: number) => tx.candidates.list({ requestId, filter, offset, limit: bulkItemsAPage });
  const asked = await listFrom((page - 1) * bulkItemsAPage);
  const pages = Math.max(1, Math.ceil(asked.total / bulkItemsAPage));
  if (page <= pages) return { ...asked, page, pages };
  return { ...(await listFrom((pages - 1) * bulkItemsAPage)), page: pages, pages };
}

/** Teams asks the person whether the bot may give them the list as a file. @throws NotFoundError `unknownRequest` */
export async function offerBulkFile(
  deps: Deps,
  reader: PersonRef,
  requestId: string,
  origin: Origin,
  deadline: Deadline,
): Promise<FileView> {
  const request = await findBulk(deps, reader.id, requestId, deadline);
  const total = await deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    return (await tx.candidates.list({ requestId, filter: 'all', offset: 0, limit: 1 })).total;
  });
  const name = `cloud-pcs-${(request.code ?? 'preview').toLowerCase()}.csv`;
  const description = { text: 'file.listText', values: { n: total } };
  return { file: { name, sizeBytes: Math.max(1, total) * bytesOfARow, description, request: requestId } };
}

export interface ExportRow {
  candidate: Candidate;
  item: Item | null;
}

/** Every line, for a file. Rights are read now. @throws NotFoundError `unknownRequest` */
export async function listForExport(
  deps: Deps,
  reader: PersonRef,
  requestId: string,
  deadline: Deadline,
): Promise<{ request: Request; rows: ExportRow[] }> {
  const request = await findBulk(deps, reader.id, requestId, deadline);
  const rows: ExportRow[] = [];
  for (let offset = 0; ; offset += rowsAtOnce) {
    const { lines, total } = await deps.unitOfWork.run((tx) =>
      tx.candidates.list({ requestId, filter: 'all', offset, limit: rowsAtOnce }),
    );
    rows.push(...lines);
    if (lines.length === 0 || rows.length >= total) return { request, rows };
  }
}
