// The SDK prints the public key and a stack to `console.error` for each bad token. Whatever is done within
// `withQuietErrors` prints nothing there; everything else, also at the same time, prints as ever.
import { AsyncLocalStorage } from 'node:async_hooks';
import target from 'node:console';

const quiet = new AsyncLocalStorage<true>();
const ours = new WeakSet<typeof target.error>();

/** Again when somebody has put another `console.error` in its place since. */
function install(): void {
  const print = target.error;
  if (ours.has(print)) return;
  target.error = (...values: unknown[]) => {
    if (!quiet.getStore()) print.apply(target, values);
  };
  ours.add(target.error);
}

/** Runs `work` without its words on `console.error`. */
export function withQuietErrors<T>(work: () => Promise<T>): Promise<T> {
  install();
  return quiet.run(true, work);
}
