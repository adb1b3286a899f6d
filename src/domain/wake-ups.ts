// Wake-ups by what they are about.
import type { WakeUp } from './ports.ts';

/** What a wake-up is about, as one word: `advance:<item id>`, `watch`. */
export function keyOf(wakeUp: WakeUp): string {
  switch (wakeUp.queue) {
    case 'advance':
      return `advance:${wakeUp.itemId}`;
    case 'person':
      return `person:${wakeUp.personItemId}`;
    case 'bulk':
      return `bulk:${wakeUp.requestId}`;
    case 'deliverCard':
      return `deliverCard:${wakeUp.cardId}`;
    case 'deliverNotice':
      return `deliverNotice:${wakeUp.noticeId}`;
    case 'later':
      return `later:${wakeUp.id}`;
    case 'timers':
    case 'watch':
    case 'refresh':
    case 'seal':
      return wakeUp.queue;
  }
}
