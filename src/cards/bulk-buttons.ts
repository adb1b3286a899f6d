// The buttons of a bulk request's card: those of its face that make sense now, four at most.
import type { RequestView } from '../domain/views.ts';
import { countIn, waitingIn } from '../domain/waves.ts';
import { numbersOf } from '../locales/bulk-values.ts';
import { type Sentence, say } from '../locales/sentence.ts';
import { type BulkButton, type BulkFace, mayRetry } from './bulk-faces.ts';
import type { Verb } from './button-data.ts';
import { type ButtonSpec, onRequest } from './card-parts.ts';

interface ButtonFace {
  title: string;
  verb: Verb;
  style?: ButtonSpec['style'];
}

const buttons: Readonly<Record<BulkButton, ButtonFace>> = {
  approve: { title: 'approval.approve', verb: 'request.approve', style: 'positive' },
  decline: { title: 'approval.decline', verb: 'request.decline.ask' },
  cancel: { title: 'progress.act.cancel', verb: 'request.cancel' },
  history: { title: 'progress.act.history', verb: 'request.history' },
  pause: { title: 'bulk.act.pause', verb: 'bulk.pause' },
  resume: { title: 'bulk.act.resume', verb: 'bulk.resume', style: 'positive' },
  stop: { title: 'bulk.act.stop', verb: 'bulk.stop' },
  items: { title: 'bulk.act.items', verb: 'bulk.items' },
  settle: { title: 'bulk.act.settle', verb: 'bulk.settle.ask', style: 'positive' },
  retry: { title: 'bulk.act.retry', verb: 'bulk.retry', style: 'positive' },
  export: { title: 'bulk.act.export', verb: 'bulk.export' },
};

const mostButtons = 4;

export function bulkButtons(face: BulkFace, view: RequestView): ButtonSpec[] {
  return face.buttons
    .filter((name) => makesSense(name, view))
    .slice(0, mostButtons)
    .map((name) => ({
      title: titleOf(name, view),
      verb: buttons[name].verb,
      style: buttons[name].style,
      data: onRequest(view.request),
      inputs: 'none',
    }));
}

function makesSense(name: BulkButton, view: RequestView): boolean {
  const tally = view.bulk?.tally ?? {};
  switch (name) {
    case 'pause':
    case 'resume':
    case 'stop':
      return waitingIn(tally) > 0 && view.request.bulk?.stopped === null;
    case 'settle':
      return numbersOf(tally).people > 0;
    case 'retry':
      return mayRetry(view);
    default:
      return true;
  }
}

function titleOf(name: BulkButton, { bulk }: RequestView): Sentence {
  const n = countIn(bulk?.tally ?? {}, ['failed']);
  return name === 'retry' ? say(buttons.retry.title, { n }) : say(buttons[name].title);
}
