// How things stand, as the store and the queue have it.

export interface Figures {
  requests: { state: string; count: number }[];
  items: { of: 'cloudPc' | 'person'; state: string; count: number }[];
  /** How long the oldest one has waited, in ms: for an approval, or for IT to say how it goes on. */
  oldest: { waitingFor: 'approval' | 'operator'; ms: number }[];
  queues: { queue: string; state: 'waiting' | 'running'; count: number }[];
  undelivered: { what: 'card' | 'notice'; count: number }[];
}
