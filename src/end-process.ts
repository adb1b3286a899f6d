// How a process ends itself. While V8 compiles beside the main thread, `process.exit` can wait for ever: the compiler waits for a
// garbage collection by the very thread that waits for the compiler to end. A start that fails right after loading everything hung
// so about once in a hundred times, and no supervisor starts again what has not ended.
// https://github.com/nodejs/node/issues/54918

const napMs = 5;
const naps = 40;

/**
 * Ends the process with `code`; like `process.exit`, it never returns and lets nothing else run. Takes 200 ms: between the naps V8
 * gets the collections it asks for, and as nothing runs meanwhile, there is nothing new to compile.
 */
export function endProcess(code: number): never {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let nap = 0; nap < naps; nap += 1) Atomics.wait(nobody, 0, 0, napMs);
  process.exit(code);
}
