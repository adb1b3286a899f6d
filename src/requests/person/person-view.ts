// What the cards of a request about a person show.
import type { PersonItem } from '../../domain/person-item.ts';
import type { PersonView, TicketState } from '../../domain/person-views.ts';
import type { Notice, Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';

type ViewTx = Pick<Tx, 'personItems' | 'notices'>;

export async function readPersonView(tx: ViewTx, request: Request): Promise<PersonView | null> {
  if (request.operation === 'reprovision') return null;
  const item = await tx.personItems.ofRequest(request.id);
  if (!item) return null;
  const mail = await tx.notices.mailOf(request.id);
  const ticket = await readTicket(tx, request, item.ticket);
  return { item, ticket, mail: mail && (states[mail.state] ?? 'pending') };
}

async function readTicket(tx: ViewTx, request: Request, ticket: PersonItem['ticket']): Promise<TicketState | null> {
  if (ticket === null) return null;
  if (ticket.code !== request.code) return { ...ticket, state: 'sentBefore', at: null };
  const notice = await tx.notices.ticketOf(request.id);
  return { ...ticket, state: (notice && states[notice.state]) ?? 'pending', at: notice?.sentAt ?? null };
}

const states: Partial<Record<Notice['state'], 'sent' | 'failed'>> = {
  sent: 'sent',
  unreachable: 'failed',
  refused: 'failed',
};
