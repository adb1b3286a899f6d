// A Bot Connector over real HTTP: keeps conversations and the newest content of every message, records every call, and fails on
// request.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Put on by a front, since a request may arrive when its sender is dead. */
export const sentAtHeader = 'x-sent-at';

export type ConnectorVerb = 'create' | 'send' | 'reply' | 'update' | 'delete' | 'members' | 'unknown';

export interface ConnectorCall {
  verb: ConnectorVerb;
  conversationId: string | null;
  activityId: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  body: any;
  authorization: string | null;
  /** When the sender's request reached the front before this connector (`sentAtHeader`), or the connector itself; milliseconds. */
  sentAt: number;
  /** Whether it had its effect, whatever was answered. */
  arrived: boolean;
}

/** What goes wrong. Without `status`, after `slowMs`, the call is answered as ever. */
export interface ConnectorFault {
  /** The calls it is for; all by default. */
  verb?: ConnectorVerb;
  /** Asked of each call that `verb` lets through: whether the fault is for it. */
  where?: (call: ConnectorCall) => boolean;
  times?: number;
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  slowMs?: number;
  /** `hang`: no answer at all; `reset`: the connection breaks; `hangInBody`: the answer begins and never ends. */
  how?: 'hang' | 'reset' | 'hangInBody';
  /** The message arrives all the same. */
  applied?: boolean;
}

export interface ConnectorMessage {
  id: string;
  conversationId: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  content: any;
  /** What stood there before, oldest first: a client that was away may show it still. */
  earlier: unknown[];
  edits: number;
  /** As the call that brought it: of the first content, not of edits. */
  sentAt: number;
  arrivedAt: number;
  /** When the newest content arrived. */
  changedAt: number;
}

export interface FakeConnector {
  /** The `serviceUrl` of activities. */
  url: string;
  origin: string;
  calls: ConnectorCall[];
  /** Newest content, oldest message first. */
  messages: ConnectorMessage[];
  messagesIn(conversationId: string): ConnectorMessage[];
  /** The personal chat with somebody is `a:<person id>`. */
  addConversation(conversationId: string, members?: ConnectorMember[]): void;
  removeConversation(conversationId: string): void;
  removeMessage(activityId: string): void;
  /** People (Entra object ids) for whom the app is not installed. */
  notInstalled: Set<string>;
  failNext(fault: ConnectorFault): void;
  /** Throws when a fault that was asked for has not come about. */
  assertFaultsUsed(): void;
  stop(): Promise<void>;
}

export interface ConnectorMember {
  id: string;
  name: string;
  aadObjectId: string;
}

interface State {
  conversations: Map<string, ConnectorMember[]>;
  messages: ConnectorMessage[];
  notInstalled: Set<string>;
  lastId: number;
}

interface Answer {
  status: number;
  body?: unknown;
}

