// Sending mail: accepted mails are kept in the tenant.
import { type GraphCall, type GraphReply, isObject, type Json } from '../graph-call.ts';
import { badRequest, GraphProblem } from '../graph-problem.ts';
import type { Tenant } from '../tenant.ts';
import { personOf } from './directory.ts';
import type { Route } from './route.ts';

/** https://learn.microsoft.com/graph/api/user-sendmail: 202 without a body, which promises nothing about delivery. */
export const mailRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: '/users/{userId}/sendMail',
    answer: (call, tenant, parameter) => sendMail(call, tenant, parameter('userId')),
  },
];

function sendMail(call: GraphCall, tenant: Tenant, idOrUpn: string): GraphReply {
  const sender = personOf(tenant, idOrUpn);
  if (sender.mail === null) {
    const message = 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.';
    throw new GraphProblem(404, message, 'MailboxNotEnabledForRESTAPI');
  }
  const body = isObject(call.body) ? call.body : {};
  // The metadata spells the parameters with a capital, the pages without.
  const message = body.message ?? body.Message;
  const saveToSentItems = body.saveToSentItems ?? body.SaveToSentItems ?? true;
  if (!isObject(message)) throw invalidMail("The parameter 'message' is missing.");
  if (typeof saveToSentItems !== 'boolean') throw invalidMail("The parameter 'saveToSentItems' must be a Boolean.");
  checkMessage(message);
  tenant.mails.push({ from: sender.userPrincipalName, message, saveToSentItems, at: tenant.now() });
  return { status: 202 };
}

function checkMessage(message: Json): void {
  const lists = [message.toRecipients, message.ccRecipients, message.bccRecipients].filter(
    (list) => list !== undefined,
  );
  const isValid = lists.every((list) => Array.isArray(list) && list.every(hasAddress));
  if (!isValid || lists.flat().length === 0) {
    throw badRequest('At least one valid recipient is needed, and no invalid one.', 'ErrorInvalidRecipients');
  }
  const contentType = isObject(message.body) ? message.body.contentType : 'text';
  if (!/^(text|html)$/i.test(String(contentType))) throw invalidMail("'body/contentType' must be text or html.");
  const headers = Array.isArray(message.internetMessageHeaders) ? message.internetMessageHeaders : [];
  if (!headers.every((header) => isObject(header) && /^x-/i.test(String(header.name)))) {
    throw badRequest("The names of internet message headers must start with 'x-'.", 'InvalidInternetMessageHeader');
  }
}

function hasAddress(recipient: unknown): boolean {
  const emailAddress = isObject(recipient) ? recipient.emailAddress : undefined;
  return isObject(emailAddress) && /^[^@\s]+@[^@\s]+$/.test(String(emailAddress.address));
}

function invalidMail(why: string): GraphProblem {
  return badRequest(why, 'RequestBodyRead');
}
