// Run as a process of its own by dependencies.spec.ts: loads every file of the product as a start does, and prints the paths of
// the packages out of which anything was loaded.
import { readdirSync } from 'node:fs';
import { registerHooks } from 'node:module';

const source = new URL('../../src/', import.meta.url);
/** What is not built, and what begins to run when it is loaded. */
const leftOut = /^(demo|simulator)\/|^(index|policy-schema|doctor\/index)\.ts$/;

const found = new Set<string>();
registerHooks({
  load(url, context, next) {
    // npm may have put the folder elsewhere and linked it.
    const path = url.slice(url.indexOf('/node_modules/') + 1);
    const installed = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
    if (url.includes('/node_modules/') && installed) found.add(installed);
    return next(url, context);
  },
});

for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
  const path = file.replaceAll('\\', '/');
  if (path.endsWith('.ts') && !leftOut.test(path)) await import(new URL(path, source).href);
}
process.stdout.write(JSON.stringify([...found].sort()), () => process.exit(0));
