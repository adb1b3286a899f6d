// Hears what is done in the store: which requests the work here is about, and, once it is committed, what the audit says.
import type { Item } from '../domain/item.ts';
import type { Tx, UnitOfWork } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import { noteRequest } from './current-work.ts';

/** What one transaction has done. */
export interface Done {
  /** Actions of the audit, in order: `request.approved`, `item.ready`. */
  actions: { action: string; requestId: string | null; itemId: string | null }[];
  /** As they were saved last. */
  requests: Map<string, Request>;
  items: Map<string, Item>;
}

/** @param onCommit called after the commit, and never for what was rolled back */
export function observeUnitOfWork(inner: UnitOfWork, onCommit: (done: Done) => void): UnitOfWork {
  return {
    async run(work) {
      let done = nothingDone();
      const result = await inner.run((tx) => {
        // It may be run again after a serialization failure.
        done = nothingDone();
        return work(observeTx(tx, done));
      });
      if (done.actions.length > 0) onCommit(done);
      return result;
    },
  };
}

function nothingDone(): Done {
  return { actions: [], requests: new Map(), items: new Map() };
}

function observeTx(tx: Tx, done: Done): Tx {
  const { requests, items, audit } = tx;
  const noted = async (found: Promise<Request | null>) => {
    const request = await found;
    if (request) noteRequest(request);
    return request;
  };
  return {
    ...tx,
    requests: {
      ...requests,
      lock: (requestId) => noted(requests.lock(requestId)),
      get: (requestId) => noted(requests.get(requestId)),
      findByCode: (code) => noted(requests.findByCode(code)),
      async insert(request) {
        noteRequest(request);
        await requests.insert(request);
      },
      async save(request) {
        const saved = await requests.save(request);
        noteRequest(saved);
        done.requests.set(saved.id, saved);
        return saved;
      },
    },
    items: {
      ...items,
      async save(item) {
        const isSaved = await items.save(item);
        if (isSaved) done.items.set(item.id, item);
        return isSaved;
      },
    },
    audit: {
      ...audit,
      async write(entry) {
        const { action, requestId, itemId } = entry;
        done.actions.push({ action, requestId, itemId });
        await audit.write(entry);
      },
    },
  };
}
