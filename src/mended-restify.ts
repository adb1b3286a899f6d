// restify replaces `writeHead` of Node's own responses, for the whole process, by one that returns nothing. Other servers beside
// ours (the simulator of the demo) write `res.writeHead(…).end(…)`, so what it returns is put back.
import { ServerResponse } from 'node:http';
import restify from 'restify';

const { prototype } = ServerResponse;
const { writeHead } = prototype;

Object.defineProperty(prototype, 'writeHead', {
  configurable: true,
  writable: true,
  value(this: ServerResponse, ...values: unknown[]): ServerResponse {
    Reflect.apply(writeHead, this, values);
    return this;
  },
});

export { restify };
