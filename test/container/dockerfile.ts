// A Dockerfile as a list of stages, as far as ours goes.

export interface Instruction {
  /** 'RUN', in capitals. */
  word: string;
  /** What follows, in one line. */
  rest: string;
}

export interface Stage {
  image: string;
  /** null: the last one, which is the image. */
  name: string | null;
  instructions: Instruction[];
}

/** @throws Error for something before the first FROM */
export function readDockerfile(text: string): Stage[] {
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Stage[] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (word === 'FROM') stages.push(stageOf(rest));
    else {
      const stage = stages.at(-1);
      if (!stage) throw new Error(`${word} stands before the first FROM`);
      stage.instructions.push({ word, rest });
    }
  }
  return stages;
}

function stageOf(rest: string): Stage {
  const [image = '', , name = null] = rest.split(/\s+/);
  return { image, name, instructions: [] };
}

/** The last of its kind in the stage; null: there is none. */
export function lastOf(stage: Stage, word: string): string | null {
  return stage.instructions.findLast((one) => one.word === word)?.rest ?? null;
}

/** `NAME=value NAME=value` of every ENV. */
export function environmentOf(stage: Stage): Record<string, string> {
  const pairs = stage.instructions.filter(({ word }) => word === 'ENV').flatMap(({ rest }) => rest.split(/\s+/));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** The program and its words, of the form that no shell reads. @throws SyntaxError for the other form */
export function wordsOf(rest: string): string[] {
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[];
}

/** Whether .dockerignore leaves a path to the build. The last line that fits decides; a line for a folder is for what is in it. */
export function isSent(ignore: string, path: string): boolean {
  const lines = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  let isIgnored = false;
  for (const line of lines) {
    const pattern = line.replace(/^!/, '');
    if (pattern === '*' || path === pattern || path.startsWith(`${pattern}/`)) isIgnored = !line.startsWith('!');
  }
  return !isIgnored;
}
