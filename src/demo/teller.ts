// Writes the story to the terminal: what is done, and what each person sees.
import type { RecordedRequest } from '../simulator/index.ts';
import type { Sighting, Window } from './window.ts';

export interface Teller {
  step(number: number, title: string): void;
  line(text: string): void;
  sighting(window: Window, sighting: Sighting): void;
}

const ways: Record<Sighting['how'], string> = { sent: 'new message', edited: 'changed in place', answered: 'answer' };

export function createTeller(write: (text: string) => void): Teller {
  const shown = new Map<string, string>();
  const line = (text: string) => write(`${text}\n`);
  return {
    step: (number, title) => line(`\n── ${number}. ${title} ${'─'.repeat(Math.max(2, 96 - title.length))}`),
    line,
    sighting(window, { how, conversationId, messageId, lines }) {
      const text = lines.join('\n');
      // The answer to a press and the edit after it often say the same.
      if (shown.get(messageId) === text) return;
      shown.set(messageId, text);
      line(`\n  ${placeOf(window, conversationId)} · ${ways[how]}`);
      for (const readable of lines) line(`  │ ${readable}`);
    },
  };
}

function placeOf({ settings }: Window, conversationId: string): string {
  const name = settings.currentUser.givenName;
  const channel = settings.team.channels[0];
  return conversationId.startsWith(channel.id) ? `${name} sees in “${channel.name}”` : `${name} sees in the chat`;
}

/** The requests to Graph up to the POST that reprovisions, numbered; what a `$batch` asks stands below it. */
export function requestLines(requests: readonly RecordedRequest[]): string[] {
  const end = requests.findIndex(({ method, path }) => method === 'POST' && path.endsWith('/reprovision'));
  const counted = requests.slice(0, end + 1);
  const lines = counted.flatMap(({ method, version, path, parts }, index) => [
    `  ${index + 1}. ${method} /${version}${path}`,
    ...(parts ?? []).map((part) => `       ${part.method} ${part.url.split('?')[0]}`),
  ]);
  return [`Requests to Graph from Ada's first word to the POST: ${counted.length}`, ...lines];
}
