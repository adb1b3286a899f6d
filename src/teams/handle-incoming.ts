// From what came in to an answer: find the command or the action, run it. No sending here, so that a job can do the same.
import { parseButton, type Verb } from '../cards/button-data.ts';
import { claimOrigin } from '../requests/deps.ts';
import type { Action } from './actions/action.ts';
import { actions } from './actions/index.ts';
import { runBulk } from './commands/bulk.ts';
import { commands } from './commands/index.ts';
import { findCommand, findNearMiss } from './find-command.ts';
import { type Answer, say, type Turn } from './turn.ts';

export async function handleIncoming(turn: Turn): Promise<Answer> {
  const { incoming } = turn;
  if (incoming.kind === 'button') return press(turn, incoming.button);
  const found = findCommand(commands, incoming.text);
  if (found) return found.command.run(turn, found.groups);
  // A list that was attached without a word, or with words about it.
  return incoming.files.length > 0 ? runBulk(turn) : answerUnknown(turn);
}

async function press(turn: Turn, { verb, data }: { verb: string; data: Record<string, unknown> }): Promise<Answer> {
  const button = parseButton(verb, data);
  // The map holds, for each verb, the action for that verb's button; the compiler cannot follow the pair through the index.
  const action = actions[button.verb] as Action<Verb>;
  return action(turn, button);
}

async function answerUnknown({ deps, incoming, origin }: Turn): Promise<Answer> {
  await deps.unitOfWork.run((tx) => claimOrigin(tx, origin, deps.clock));
  const near = findNearMiss(commands, incoming.text);
  return near === null ? say('say.unknown') : say('say.didYouMean', { command: near });
}
