// A program beside the bot (doctor, grant) as an operator runs it: out of the build, in a process and a folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { keepEnvironment, keepLine } from '../logs/recorder.ts';
import { assertBuilt, compileCache } from './bot-process.ts';

/**
 * @param entry below `dist`
 * @param options.env nothing else of this machine's environment is passed on but PATH, unless it is given here
 * @returns its exit code, and all that it wrote
 */
export async function runBuilt(
  entry: string,
  { folder, words = [], env }: { folder: string; words?: readonly string[]; env: Record<string, string> },
): Promise<{ code: number; text: string }> {
  await assertBuilt();
  keepEnvironment(env);
  const file = fileURLToPath(new URL(`../../dist/${entry}`, import.meta.url));
  const machine = { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: compileCache };
  const child = spawn(process.execPath, [file, ...words], { cwd: folder, env: { ...machine, ...env } });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output.push(data.toString());
      keepLine(data.toString());
    });
  const [code] = (await once(child, 'close')) as [number];
  return { code, text: output.join('') };
}
