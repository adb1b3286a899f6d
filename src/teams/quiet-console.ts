// The SDK prints the public key and a stack to `console.error` for each bad token. Whatever is done within
// `withQuietErrors` prints nothing there; everything else, also at the same time, prints as ever.
import { AsyncLocalStorage } from 'node:async_hooks';
import target from 'node:console';

const quiet = new AsyncLocalStorage<true>();
let isInstalled = false;

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const print = target.error;
  target.error = (...values: unknown[]) => {
    if (!quiet.getStore()) print.apply(target, values);
  };
}

/** Runs `work` without its words on `console.error`. */
export function withQuietErrors<T>(work: () => Promise<T>): Promise<T> {
  install();
  return quiet.run(true, work);
}
