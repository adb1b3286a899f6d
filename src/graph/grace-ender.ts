// The other destructive call: POST …/cloudPCs/{id}/endGracePeriod (https://learn.microsoft.com/graph/api/cloudpc-endgraceperiod).
// It deletes the Cloud PC and what is on it at once. As a start it must never be repeated by any layer.
import type { GraceEnder } from '../domain/ports.ts';
import { cloudPcsPath } from './cloud-pcs.ts';
import type { ReadCall } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { classifyStart } from './graph-error.ts';
import { toSegment } from './graph-path.ts';
import { prepareStart, type StartLimits, tokenWithinMs } from './prepared-start.ts';

interface Order {
  cloudPcId: string;
  mayStillSend: () => boolean;
}

export function graphGraceEnder(client: GraphClient, limits: StartLimits = {}): GraceEnder {
  const way = {
    fetchToken: () => client.fetchToken(tokenWithinMs),
    callOf: ({ cloudPcId }: Order): ReadCall => ({
      method: 'POST',
      version: 'v1.0',
      path: `${cloudPcsPath}/${toSegment(cloudPcId)}/endGracePeriod`,
    }),
    classify: classifyStart,
  };
  return { prepare: () => prepareStart(client, limits, way) };
}
