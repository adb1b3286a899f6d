// Builds what the bot tells about itself out of what it watches.
import type { PgBoss } from 'pg-boss';
import type { BotOptions } from './compose.ts';
import type { Clock } from './domain/ports.ts';
import type { GraphClient } from './graph/graph-client.ts';
import { readQueueFigures } from './jobs/queue-figures.ts';
import type { Store } from './store/open-store.ts';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.ts';
import { version } from './version.ts';

export function startTelemetry(
  { config, log, spanProcessors }: BotOptions,
  { store, boss, graph, clock }: { store: Store; boss: PgBoss; graph: GraphClient; clock: Clock },
): Promise<Telemetry> {
  return createTelemetry({
    clock,
    log,
    version,
    applicationInsights: config.applicationInsights,
    spanProcessors,
    async readFigures() {
      const [ofStore, queues] = await Promise.all([store.figures(clock.now()), readQueueFigures(boss)]);
      return { ...ofStore, queues };
    },
    isGraphInTrouble: () => graph.troubleSince() !== null,
  });
}
