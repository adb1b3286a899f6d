// Buttons on the cards of a request. Rights are read live at every press; a late or second press gets the present card.
import { isForAnother } from '../../domain/notices.ts';
import type { RequestView } from '../../domain/views.ts';
import { askReprovision } from '../../requests/ask-reprovision.ts';
import { cancelRequest } from '../../requests/cancel.ts';
import { decide } from '../../requests/decide.ts';
import type { Target } from '../../requests/find-target.ts';
import { type Shown, showHistory, showRequest } from '../../requests/look-up.ts';
import { checkAgain, operate } from '../../requests/operate.ts';
import { askUnassign } from '../../requests/person/ask-unassign.ts';
import { assignAgain } from '../../requests/person/operate-person.ts';
import { signInFor } from '../../requests/sign-in.ts';
import { type Answer, here, personally, say, type Turn } from '../turn.ts';
import type { Action } from './action.ts';

/** Where the card stands decides whose side it shows: in a channel everybody's, in a chat the presser's. */
function present({ incoming, person }: Turn, view: RequestView): Answer {
  const isRequester = incoming.place !== 'channel' && person.id === view.request.requester.id;
  return here({ card: 'request', audience: isRequester ? 'requester' : 'channel', view });
}

function presentShown({ incoming }: Turn, { audience, view }: Shown): Answer {
  return here({ card: 'request', audience: incoming.place === 'channel' ? 'channel' : audience, view });
}

export const show: Action<'request.show'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  return presentShown(turn, await showRequest(deps, person, { id: button.request }, origin, deadline));
};

export const history: Action<'request.history'> = async ({ deps, person, origin, deadline }, button) =>
  here(await showHistory(deps, person, { id: button.request }, button.page, origin, deadline));

export const approve: Action<'request.approve'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const wish = { verdict: 'approve' as const, comment: null, revision: button.revision };
  const { view } = await decide(deps, person, { id: button.request }, wish, origin, deadline);
  return present(turn, view);
};

export const askDecline: Action<'request.decline.ask'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const { view, roles } = await showRequest(deps, person, { id: button.request }, origin, deadline);
  if (view.request.state !== 'awaitingApproval') return present(turn, view);
  if (person.id === view.request.requester.id) return say('error.ownRequest');
  if (!roles.approver && !(roles.admin && view.request.approval.byAdmin)) return say('error.notApprover');
  return here({ card: 'decline', view });
};

export const decline: Action<'request.decline'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const wish = { verdict: 'decline' as const, comment: button.declineReason, revision: button.revision };
  const { view } = await decide(deps, person, { id: button.request }, wish, origin, deadline);
  return present(turn, view);
};

export const cancel: Action<'request.cancel'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const { view } = await cancelRequest(deps, person, { id: button.request }, origin, deadline);
  return present(turn, view);
};

/** "Try again" and "Ask again": a new request for the same person; nothing is started by the press itself. */
export const again: Action<'request.again'> = async ({ deps, person, origin, deadline }, button) => {
  const { view } = await showRequest(deps, person, { id: button.request }, null, deadline);
  const { request } = view;
  const isForOwner = isForAnother(request) && person.id !== request.owner.id;
  const target: Target = isForOwner ? { type: 'id' as const, personId: request.owner.id } : { type: 'self' as const };
  switch (request.operation) {
    case 'assign':
      return here(await assignAgain(deps, person, { id: request.id }, origin, deadline));
    case 'unassign':
      return here(await askUnassign(deps, person, target, origin, deadline));
    case 'reprovision':
      return here(await askReprovision(deps, person, target, origin, deadline));
  }
};

export const check: Action<'request.check'> = async (turn, button) =>
  presentShown(turn, await checkAgain(turn.deps, turn.person, { id: button.request }, turn.origin, turn.deadline));

export const signIn: Action<'request.signIn'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const found = await signInFor(deps, person, { id: button.request }, origin, deadline);
  return 'signIn' in found ? personally(found) : presentShown(turn, found);
};

export const askResend: Action<'request.resend.ask'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const { view, roles } = await showRequest(deps, person, { id: button.request }, origin, deadline);
  const isOpen = view.item?.state === 'needsOperator' && view.item.attempt === button.attempt;
  if (!isOpen) return present(turn, view);
  return roles.admin ? here({ card: 'confirmResend', view }) : say('error.notAdmin');
};

export const resend: Action<'request.resend'> = (turn, button) => choose(turn, button, 'startAgain');
export const treatAsStarted: Action<'request.treatAsStarted'> = (turn, button) =>
  choose(turn, button, 'treatAsStarted');
export const close: Action<'request.close'> = (turn, button) => choose(turn, button, 'close');

async function choose(
  turn: Turn,
  button: { request: string; attempt: number },
  choice: 'startAgain' | 'treatAsStarted' | 'close',
): Promise<Answer> {
  const { deps, person, origin, deadline } = turn;
  return presentShown(
    turn,
    await operate(deps, person, { id: button.request }, choice, button.attempt, origin, deadline),
  );
}
