// Not a test of the suite: run by run.spec.ts, to see that a run with a wrong call fails. `mocha` sees one passing test.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startDeadline } from '../../../src/graph/graph-call.ts';
import { buildGraph, realClock } from '../../fakes/graph.ts';

describe('an example', () => {
  it(`sends ${process.env.EXAMPLE_PATH}`, async () => {
    const server = createServer((_request, response) => response.writeHead(200).end('{"id":"a"}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { client } = buildGraph(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const path = process.env.EXAMPLE_PATH ?? '';
    await client.read({ method: 'GET', version: 'beta', path }, startDeadline(realClock, 2000));
    server.closeAllConnections();
    server.close();
  });
});
