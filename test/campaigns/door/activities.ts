// Every kind of activity that Teams sends to a bot, as the cast causes them, about what there is in the world.
import {
  type Activity,
  activityOf,
  botId,
  type CastMember,
  execute,
  installation,
  message,
  personOf,
  submit,
  teamId,
  tokenExchange,
  verifyState,
} from '../../fakes/teams.ts';
import { ssoConnection } from '../../fakes/token-service.ts';

/** What can be pressed and named. */
export interface Things {
  serviceUrl: string;
  /** Ada's, which waits for its approvals. */
  open: { id: string; code: string; revision: number };
  /** Ben's form, which he has not sent. */
  form: { id: string; revision: number; cloudPc: string };
  /** The messages in which they stand. */
  approvalMessage: string;
  approvalThread: string;
  formMessage: string;
}

export interface RealActivity {
  kind: string;
  activity: Activity;
}

const reason = 'Apps no longer start';

/** Fresh each time, so that none is taken for a second delivery. */
export function realActivities(things: Things): RealActivity[] {
  const all = [...messages(things), ...presses(things), ...invokes(things), ...events(things)];
  return all.map(({ kind, activity }) => ({ kind, activity: { ...activity, serviceUrl: things.serviceUrl } }));
}

function messages({ open, approvalThread }: Things): RealActivity[] {
  const thread = { thread: approvalThread };
  const typed = (kind: string, activity: Activity) => ({ kind: `message: ${kind}`, activity });
  const listed = message('bulk reprovision', { from: 'adam' });
  const download = {
    contentType: 'application/vnd.microsoft.teams.file.download.info',
    contentUrl: 'https://contoso-my.sharepoint.com/personal/adam/Documents/list.csv',
    name: 'list.csv',
    content: { downloadUrl: 'https://contoso-my.sharepoint.com/list', uniqueId: 'file-1', fileType: 'csv' },
  };
  const html = { contentType: 'text/html', content: '<div><div>bulk reprovision</div></div>' };
  return [
    typed('help', message('help', { from: 'cleo' })),
    typed('own Cloud PCs', message('my cloud pcs', { from: 'ben' })),
    typed('status in the channel', message('status', { from: 'ivan', where: thread })),
    typed('words in a group', message('status', { from: 'ben', where: 'groupChat' })),
    typed('asking', message('reprovision my Cloud PC', { from: 'ben' })),
    typed('asking for somebody', message('reprovision <at>Owen</at>', { from: 'adam', mentions: ['owen'] })),
    typed('approve', message(`approve ${open.code}`, { from: 'ivan' })),
    typed('decline', message(`decline ${open.code} please restart first`, { from: 'ines', where: thread })),
    typed('cancel', message(`cancel ${open.code}`, { from: 'ada' })),
    typed('language', message('language fr', { from: 'owen' })),
    typed('settings', message('use this channel for approvals', { from: 'adam', where: thread })),
    typed('pause', message('resume starts', { from: 'adam' })),
    typed('with files', { ...listed, attachments: [html, download] }),
    typed('edited', {
      ...message('help', { from: 'cleo' }),
      channelData: { ...listed.channelData, eventType: 'editMessage' },
    }),
  ];
}

function presses({ open, form, approvalMessage, approvalThread, formMessage }: Things): RealActivity[] {
  const where = { thread: approvalThread };
  const on = { request: open.id, revision: open.revision };
  const press = (from: CastMember, verb: string, data: Record<string, unknown> = {}, more = {}) => ({
    kind: `adaptiveCard/action: ${verb}`,
    activity: execute({ from, verb, data, ...more }),
  });
  const submitted = {
    request: form.id,
    revision: form.revision,
    cloudPc: form.cloudPc,
    reason,
    saved: 'true',
    mail: 'true',
  };
  const automatic = execute({ from: 'ivan', verb: 'request.show', data: on, replyToId: approvalMessage, where });
  return [
    press('ivan', 'request.approve', on, { replyToId: approvalMessage, where }),
    press('ines', 'request.decline', { ...on, declineReason: 'no' }, { replyToId: approvalMessage, where }),
    press('ivan', 'request.decline.ask', on, { replyToId: approvalMessage, where }),
    press('ada', 'request.cancel', on),
    press('ben', 'request.submit', submitted, { replyToId: formMessage }),
    press('ben', 'reprovision.choose', { request: form.id, revision: form.revision, cloudPc: form.cloudPc }),
    press('adam', 'request.history', { ...on, page: 1 }),
    press('adam', 'request.resend', { ...on, attempt: 1 }),
    press('adam', 'bulk.choose', { people: 'ada@contoso.com\nben@contoso.com', group: '', policyId: 'none' }),
    press('ivan', 'requests.list', { page: '1', filter: 'open' }),
    press('cleo', 'help.show'),
    {
      kind: 'adaptiveCard/action: refresh',
      activity: { ...automatic, value: { ...automatic.value, trigger: 'automatic' } },
    },
    {
      kind: 'message: Action.Submit',
      activity: submit({ from: 'ivan', verb: 'request.approve', data: on, replyToId: approvalMessage, where }),
    },
  ];
}

