// The checker itself: a wrong call is reported, as exactly what is wrong with it, and a right one is not.
import assert from 'node:assert/strict';
import { checkAnswer, type GivenAnswer } from './checks/check-answer.ts';
import { checkCall, type SentCall } from './checks/check-call.ts';
import { moreFilters, moreOptions } from './checks/deviations.ts';
import { findOperations, isGraphVersion } from './description/index.ts';

const cloudPcs = '/beta/deviceManagement/virtualEndpoint/cloudPCs';
const headers = {
  'user-agent': 'CloudPcConcierge/0.1.0',
  'client-request-id': '11111111-0000-4000-8000-000000000001',
  authorization: 'Bearer token',
  accept: 'application/json',
  prefer: 'include-unknown-enum-members',
};

function get(target: string, more: Record<string, string | undefined> = {}): SentCall {
  return { method: 'GET', target, headers: { ...headers, ...more }, body: '' };
}

function post(target: string, body: unknown, more: Record<string, string | undefined> = {}): SentCall {
  const typed = { ...headers, 'content-type': 'application/json', ...more };
  return { method: 'POST', target, headers: typed, body: JSON.stringify(body) };
}

function batch(requests: readonly unknown[]): SentCall {
  return post('/beta/$batch', { requests });
}

const user = (id: number, more: object = {}) => ({
  id: String(id),
  method: 'GET',
  url: '/users/ada?$select=id',
  ...more,
});
const upnFilter = `$filter=${encodeURIComponent("userPrincipalName eq 'o''neil@contoso.com'")}`;
const mail = { message: { subject: 'Ready', body: { contentType: 'html', content: '' }, toRecipients: [] } };

describe('contract: a right call', () => {
  const right: [string, SentCall][] = [
    [
      'a list with a filter',
      get(`${cloudPcs}?$select=id,status,lastRemoteActionResult&${upnFilter}&$top=5&$count=true`),
    ],
    ['a nextLink', get(`${cloudPcs}?$select=id&$skiptoken=a%2Bb==`)],
    ['a function with parentheses', get(`${cloudPcs}/pc-1/getSupportedCloudPcRemoteActions()`)],
    ['a UPN with a quote and a slash in a path', get('/v1.0/users/o%27neil%2F%40contoso.com?$select=id')],
    [
      'a start without a body',
      { ...get('/v1.0/deviceManagement/virtualEndpoint/cloudPCs/pc-1/reprovision'), method: 'POST' },
    ],
    ['a start with options', post(`${cloudPcs}/pc-1/reprovision`, { osVersion: 'windows11' })],
    ['a mail', post('/v1.0/users/bot%40contoso.com/sendMail', { ...mail, saveToSentItems: false })],
    ['twenty parts', batch(Array.from({ length: 20 }, (_, index) => user(index)))],
    ['a search', get('/beta/users?$search=%22displayName%3Aada%22&$select=id', { consistencylevel: 'eventual' })],
    [
      'an installation',
      post('/v1.0/users/ada/teamwork/installedApps', {
        'teamsApp@odata.bind': 'https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/app-1',
      }),
    ],
  ];
  for (const [name, call] of right) {
    it(`When ${name} is sent, then nothing is reported`, () => {
      const { rules, violations } = checkCall(call);

      assert.deepEqual(violations, []);
      assert.ok(rules > 5);
    });
  }
});

