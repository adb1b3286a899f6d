// That the head of a request has left is seen, not guessed from an error code.
import assert from 'node:assert/strict';
import { watchSending } from '../../src/graph/sent-requests.ts';
import { serve } from '../fakes/graph.ts';

describe('graph: what has left', () => {
  it('When a request reaches a socket, then its own watch knows, and no other one', async () => {
    const server = await serve((_request, response) => response.writeHead(204).end());
    const own = watchSending('11111111-0000-4000-8000-000000000001');
    const other = watchSending('11111111-0000-4000-8000-000000000002');

    const before = own.headersLeft();
    await fetch(server.url, { headers: { 'Client-Request-Id': '11111111-0000-4000-8000-000000000001' } });
    await server.close();

    assert.deepEqual([before, own.headersLeft(), other.headersLeft()], [false, true, false]);
    own.stopWatching();
    other.stopWatching();
  });

  it('When the port refuses, then nothing has left', async () => {
    const server = await serve(() => {});
    await server.close();
    const watch = watchSending('11111111-0000-4000-8000-000000000003');

    await assert.rejects(
      fetch(server.url, { headers: { 'client-request-id': '11111111-0000-4000-8000-000000000003' } }),
    );

    assert.equal(watch.headersLeft(), false);
    watch.stopWatching();
  });
});
