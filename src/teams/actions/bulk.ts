// Buttons of bulk requests, from the choice to the end.
import { readTargets } from '../../domain/targets.ts';
import type { RequestView } from '../../domain/views.ts';
import { type BulkControl, controlBulk, readChoice, retryBulk } from '../../requests/bulk/control-bulk.ts';
import { listBulkItems, offerBulkFile } from '../../requests/bulk/list-bulk.ts';
import { chooseForBulk, emptyChoice, previewBulk } from '../../requests/bulk/preview-bulk.ts';
import { settleBulk, showUnsettled } from '../../requests/bulk/settle-bulk.ts';
import { submitBulk } from '../../requests/bulk/submit-bulk.ts';
import { type Answer, here, personally, type Turn } from '../turn.ts';
import type { Action } from './action.ts';

const isPersonal = ({ incoming }: Turn) => incoming.place === 'personal';

/** Where the card stands decides whose side it shows. */
function present({ incoming, person }: Turn, view: RequestView): Answer {
  const isRequester = incoming.place !== 'channel' && person.id === view.request.requester.id;
  return here({ card: 'request', audience: isRequester ? 'requester' : 'channel', view });
}

export const start: Action<'bulk.start'> = async (turn) => {
  const { deps, person, origin, deadline } = turn;
  const form = { choice: emptyChoice, problem: null, takesFiles: isPersonal(turn) };
  return here(await chooseForBulk(deps, person, form, origin, deadline));
};

export const change: Action<'bulk.change'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const choice = await readChoice(deps, person, button.request);
  return here(
    await chooseForBulk(deps, person, { choice, problem: null, takesFiles: isPersonal(turn) }, origin, deadline),
  );
};

export const choose: Action<'bulk.choose'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const failed = button.failed === true;
  const several = button.several === true;
  const group = button.group.trim();
  const selection = {
    ...readTargets(button.people),
    personIds: [],
    group: group === '' ? null : group,
    policy: button.policyId === null ? null : { id: button.policyId },
    failed,
    several,
    file: null,
  };
  const choice = { people: button.people, group, policyId: button.policyId, failed, several };
  const wish = { selection, choice, takesFiles: isPersonal(turn), retryOf: null };
  return here(await previewBulk(deps, person, wish, origin, deadline));
};

export const submit: Action<'bulk.submit'> = async ({ deps, incoming, person, origin, deadline }, button) => {
  const form = {
    reason: button.reason,
    confirmCount: button.confirmCount,
    osVersion: button.osVersion,
    accountType: button.accountType,
    duringMaintenance: button.maintenance === true,
    mail: button.mail === true,
    mailText: button.mailText === '' ? null : button.mailText,
  };
  const message = {
    conversationId: incoming.place === 'personal' ? (incoming.conversation?.conversationId ?? null) : null,
    activityId: incoming.place === 'personal' ? incoming.replyToId : null,
  };
  return here(await submitBulk(deps, person, button.request, form, message, origin, deadline));
};

export const items: Action<'bulk.items'> = async ({ deps, person, origin, deadline }, button) => {
  const wish = { filter: button.filter ?? ('all' as const), page: button.page };
  return here(await listBulkItems(deps, person, button.request, wish, origin, deadline));
};

/** The file goes to the person's OneDrive, if they agree; that is asked in the personal chat. */
export const exportList: Action<'bulk.export'> = async ({ deps, person, origin, deadline }, button) =>
  personally(await offerBulkFile(deps, person, button.request, origin, deadline));

export const pause: Action<'bulk.pause'> = (turn, button) => control(turn, button.request, 'pause');
export const resume: Action<'bulk.resume'> = (turn, button) => control(turn, button.request, 'resume');
export const stop: Action<'bulk.stop'> = (turn, button) => control(turn, button.request, 'stop');

async function control(turn: Turn, requestId: string, what: BulkControl): Promise<Answer> {
  const { deps, person, origin, deadline } = turn;
  return present(turn, await controlBulk(deps, person, requestId, what, origin, deadline));
}

export const retry: Action<'bulk.retry'> = async ({ deps, person, origin, deadline }, button) =>
  personally(await retryBulk(deps, person, button.request, origin, deadline));

export const askSettle: Action<'bulk.settle.ask'> = async ({ deps, person, origin, deadline }, button) =>
  here({ card: 'bulkSettle', view: await showUnsettled(deps, person, button.request, origin, deadline) });

export const settle: Action<'bulk.settle'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const { request, choice, attempts } = button;
  if (choice === 'startAgain')
    return here({ card: 'bulkResend', view: await showUnsettled(deps, person, request, origin, deadline) });
  const settling = { choice, attempts, confirmCount: null };
  return present(turn, await settleBulk(deps, person, request, settling, origin, deadline));
};

export const resend: Action<'bulk.resend'> = async (turn, button) => {
  const { deps, person, origin, deadline } = turn;
  const { request, attempts, confirmCount } = button;
  const settling = { choice: 'startAgain' as const, attempts, confirmCount };
  return present(turn, await settleBulk(deps, person, request, settling, origin, deadline));
};
