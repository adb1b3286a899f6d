// Every verb has exactly one action; the type sees to it.
import { readAsker } from '../../requests/asker.ts';
import { checkSetup } from '../../requests/check-setup.ts';
import { listCloudPcs, listRequests } from '../../requests/look-up.ts';
import { answerUseChannel } from '../commands/settings.ts';
import { here } from '../turn.ts';
import type { Actions } from './action.ts';
import * as assign from './assign.ts';
import * as bulk from './bulk.ts';
import * as reprovision from './reprovision.ts';
import * as request from './request.ts';

export const actions: Actions = {
  'reprovision.start': reprovision.start,
  'reprovision.choose': reprovision.choose,
  'person.choose': reprovision.choosePerson,
  'request.submit': reprovision.submit,
  'card.cancel': reprovision.close,
  'request.show': request.show,
  'request.history': request.history,
  'request.approve': request.approve,
  'request.decline.ask': request.askDecline,
  'request.decline': request.decline,
  'request.cancel': request.cancel,
  'request.again': request.again,
  'request.signIn': request.signIn,
  'request.check': request.check,
  'request.resend.ask': request.askResend,
  'request.resend': request.resend,
  'request.treatAsStarted': request.treatAsStarted,
  'request.close': request.close,
  'assign.submit': assign.submit,
  'assign.retry': assign.retry,
  'assign.resend.ask': assign.askResend,
  'assign.resend': assign.resend,
  'assign.close': assign.close,
  'unassign.submit': assign.submitBack,
  'bulk.start': bulk.start,
  'bulk.choose': bulk.choose,
  'bulk.change': bulk.change,
  'bulk.submit': bulk.submit,
  'bulk.items': bulk.items,
  'bulk.export': bulk.exportList,
  'bulk.pause': bulk.pause,
  'bulk.resume': bulk.resume,
  'bulk.stop': bulk.stop,
  'bulk.retry': bulk.retry,
  'bulk.settle.ask': bulk.askSettle,
  'bulk.settle': bulk.settle,
  'bulk.resend': bulk.resend,
  'cloudPcs.list': async ({ deps, person, origin, deadline }, button) =>
    here(await listCloudPcs(deps, person, button.page, origin, deadline)),
  'requests.list': async ({ deps, person, origin, deadline }, button) =>
    here(await listRequests(deps, person, { filter: button.filter ?? 'all', page: button.page }, origin, deadline)),
  'help.show': async ({ deps, person, deadline }) =>
    here({ card: 'help', roles: (await readAsker(deps, person.id, deadline)).roles }),
  'channel.use': (turn) => answerUseChannel(turn),
  'check.run': async ({ deps, person, origin, deadline }) => here(await checkSetup(deps, person, origin, deadline)),
};
