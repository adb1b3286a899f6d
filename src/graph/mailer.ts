// Mails through Graph: POST /users/{from}/sendMail (https://learn.microsoft.com/graph/api/user-sendmail). No layer
// repeats it: Graph has no idempotency key, and a second mail cannot be taken back.

import type { MailView, TicketView } from '../domain/mail-views.ts';
import type { Log, MailDelivery, Mailer, TicketMailer } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import type { GraphClient } from './graph-client.ts';
import { classifyStart } from './graph-error.ts';
import { toSegment } from './graph-path.ts';

/** A mail in words; `mails/` makes it from a view. */
export interface RenderedMail {
  subject: string;
  /** A whole HTML document or fragment, already escaped. */
  html: string;
  /** Names must begin with `x-`. */
  headers?: Readonly<Record<string, string>>;
}

export interface GraphMailerDeps {
  /** The mail box that sends: UPN or object id. */
  from: string;
  render: (mail: MailView) => RenderedMail | Promise<RenderedMail>;
  renderTicket: (ticket: TicketView) => RenderedMail | Promise<RenderedMail>;
  log: Log;
  /** For tests; 30 s when left out. */
  timeoutMs?: number;
}

export function graphMailer(client: GraphClient, deps: GraphMailerDeps): Mailer & TicketMailer {
  const timeoutMs = deps.timeoutMs ?? 30 * second;
  async function send(kind: string, to: Recipient, render: () => RenderedMail | Promise<RenderedMail>) {
    let body: unknown;
    let path: string;
    try {
      path = `/users/${toSegment(deps.from)}/sendMail`;
      body = toBody(await render(), to);
    } catch (error) {
      deps.log.error({ error, mail: kind }, 'a mail could not be written');
      return { kind: 'refused', reason: 'notWritten' } as const;
    }
    return toDelivery(
      classifyStart(await client.sendOnce({ method: 'POST', version: 'v1.0', path, body }, { timeoutMs })),
    );
  }
  return {
    send: (mail) => send(mail.mail, mail.to, () => deps.render(mail)),
    sendTicket: (ticket) => send(ticket.ticket, { address: ticket.to }, () => deps.renderTicket(ticket)),
  };
}

interface Recipient {
  address: string;
  /** Left out: a queue, which has none. */
  name?: string;
}

function toBody(mail: RenderedMail, to: Recipient): unknown {
  // So that "out of office" does not answer a machine.
  const headers = { 'x-auto-response-suppress': 'All', ...mail.headers };
  return {
    message: {
      subject: mail.subject,
      body: { contentType: 'html', content: mail.html },
      toRecipients: [{ emailAddress: { address: to.address, name: to.name } }],
      internetMessageHeaders: Object.entries(headers).map(([name, value]) => ({ name, value })),
    },
    saveToSentItems: false,
  };
}

/** What one sending of something that makes a sound came to; a mail, or a line in the activity feed. */
export function toDelivery(answer: ReturnType<typeof classifyStart>): MailDelivery {
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'notApplied':
      return { kind: 'retry', afterMs: answer.retryAfterMs, wasSent: false };
    case 'rejected':
      return { kind: 'refused', reason: answer.detail?.code ?? 'refused' };
    case 'unknown':
      return { kind: 'retry', afterMs: null, wasSent: true };
  }
}
