// Mails and the Teams app over Graph, against the simulator.
import assert from 'node:assert/strict';
import type { MailView, TicketView } from '../../src/domain/mail-views.ts';
import type { MailDelivery } from '../../src/domain/ports.ts';
import { type GraphMailerDeps, graphMailer } from '../../src/graph/mailer.ts';
import { graphTeamsApps } from '../../src/graph/teams-apps.ts';
import { createTexts } from '../../src/locales/texts.ts';
import { createMails } from '../../src/mails/render-mail.ts';
import { renderTicket } from '../../src/mails/ticket-mail.ts';
import { demoMailboxes, demoPeople, demoTeamsApp, type Fault } from '../../src/simulator/index.ts';
import { buildGraph, realClock, recordLog, type SimulatedGraph, serve, startGraph } from '../fakes/graph.ts';
import { aView, ordinary, sampleItems } from '../house/card-samples.ts';

const mail = { mail: 'finished', to: { address: 'ada@contoso.com', name: 'Ada Arendt' } } as unknown as MailView;
const render = () => ({
  subject: 'Your Cloud PC is ready',
  html: '<p>Hello Ada</p>',
  headers: { 'x-request': 'R-1042' },
});

const texts = createTexts();
const ticket: TicketView = {
  ticket: 'outOfLicences',
  to: demoMailboxes.tickets,
  customerId: 'Contoso',
  code: 'R-1042',
  licence: 'lic <b>&</b>',
  partNumber: 'CPC_E_8C_32GB_512GB',
  used: 1,
  total: 1,
  requester: { id: demoPeople.adam, name: 'Adam\r\nBcc: ben@contoso.com <script>' },
  person: { id: demoPeople.owen, name: "Owen O'Neil" },
  personUpn: "o'neil@contoso.com",
  language: 'en',
  timeZone: 'Europe/Berlin',
  now: Date.UTC(2026, 10, 23, 13, 20),
};

describe('graph: mail', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph();
  });
  afterEach(() => graph.simulator.close());

  const mailer = (deps: Partial<GraphMailerDeps> = {}) =>
    graphMailer(graph.client, {
      from: demoMailboxes.sender,
      render,
      renderTicket: (one) => renderTicket(texts, one),
      log: recordLog().log,
      timeoutMs: 300,
      ...deps,
    });
  const send = (deps?: Partial<GraphMailerDeps>): Promise<MailDelivery> => mailer(deps).send(mail);

  it('When Graph takes a mail, then it is accepted and not kept in the sent items', async () => {
    const delivery = await send();

    assert.deepEqual(delivery, { kind: 'accepted' });
    const [sent] = graph.simulator.tenant.mails;
    assert.equal(sent?.from, demoMailboxes.sender);
    assert.equal(sent?.saveToSentItems, false);
    assert.deepEqual(sent?.message, {
      subject: 'Your Cloud PC is ready',
      body: { contentType: 'html', content: '<p>Hello Ada</p>' },
      toRecipients: [{ emailAddress: { address: 'ada@contoso.com', name: 'Ada Arendt' } }],
      internetMessageHeaders: [
        { name: 'x-auto-response-suppress', value: 'All' },
        { name: 'x-request', value: 'R-1042' },
      ],
    });
    assert.doesNotMatch(JSON.stringify([graph.lines, graph.sent]), /contoso|ada[@%?]/i);
  });

  const cases: [string, Fault, MailDelivery][] = [
    ['429', { status: 429, retryAfter: 5 }, { kind: 'retry', afterMs: 5000, wasSent: false }],
    ['401', { status: 401 }, { kind: 'retry', afterMs: null, wasSent: false }],
    ['403', { status: 403, code: 'ErrorAccessDenied' }, { kind: 'refused', reason: 'ErrorAccessDenied' }],
    ['503', { status: 503, retryAfter: 0 }, { kind: 'retry', afterMs: null, wasSent: true }],
    ['504 though it was sent', { applyThenStatus: 504 }, { kind: 'retry', afterMs: null, wasSent: true }],
    ['a reset', 'reset', { kind: 'retry', afterMs: null, wasSent: true }],
    ['silence', 'hang', { kind: 'retry', afterMs: null, wasSent: true }],
  ];
  for (const [name, fault, expected] of cases) {
    it(`When the answer to a mail is ${name}, then it is ${expected.kind} after one request, and so for a ticket`, async () => {
      graph.simulator.faults.add({ match: { path: /sendMail$/ }, fault });

      const delivery = await send();
      const ofTicket = await mailer().sendTicket(ticket);

      assert.deepEqual([delivery, ofTicket], [expected, expected]);
      assert.equal(graph.simulator.requests.length, 2);
    });
  }

  it('When Graph takes a ticket, then it goes to the queue alone, with the request in a header and every name as words', async () => {
    const delivery = await mailer().sendTicket(ticket);

    assert.deepEqual(delivery, { kind: 'accepted' });
    assert.equal(graph.simulator.requests.length, 1);
    const [sent] = graph.simulator.tenant.mails;
    assert.equal(sent?.from, demoMailboxes.sender);
    const { subject, body, toRecipients, internetMessageHeaders, ...rest } = sent?.message ?? {};
    assert.equal(subject, 'Contoso-W365Lic “lic <b>&</b>” out of licences');
    assert.deepEqual(toRecipients, [{ emailAddress: { address: demoMailboxes.tickets } }]);
    assert.deepEqual(internetMessageHeaders, [
      { name: 'x-auto-response-suppress', value: 'All' },
      { name: 'x-concierge-request', value: 'R-1042' },
    ]);
    assert.deepEqual(rest, {});
    const { content } = body as { content: string };
    assert.match(content, /Adam Bcc: ben@contoso\.com &lt;script&gt;/);
    assert.match(content, /Owen O&#39;Neil \(o&#39;neil@contoso\.com\)/);
    assert.match(content, /lic &lt;b&gt;&amp;&lt;\/b&gt;/);
    assert.doesNotMatch(content, /<script|<b>/);
    assert.doesNotMatch(JSON.stringify([graph.lines, graph.sent]), /contoso|neil/i);
  });

  it('When mails are throttled, then reads of Cloud PCs go on: mail boxes have limits of their own', async () => {
    graph.simulator.faults.add({ match: { path: /sendMail$/ }, fault: { status: 429, retryAfter: 60 } });
    await send();

    const { person } = await graph.tenant.read(
      { person: { ask: 'person', personId: demoPeople.ada } },
      { withinMs: 1000 },
    );

    assert.equal(person?.id, demoPeople.ada);
  });

  it('When a text of its own is too long and full of marks, then Graph gets 3,000 characters of it, escaped', async () => {
    const mails = createMails(createTexts());
    const [item = null] = sampleItems(ordinary).filter((one) => one.outcome?.code === 'ready');
    const view = aView({ item });
    const written = `<script>alert("1")</script> & ${'x'.repeat(5000)}`;
    const own = { ...view, request: { ...view.request, mail: { wanted: true, text: written } } };
    const to = { address: 'ada@contoso.com', name: 'Ada <Arendt>' };

    const delivery = await graphMailer(graph.client, {
      from: demoMailboxes.sender,
      render: (one) => mails.render(one),
      renderTicket: (one) => renderTicket(texts, one),
      log: recordLog().log,
    }).send({ mail: 'ready', to, view: own, audience: 'owner', language: 'en', timeZone: 'Europe/Berlin' });

    assert.deepEqual(delivery, { kind: 'accepted' });
    const [sent] = graph.simulator.tenant.mails;
    assert.ok(sent);
    const { content } = sent.message.body as { content: string };
    const [, quoted = ''] = /<blockquote[^>]*>.*?<br>(.*)<\/blockquote>/s.exec(content) ?? [];
    assert.ok(quoted.startsWith('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; xxx'));
    const shown = quoted.replace(/&\w+;/g, '.');
    assert.deepEqual([shown.length, shown.at(-1)], [3000, '…']);
    assert.doesNotMatch(content, /<script|<Arendt>/);
    assert.equal(sent.saveToSentItems, false);
  });

  it('When nothing can be sent, then the mail may be sent again', async () => {
    const gone = await serve(() => {});
    await gone.close();
    const { client } = buildGraph(gone.url);

    const unsent = graphMailer(client, { from: 'x', render, renderTicket: render, log: recordLog().log });

    const never = { kind: 'retry', afterMs: null, wasSent: false };
    assert.deepEqual([await unsent.send(mail), await unsent.sendTicket(ticket)], [never, never]);
  });

  it('When the mail cannot be written, then it is refused and nothing is sent', async () => {
    const fail = () => {
      throw new Error('no such text');
    };
    const broken = mailer({ render: fail, renderTicket: fail });

    const deliveries = [await broken.send(mail), await broken.sendTicket(ticket)];

    assert.deepEqual(deliveries, Array(2).fill({ kind: 'refused', reason: 'notWritten' }));
    assert.equal(graph.simulator.requests.length, 0);
  });
});

