// `npm run demo`: plays the story once and stays up for the browser; with `-- --once` it ends after the story.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { createLog } from '../log.ts';
import { type Stage, startStage } from './stage.ts';
import { breaks, StoryError, story } from './story.ts';
import { createTeller, requestLines, type Teller } from './teller.ts';

interface DemoOptions {
  staysUp: boolean;
  breaksAt: string | null;
}

function readOptions(): DemoOptions {
  const { values } = parseArgs({ options: { once: { type: 'boolean' }, break: { type: 'string' } } });
  const breaksAt = values.break ?? null;
  if (breaksAt !== null && !Object.hasOwn(breaks, breaksAt)) {
    throw new StoryError(`--break takes one of: ${Object.keys(breaks).join(', ')}.`);
  }
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return { staysUp: isTerminal && !values.once, breaksAt };
}

async function playStory(stage: Stage, teller: Teller, hasEnded: AbortSignal): Promise<void> {
  const { requests } = stage.simulator;
  let first = 0;
  for (const [index, step] of story.entries()) {
    if (hasEnded.aborted) return;
    if (step.isFirstWord) first = requests.length;
    teller.step(index + 1, step.title);
    await step.play(stage, teller.line);
  }
  teller.line('');
  for (const line of requestLines(requests.slice(first))) teller.line(line);
}

async function runDemo({ staysUp, breaksAt }: DemoOptions, teller: Teller, end: AbortController): Promise<void> {
  teller.line('Starting a pretend tenant, the bot and two Teams-like windows …');
  const log = createLog({
    level: process.env.LOG_LEVEL === 'debug' ? 'debug' : 'warn',
    destination: { write: (line) => process.stderr.write(line) },
  });
  const onSighting = teller.sighting;
  const stage = await startStage({ dataDir: process.env.DATA_DIR || undefined, log, onSighting });
  try {
    if (breaksAt !== null) breaks[breaksAt]?.(stage);
    const interrupted = end.signal.aborted ? Promise.resolve() : once(end.signal, 'abort');
    await Promise.race([playStory(stage, teller, end.signal), interrupted]);
    if (end.signal.aborted) throw new StoryError('It was interrupted.');
    teller.line(`\nThe story is complete.\n  Ada:  ${stage.ada.url}\n  Ivan: ${stage.ivan.url}`);
    if (!staysUp) return;
    teller.line('Open them in a browser and go on; they show what happens from then on. Ctrl+C ends the demo.');
    await interrupted;
  } finally {
    await stage.stop();
  }
}

async function main(): Promise<number> {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // The second time people mean it.
      if (end.signal.aborted) process.exit(1);
      end.abort();
    });
  }
  try {
    await runDemo(
      readOptions(),
      createTeller((text) => process.stdout.write(text)),
      end,
    );
    return 0;
  } catch (error) {
    const reason = error instanceof StoryError ? error.message : error;
    console.error('\nThe demo did not get through its story:', reason);
    return 1;
  }
}

process.exitCode = await main();
// Whatever is still open must not keep a script waiting.
setTimeout(() => process.exit(), 500).unref();
