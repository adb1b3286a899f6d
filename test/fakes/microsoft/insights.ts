// Application Insights' ingestion: takes what is sent (JSON, packed by gzip) and keeps it.
// https://learn.microsoft.com/azure/azure-monitor/app/ip-addresses (host), the exporter's own `/v2.1/track`
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod/v4';

/** What of an envelope matters here. Loose: the exporter's own fields are its business. */
const envelope = z.object({
  iKey: z.string(),
  tags: z.record(z.string(), z.string()),
  data: z.object({ baseType: z.string(), baseData: z.record(z.string(), z.unknown()) }),
});

export type Envelope = z.output<typeof envelope>;

export interface FakeInsights {
  url: string;
  envelopes: Envelope[];
  /** 503 from now on, or no longer. */
  setAway(isAway: boolean): void;
  stop(): Promise<void>;
}

export const insightsHost = 'westeurope-5.in.applicationinsights.azure.com';
export const instrumentationKey = 'eeeeeeee-0003-4000-8000-000000000003';
export const connectionString = `InstrumentationKey=${instrumentationKey};IngestionEndpoint=https://${insightsHost}/`;

export async function startInsights(): Promise<FakeInsights> {
  const envelopes: Envelope[] = [];
  let isAway = false;
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    if (isAway) return void res.writeHead(503).end();
    const packed = Buffer.concat(chunks);
    const text = (req.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed).toString('utf8');
    const given: unknown[] = text.startsWith('[')
      ? JSON.parse(text)
      : text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
    envelopes.push(...given.map((one) => envelope.parse(one)));
    const body = { itemsReceived: given.length, itemsAccepted: given.length, errors: [] };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    envelopes,
    setAway: (away) => {
      isAway = away;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