describe('graph: the Teams app', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph();
  });
  afterEach(() => graph.simulator.close());

  const apps = (manifestId: string = demoTeamsApp.externalId) =>
    graphTeamsApps(graph.client, { manifestId, clock: realClock });

  it('When the app is installed for a person, then it is there, and the catalog is asked once', async () => {
    const teamsApps = apps();

    const first = await teamsApps.install(demoPeople.ada);
    const again = await teamsApps.install(demoPeople.ada);
    const chatId = await teamsApps.chatIdOf(demoPeople.ada);

    assert.deepEqual([first, again], ['installed', 'installed']);
    assert.match(chatId ?? '', new RegExp(`^19:${demoPeople.ada}_`));
    assert.deepEqual(
      graph.simulator.tenant.installations.map(({ personId }) => personId),
      [demoPeople.ada],
    );
    assert.equal(graph.simulator.requests.filter(({ path }) => path === '/appCatalogs/teamsApps').length, 1);
  });

  it('When the catalog does not have the app, then it is not in the catalog and has no chat', async () => {
    const teamsApps = apps('99999999-0000-4000-8000-000000000000');

    assert.equal(await teamsApps.install(demoPeople.ada), 'notInCatalog');
    assert.equal(await teamsApps.chatIdOf(demoPeople.ada), null);
  });

  it('When the app is not installed, then there is no chat', async () => {
    assert.equal(await apps().chatIdOf(demoPeople.ada), null);
  });

  for (const path of [/^\/appCatalogs/, /installedApps$/]) {
    it(`When ${path} is forbidden, then it is not allowed`, async () => {
      graph.simulator.faults.add({ match: { path }, fault: { status: 403 } });

      assert.equal(await apps().install(demoPeople.ada), 'notAllowed');
    });
  }

  it('When the person does not exist, then that is an error', async () => {
    await assert.rejects(apps().install('aaaaaaaa-9999-4000-8000-000000000999'), { code: 'graph.notFound' });
  });

  it('When Graph is in trouble, then the installation is not repeated here', async () => {
    graph.simulator.faults.add({ match: { method: 'POST' }, fault: { status: 503, retryAfter: 0 } });

    await assert.rejects(apps().install(demoPeople.ada), { name: 'TemporaryError', code: 'graph.unreachable' });

    assert.equal(graph.simulator.requests.filter(({ method }) => method === 'POST').length, 1);
  });
});
