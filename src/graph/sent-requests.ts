// Sees when the head of a request really leaves on a socket. An error code alone cannot always tell "refused before
// anything was sent" from "broken afterwards"; the HTTP client of Node says so on a diagnostics channel.
import { subscribe } from 'node:diagnostics_channel';

const watched = new Map<string, { hasLeft: boolean }>();
let isListening = false;

export interface SentRequest {
  headersLeft(): boolean;
  stopWatching(): void;
}

/** Watches for the request with this `client-request-id`. */
export function watchSending(clientRequestId: string): SentRequest {
  if (!isListening) subscribe('undici:client:sendHeaders', noteHeaders);
  isListening = true;
  const state = { hasLeft: false };
  watched.set(clientRequestId, state);
  return {
    headersLeft: () => state.hasLeft,
    stopWatching: () => void watched.delete(clientRequestId),
  };
}

function noteHeaders(message: unknown): void {
  if (watched.size === 0) return;
  const { headers } = message as { headers?: unknown };
  const id = typeof headers === 'string' ? /^client-request-id: *(\S+)/im.exec(headers)?.[1] : undefined;
  const state = id === undefined ? undefined : watched.get(id);
  if (state) state.hasLeft = true;
}
