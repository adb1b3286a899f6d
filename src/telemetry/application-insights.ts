// Sends spans and figures to Azure Application Insights. Loaded only where its connection string is set: it is big, and it asks
// Microsoft for settings of its own.
// https://learn.microsoft.com/azure/azure-monitor/app/opentelemetry-configuration
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../domain/ports.ts';
import { minute, second } from '../domain/time.ts';

export interface ApplicationInsights {
  spans: SpanProcessor;
  figures: MetricReader;
}

const sendWithinMs = 10 * second;

/** @param connectionString `InstrumentationKey=…;IngestionEndpoint=https://…` @throws for one that cannot be read */
export async function openApplicationInsights(connectionString: string, log: Log): Promise<ApplicationInsights> {
  // Figures about the exporter itself, for its makers, and to a host of theirs.
  process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = 'true';
  const { AzureMonitorMetricExporter, AzureMonitorTraceExporter } = await import(
    '@azure/monitor-opentelemetry-exporter'
  );
  diag.setLogger(createDiagnosticLog(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  // Nothing is kept on the disk, which may be read-only; what could not be sent in time is lost.
  const options = { connectionString, disableOfflineStorage: true };
  return {
    spans: new BatchSpanProcessor(new AzureMonitorTraceExporter(options), { exportTimeoutMillis: sendWithinMs }),
    figures: new PeriodicExportingMetricReader({
      exporter: new AzureMonitorMetricExporter(options),
      exportIntervalMillis: minute,
      exportTimeoutMillis: sendWithinMs,
    }),
  };
}

/** The exporter's own words, once in a minute: while it cannot send, it says so for each batch. */
function createDiagnosticLog(log: Log) {
  let quietUntil = 0;
  const say = (message: string) => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + minute;
    log.warn({ reason: message }, 'telemetry could not be sent');
  };
  const nothing = () => {};
  return { error: say, warn: say, info: nothing, debug: nothing, verbose: nothing };
}