/** @param options.token when given, every call must carry it as a bearer token */
export async function startConnector(options: { token?: string } = {}): Promise<FakeConnector> {
  const state: State = { conversations: new Map(), messages: [], notInstalled: new Set(), lastId: 1_700_000_000_000 };
  const calls: ConnectorCall[] = [];
  const faults: ConnectorFault[] = [];
  const server = createServer(async (req, res) => {
    const call = await readCall(req);
    calls.push(call);
    const fault = takeFault(faults, call);
    if (fault?.slowMs) await setTimeout(fault.slowMs);
    if (fault?.applied) take(state, call);
    if (fault && (fault.how || fault.status)) return fail(res, fault);
    const isKnown = options.token === undefined || call.authorization === `Bearer ${options.token}`;
    write(res, isKnown ? take(state, call) : { status: 401, body: problem('Unauthorized') });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/connector/`,
    origin,
    calls,
    messages: state.messages,
    messagesIn: (id) => state.messages.filter((message) => message.conversationId === id),
    addConversation: (id, members = []) => void state.conversations.set(id, members),
    removeConversation: (id) => void state.conversations.delete(id),
    removeMessage: (id) => remove(state, id),
    notInstalled: state.notInstalled,
    failNext: (fault) => void faults.push({ times: 1, ...fault }),
    assertFaultsUsed() {
      if (faults.length > 0) throw new Error(`Faults that did not come about: ${JSON.stringify(faults)}`);
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function readCall(req: IncomingMessage): Promise<ConnectorCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const [, conversationId, kind, activityId] =
    /^\/connector\/v3\/conversations(?:\/([^/?]+)(?:\/(activities|members|pagedmembers)(?:\/([^/?]+))?)?)?(?:\?.*)?$/.exec(
      req.url ?? '',
    ) ?? [];
  return {
    verb: verbOf(req, kind, conversationId, activityId),
    conversationId: conversationId ? decodeURIComponent(conversationId) : null,
    activityId: activityId ? decodeURIComponent(activityId) : null,
    body: text === '' ? null : JSON.parse(text),
    authorization: req.headers.authorization ?? null,
    sentAt: Number(req.headers[sentAtHeader] ?? Date.now()),
    arrived: false,
  };
}

function verbOf(req: IncomingMessage, kind?: string, conversationId?: string, activityId?: string): ConnectorVerb {
  if (req.method === 'POST' && req.url?.endsWith('/v3/conversations')) return 'create';
  if (conversationId && req.method === 'GET' && kind?.endsWith('members')) return 'members';
  if (kind !== 'activities') return 'unknown';
  if (req.method === 'POST') return activityId ? 'reply' : 'send';
  if (req.method === 'PUT' && activityId) return 'update';
  return req.method === 'DELETE' && activityId ? 'delete' : 'unknown';
}

function takeFault(faults: ConnectorFault[], call: ConnectorCall): ConnectorFault | null {
  const at = faults.findIndex(({ verb, where }) => (!verb || verb === call.verb) && (where?.(call) ?? true));
  const fault = faults[at];
  if (!fault) return null;
  fault.times = (fault.times ?? 1) - 1;
  if (fault.times === 0) faults.splice(at, 1);
  return fault;
}

function fail(res: ServerResponse, fault: ConnectorFault): void {
  if (fault.how === 'reset') res.destroy();
  if (fault.how === 'hangInBody') {
    res.writeHead(200, { 'Content-Type': 'application/json' });
    res.write('{');
  }
  if (!fault.how) write(res, { status: fault.status ?? 500, body: fault.body }, fault.headers);
}

function write(res: ServerResponse, { status, body }: Answer, headers: Record<string, string> = {}): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  // In two calls: restify, once loaded, replaces Node's own `writeHead` by one that returns nothing.
  res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers });
  res.end(text);
}

function take(state: State, call: ConnectorCall): Answer {
  const given = answer(state, call);
  call.arrived = given.status < 300;
  return given;
}

function answer(state: State, call: ConnectorCall): Answer {
  if (call.verb === 'unknown') return { status: 404, body: problem('BadArgument') };
  if (call.verb === 'create') return create(state, call);
  const { conversationId, activityId } = call;
  const members = state.conversations.get(conversationId?.replace(/;messageid=.*/, '') ?? '');
  if (!members || !conversationId) return { status: 404, body: problem('ConversationNotFound') };
  if (call.verb === 'members') return { status: 200, body: { members } };
  if (call.verb === 'send' || call.verb === 'reply')
    return { status: 201, body: { id: add(state, conversationId, call.body, call.sentAt) } };
  const message = state.messages.find((one) => one.id === activityId && one.conversationId === conversationId);
  if (!message) return { status: 404, body: problem('ActivityNotFoundInConversation') };
  if (call.verb === 'delete') {
    remove(state, message.id);
    return { status: 200 };
  }
  message.earlier.push(message.content);
  message.content = call.body;
  message.edits += 1;
  message.changedAt = Date.now();
  return { status: 200, body: { id: message.id } };
}

function create(state: State, { body, sentAt }: ConnectorCall): Answer {
  const channelId: string | undefined = body.channelData?.channel?.id;
  if (body.isGroup && channelId) {
    if (!state.conversations.has(channelId)) return { status: 404, body: problem('ConversationNotFound') };
    const activityId = add(state, channelId, body.activity, sentAt, true);
    return { status: 201, body: { id: `${channelId};messageid=${activityId}`, activityId } };
  }
  const memberId: string | undefined = body.members?.[0]?.id;
  if (!memberId || !body.tenantId || body.channelData?.tenant?.id !== body.tenantId) {
    return { status: 400, body: problem('BadSyntax') };
  }
  if (state.notInstalled.has(memberId)) return { status: 403, body: problem('BotNotInConversationRoster') };
  const id = `a:${memberId}`;
  state.conversations.set(id, [{ id: `29:${memberId}`, name: '', aadObjectId: memberId }]);
  return { status: 201, body: { id } };
}

function add(state: State, conversationId: string, content: unknown, sentAt: number, isRoot = false): string {
  state.lastId += 1;
  const id = String(state.lastId);
  const arrivedAt = Date.now();
  state.messages.push({
    id,
    conversationId: isRoot ? `${conversationId};messageid=${id}` : conversationId,
    content,
    earlier: [],
    edits: 0,
    sentAt,
    arrivedAt,
    changedAt: arrivedAt,
  });
  return id;
}

function remove(state: State, activityId: string): void {
  const at = state.messages.findIndex((message) => message.id === activityId);
  if (at >= 0) state.messages.splice(at, 1);
}

/** An error body as Teams writes it. */
export function problem(code: string, message = code): { error: { code: string; message: string } } {
  return { error: { code, message } };
}
