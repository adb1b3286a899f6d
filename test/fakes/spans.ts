// The spans that a bot gives, and a trace as a person reads it.
import { type HrTime, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

export function collectSpans() {
  const exporter = new InMemorySpanExporter();
  return { processors: [new SimpleSpanProcessor(exporter)], all: () => exporter.getFinishedSpans() };
}

const msOf = ([seconds, nanos]: HrTime) => seconds * 1000 + nanos / 1e6;

export function parentOf(span: ReadableSpan): string | undefined {
  return span.parentSpanContext?.spanId;
}

/** Each span below its parent, in the order in which they began. */
export function drawTrace(spans: readonly ReadableSpan[]): string {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const began = Math.min(...spans.map((span) => msOf(span.startTime)));
  const draw = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter((span) => (depth === 0 ? !ids.has(parentOf(span) ?? '') : parentOf(span) === parent))
      .toSorted((a, b) => msOf(a.startTime) - msOf(b.startTime))
      .flatMap((span) => [line(span, began, depth), ...draw(span.spanContext().spanId, depth + 1)]);
  return draw(undefined, 0).join('\n');
}

function line(span: ReadableSpan, began: number, depth: number): string {
  const at = `${Math.round(msOf(span.startTime) - began)} ms`.padStart(9);
  const status = span.attributes['http.response.status_code'];
  const end = [
    `${Math.round(msOf(span.duration))} ms`,
    ...(status === undefined ? [] : [String(status)]),
    ...(span.status.code === SpanStatusCode.ERROR ? ['failed'] : []),
  ];
  return `${at}  ${'  '.repeat(depth)}${span.name}  (${end.join(', ')})`;
}