describe('contract: a wrong call', () => {
  const wrong: [string, SentCall, string][] = [
    ['another version', get('/v2.0/users'), "version: 'v2.0' in /v2.0/users"],
    [
      'a path that is none',
      get(`${cloudPcs}/pc-1/reinstall`),
      'path: there is no /deviceManagement/virtualEndpoint/cloudPCs/pc-1/reinstall in beta',
    ],
    [
      'what only beta has',
      get('/v1.0/deviceManagement/virtualEndpoint/cloudPCs/pc-1/getSupportedCloudPcRemoteActions'),
      'path: there is no /deviceManagement/virtualEndpoint/cloudPCs/pc-1/getSupportedCloudPcRemoteActions in v1.0',
    ],
    [
      'another method',
      { ...get('/v1.0/groups/g-1/members/u-1'), method: 'DELETE' },
      'path: there is no /groups/g-1/members/u-1 in v1.0',
    ],
    [
      'a method that is not there',
      { ...get(`${cloudPcs}/pc-1`), method: 'DELETE' },
      'method: DELETE is not one of /deviceManagement/virtualEndpoint/cloudPCs/pc-1 in beta',
    ],
    [
      'an option that no page names',
      get(`${cloudPcs}?$orderby=displayName`),
      'query: $orderby is not documented for beta GET /deviceManagement/virtualEndpoint/cloudPCs',
    ],
    [
      'a word that is no option',
      get(`${cloudPcs}?top=2`),
      'query: top is not documented for beta GET /deviceManagement/virtualEndpoint/cloudPCs',
    ],
    ['an option twice', get(`${cloudPcs}?$top=2&$top=3`), 'query: $top stands there twice'],
    [
      'a misspelled property',
      get(`${cloudPcs}?$select=id,statos`),
      '$select: statos does not exist in the resource of beta GET /deviceManagement/virtualEndpoint/cloudPCs',
    ],
    [
      'a status of v1.0',
      get('/v1.0/deviceManagement/virtualEndpoint/cloudPCs?$select=id,status'),
      '$select: status does not exist in the resource of v1.0 GET /deviceManagement/virtualEndpoint/cloudPCs',
    ],
    [
      'a navigation that is none',
      get('/beta/deviceManagement/virtualEndpoint/userSettings?$expand=assignment'),
      '$expand: assignment does not exist in the resource of beta GET /deviceManagement/virtualEndpoint/userSettings',
    ],
    [
      'a filter that nobody has seen working',
      get(`${cloudPcs}?$filter=${encodeURIComponent("imageDisplayName eq 'x'")}`),
      '$filter: imageDisplayName eq is not documented for beta GET /deviceManagement/virtualEndpoint/cloudPCs',
    ],
    [
      'another operator',
      get(`${cloudPcs}?$filter=${encodeURIComponent("startswith(userPrincipalName,'x')")}`),
      '$filter: userPrincipalName startswith is not documented for beta GET /deviceManagement/virtualEndpoint/cloudPCs',
    ],
    [
      'a quote that is not doubled',
      get(`/beta/users?$filter=${encodeURIComponent("mail eq 'o'neil'")}`),
      "$filter: 'mail eq 'o'neil'' is not understood",
    ],
    ['a page too large', get('/v1.0/users?$top=1000'), '$top: 1000 is not from 1 to 999'],
    [
      'a misspelled member',
      post(`${cloudPcs}/pc-1/reprovision`, { osversion: 'windows11' }),
      'body: osversion is no member of beta POST /deviceManagement/virtualEndpoint/cloudPCs/{cloudPC-id}/reprovision',
    ],
    [
      'a misspelled member deep inside',
      post('/v1.0/users/ada/sendMail', {
        message: { ...mail.message, toRecipients: [{ emailAddress: { adress: 'x' } }] },
      }),
      'body: message/toRecipients/0/emailAddress/adress is no member of v1.0 POST /users/{user-id}/sendMail',
    ],
    [
      'a value that is none',
      post(`${cloudPcs}/pc-1/reprovision`, { osVersion: 'windows12' }),
      'body: /osVersion must be equal to one of the allowed values, /osVersion must be object, /osVersion must match a schema in anyOf in beta POST /deviceManagement/virtualEndpoint/cloudPCs/{cloudPC-id}/reprovision',
    ],
    [
      'a text for a Boolean',
      post('/v1.0/users/ada/sendMail', { ...mail, saveToSentItems: 'false' }),
      'body: /saveToSentItems must be boolean in v1.0 POST /users/{user-id}/sendMail',
    ],
    [
      'no body where one is needed',
      { ...post('/v1.0/users/ada/sendMail', {}, { 'content-type': undefined }), body: '' },
      'body: v1.0 POST /users/{user-id}/sendMail needs one',
    ],
    [
      'a body where there is none',
      post('/v1.0/me/cloudPCs/pc-1/reboot', {}),
      'body: v1.0 POST /me/cloudPCs/{cloudPC-id}/reboot takes none',
    ],
    [
      'a link that leads nowhere',
      post('/v1.0/users/ada/teamwork/installedApps', {
        'teamsApp@odata.bind': 'https://graph.microsoft.com/v1.0/apps/app-1',
      }),
      'body: teamsApp@odata.bind leads nowhere: https://graph.microsoft.com/v1.0/apps/app-1',
    ],
    ['no program name', get('/v1.0/users', { 'user-agent': 'node' }), "header: User-Agent is 'node'"],
    [
      'no request id',
      get('/v1.0/users', { 'client-request-id': undefined }),
      "header: client-request-id is 'undefined'",
    ],
    ['no token', get('/v1.0/users', { authorization: undefined }), 'header: there is no bearer token'],
    [
      'a body without a type',
      post(`${cloudPcs}/pc-1/reprovision`, {}, { 'content-type': undefined }),
      "header: Content-Type is 'undefined' for POST",
    ],
    [
      'no wish for newer words',
      get(`${cloudPcs}?$select=id`, { prefer: undefined }),
      'header: newer words are hidden in /deviceManagement/virtualEndpoint/cloudPCs',
    ],
    [
      'a search without its header',
      get('/beta/users?$search=%22displayName%3Aada%22'),
      'header: ConsistencyLevel is missing for /users',
    ],
    [
      '21 parts',
      batch(Array.from({ length: 21 }, (_, index) => user(index))),
      'batch: 21 parts, at most 20 are allowed',
    ],
    ['an id twice', batch([user(1), user(1)]), 'batch: ids of parts are not unique'],
    [
      'an absolute url',
      batch([user(1, { url: 'https://graph.microsoft.com/beta/users' })]),
      'batch: the url of part 1 is not relative to the version: https://graph.microsoft.com/beta/users',
    ],
    [
      'a url with its version',
      batch([user(1, { url: '/beta/users' })]),
      'batch: the url of part 1 is not relative to the version: /beta/users',
    ],
    [
      'a part with a body and no type',
      batch([{ id: '1', method: 'POST', url: '/users/ada/checkMemberGroups', body: { groupIds: [] } }]),
      "batch: Content-Type of part 1 is 'undefined'",
    ],
    [
      'a start in a batch',
      batch([{ id: '1', method: 'POST', url: '/deviceManagement/virtualEndpoint/cloudPCs/pc-1/reprovision' }]),
      'batch: part 1 is no read: POST /deviceManagement/virtualEndpoint/cloudPCs/pc-1/reprovision',
    ],
    [
      'a misspelled property in a part',
      batch([user(1, { url: '/users/ada?$select=mial' })]),
      '$select: mial does not exist in the resource of beta GET /users/{user-id}',
    ],
  ];
  for (const [name, call, violation] of wrong) {
    it(`When ${name} is sent, then exactly that is reported`, () => {
      const { violations } = checkCall(call);

      const expected =
        name === '21 parts'
          ? [violation, 'body: /requests must NOT have more than 20 items in beta POST /$batch']
          : [violation];
      assert.deepEqual([...violations].sort(), expected.sort());
    });
  }
});

