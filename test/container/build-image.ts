// Does what the Dockerfile says, in folders of this machine instead of layers: COPY from what .dockerignore leaves, RUN by sh. What
// only a container engine can do (the base image, users, the read-only root) is left to the caller.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { isSent, type Stage } from './dockerfile.ts';

const run = promisify(execFile);

export interface Building {
  /** The project. */
  context: string;
  ignore: string;
  /** An empty folder; each stage gets one in it. */
  work: string;
  /** For RUN. */
  env: Record<string, string>;
}

/** The working directory of the last stage. @throws what a RUN throws when it fails */
export async function buildImage(stages: readonly Stage[], building: Building): Promise<string> {
  const roots = new Map<string, string>();
  let app = '';
  for (const [index, stage] of stages.entries()) {
    const root = join(building.work, stage.name ?? `stage-${index}`);
    roots.set(stage.name ?? '', root);
    app = await buildStage(stage, root, roots, building);
  }
  return app;
}

async function buildStage(stage: Stage, root: string, roots: ReadonlyMap<string, string>, building: Building) {
  let folder = root;
  for (const { word, rest } of stage.instructions) {
    if (word === 'WORKDIR') {
      folder = join(root, rest);
      mkdirSync(folder, { recursive: true });
    }
    if (word === 'COPY') copy(rest, folder, roots, building);
    // The image's own user and its folder are not on this machine.
    if (word === 'RUN' && !rest.includes('chown'))
      await run('sh', ['-c', rest], { cwd: folder, env: building.env, maxBuffer: 1e8 });
  }
  return folder;
}

function copy(rest: string, folder: string, roots: ReadonlyMap<string, string>, { context, ignore }: Building): void {
  const [, stage, paths = ''] = /^(?:--from=(\S+)\s+)?(.*)$/.exec(rest) ?? [];
  const words = paths.split(/\s+/);
  const target = words.pop() ?? '';
  for (const word of words) {
    const from = stage === undefined ? join(context, word) : join(roots.get(stage) ?? '', word);
    const isSentToo = (path: string) =>
      stage !== undefined || path === context || isSent(ignore, relative(context, path));
    if (!existsSync(from) || !isSentToo(from)) throw new Error(`COPY finds no ${word}`);
    const to = target.endsWith('/') ? join(folder, target, word) : join(folder, target);
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: isSentToo });
  }
}