function invokes({ open, formMessage }: Things): RealActivity[] {
  const invoke = (from: CastMember, name: string, value: unknown) => ({
    kind: name,
    activity: { ...activityOf(from, 'personal', ''), type: 'invoke', name, value },
  });
  const context = { request: open.id, what: 'bulkList' };
  const uploadInfo = {
    contentUrl: 'https://contoso-my.sharepoint.com/personal/adam/Documents/list.csv',
    uploadUrl: 'https://contoso-my.sharepoint.com/personal/adam/upload?guid=1',
    name: 'list.csv',
    uniqueId: 'file-2',
    fileType: 'csv',
  };
  const asked = (answer: object) => {
    const given = invoke('adam', 'fileConsent/invoke', { type: 'fileUpload', context, ...answer });
    return { ...given, activity: { ...given.activity, replyToId: formMessage } };
  };
  const exchange = { id: 'exchange-1', connectionName: ssoConnection, token: 'token-of-a-client' };
  return [
    asked({ action: 'accept', uploadInfo }),
    asked({ action: 'decline' }),
    { kind: 'signin/tokenExchange', activity: tokenExchange('ada', exchange) },
    { kind: 'signin/verifyState', activity: verifyState('ada', '123456') },
    invoke('ada', 'signin/failure', { code: 'installappfailed', message: 'x' }),
    invoke('ben', 'composeExtension/query', { commandId: 'search', parameters: [{ name: 'q', value: 'x' }] }),
    invoke('ben', 'task/fetch', { data: { type: 'task/fetch' }, context: { theme: 'dark' } }),
    invoke('ivan', 'message/submitAction', { actionName: 'feedback', actionValue: { reaction: 'like' } }),
    invoke('adam', 'config/fetch', { data: {} }),
  ];
}

function events({ approvalMessage, approvalThread }: Things): RealActivity[] {
  const where = { thread: approvalThread };
  const event = (type: string, from: CastMember, changes: Activity, place: 'personal' | typeof where = 'personal') => ({
    kind: [type, changes.channelData?.eventType ?? changes.action ?? ''].join(' ').trim(),
    activity: { ...activityOf(from, place, ''), type, ...changes },
  });
  const team = { id: teamId, name: 'IT', aadGroupId: 'aaaaaaaa-0001-4000-8000-000000000001' };
  const inTeam = (eventType: string) => ({ ...activityOf('adam', where, '').channelData, eventType, team });
  const { id, name } = personOf('owen');
  const reaction = { replyToId: approvalMessage, reactionsAdded: [{ type: 'like' }] };
  return [
    event(
      'conversationUpdate',
      'adam',
      { membersAdded: [{ id: botId }], channelData: inTeam('teamMemberAdded') },
      where,
    ),
    event('conversationUpdate', 'adam', { membersAdded: [{ id: `29:${id}`, aadObjectId: id, name }] }, where),
    event(
      'conversationUpdate',
      'adam',
      { membersRemoved: [{ id: `29:${id}` }], channelData: inTeam('teamMemberRemoved') },
      where,
    ),
    event('conversationUpdate', 'adam', { channelData: inTeam('channelRenamed') }, where),
    event('conversationUpdate', 'adam', { channelData: inTeam('teamArchived') }, where),
    { kind: 'installationUpdate add', activity: installation('add', 'owen') },
    { kind: 'installationUpdate add-upgrade', activity: installation('add-upgrade', 'adam', where) },
    { kind: 'installationUpdate remove', activity: installation('remove', 'owen') },
    event('messageReaction', 'ivan', reaction, where),
    event('messageUpdate', 'ada', {
      text: 'reprovision my Cloud PC',
      channelData: {
        eventType: 'editMessage',
        tenant: { id: activityOf('ada', 'personal', '').conversation.tenantId },
      },
    }),
    event('messageDelete', 'ada', {}),
    event('typing', 'ben', {}),
    event('event', 'ben', { name: 'application/vnd.microsoft.readReceipt', value: { lastReadMessageId: '1' } }),
    event('endOfConversation', 'ben', { code: 'completedSuccessfully' }),
  ];
}