describe('contract: an answer', () => {
  const base: GivenAnswer = {
    method: 'GET',
    target: `${cloudPcs}/pc-1?$select=id,status`,
    requestHeaders: headers,
    requestBody: '',
    status: 200,
    headers: { 'request-id': 'r-1', 'client-request-id': headers['client-request-id'] },
    body: '',
    deliberate: false,
  };
  const pc = {
    '@odata.context': 'http://127.0.0.1/beta/$metadata#deviceManagement/virtualEndpoint/cloudPCs/$entity',
    id: 'pc-1',
    status: 'provisioned',
  };
  const violationsOf = (more: Partial<GivenAnswer>, body: unknown) =>
    checkAnswer({ ...base, ...more, body: body === undefined ? '' : JSON.stringify(body) }).violations;

  it('When it is as described, then nothing is reported', () => {
    assert.deepEqual(violationsOf({}, pc), []);
    assert.deepEqual(violationsOf({ status: 404 }, { error: { code: 'x', message: 'y' } }), []);
    assert.deepEqual(
      violationsOf({ method: 'POST', target: `${cloudPcs}/pc-1/reprovision`, status: 204 }, undefined),
      [],
    );
  });

  const wrong: [string, Partial<GivenAnswer>, unknown, RegExp][] = [
    ['a status that no page has', { status: 202 }, undefined, /^status: 202 is not documented/],
    ['no body', {}, undefined, /^body: 200 of .* has none/],
    [
      'a body with 204',
      { method: 'POST', target: `${cloudPcs}/pc-1/reprovision`, status: 204 },
      {},
      /^body: 204 of .* has one/,
    ],
    ['a member that is none', { target: `${cloudPcs}/pc-1` }, { ...pc, statos: 'x' }, /^schema: statos is no member/],
    [
      'a word that is none',
      {},
      { ...pc, status: 'upgrading' },
      /^schema: \/status must be equal to one of the allowed values/,
    ],
    ['more than was selected', {}, { ...pc, displayName: 'x' }, /^\$select: displayName was not selected/],
    ['an annotation that is none', {}, { ...pc, '@odata.nextlink': 'x' }, /^schema: @odata.nextlink is no member/],
    ['no context', {}, { id: 'pc-1', status: 'provisioned' }, /^@odata: @odata.context of .* is 'undefined'/],
    [
      'another request id',
      { headers: { 'request-id': 'r-1', 'client-request-id': 'other' } },
      pc,
      /^ids: client-request-id is another/,
    ],
    ['an error without its envelope', { status: 503 }, { code: 'x' }, /^schema: must have required property 'error'/],
  ];
  for (const [name, more, body, violation] of wrong) {
    it(`When it has ${name}, then that is reported`, () => {
      assert.match(violationsOf(more, body)[0] ?? '', violation);
    });
  }

  it('When a part of a batch is missing or wrong, then that is reported, but not of a part that a test has put there', () => {
    const requestBody = JSON.stringify({ requests: [user(1), user(2)] });
    const responses = [{ id: '1', status: 200, headers: { 'Content-Type': 'application/json' }, body: { idd: 'x' } }];
    const answer = {
      ...base,
      method: 'POST',
      target: '/beta/$batch',
      requestBody,
      body: JSON.stringify({ responses }),
    };

    const honest = checkAnswer(answer).violations;
    const deliberate = checkAnswer({ ...answer, deliberate: ['1'] }).violations;

    assert.ok(honest.includes('batch: parts 1 2 are answered by 1'));
    assert.ok(honest.some((one) => one.startsWith("schema: must have required property 'id'") || one.includes('idd')));
    assert.deepEqual(deliberate, ['batch: parts 1 2 are answered by 1']);
  });
});

describe('contract: the deviations', () => {
  it('When the description itself allows what a line allows, then the line must go', () => {
    for (const { method, path, options } of moreOptions) {
      const found = ['v1.0', 'beta'].filter(isGraphVersion).flatMap((version) => findOperations(version, path));
      const operation = found.find((one) => one.method === method);
      assert.ok(operation, `${method} ${path}`);
      assert.deepEqual(
        options.filter((option) => operation.documentedOptions?.includes(option)),
        [],
      );
    }
    for (const { path } of moreFilters) assert.ok(findOperations('beta', path).length > 0, path);
  });
});
