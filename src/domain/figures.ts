// How things stand, counted: what operators watch. Each figure comes with all its states, also those that nothing is in: one that
// vanished would stay as it was last.
import type { ItemState } from './item.ts';
import type { RequestState } from './request.ts';

export interface StoreFigures {
  /** Submitted and not ended. */
  requests: { state: RequestState; count: number }[];
  /** Not ended. */
  items: { of: 'cloudPc' | 'person'; state: ItemState; count: number }[];
  /** How long the oldest one has waited, in ms: for an approval, or for IT to say how it goes on; 0: none waits. */
  oldest: { waitingFor: 'approval' | 'operator'; ms: number }[];
  /** Of requests that have not ended. */
  undelivered: { what: 'card' | 'notice'; count: number }[];
}

export interface QueueFigure {
  queue: string;
  state: 'waiting' | 'running';
  count: number;
}

export interface Figures extends StoreFigures {
  queues: QueueFigure[];
}
