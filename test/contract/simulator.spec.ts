// The simulator against the contract of Microsoft Graph: schemas, documented rules, and the faults that tests rely on.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import {
  demoCloudPcs,
  demoGroups,
  demoMailboxes,
  demoPeople,
  demoPolicies,
  demoTeamsApp,
  type Simulator,
  startSimulator,
} from '../../src/simulator/index.ts';
import { assertFits } from './assert-fits.ts';
import type { GraphVersion } from './description/index.ts';
import { sentByTest } from './recorder.ts';

// biome-ignore lint/suspicious/noExplicitAny: an answer is read as the test expects it, and fails where it is not so
type Json = Record<string, any>;

const virtualEndpoint = '/deviceManagement/virtualEndpoint';
const cloudPcs = `${virtualEndpoint}/cloudPCs`;
const ada = `${cloudPcs}/${demoCloudPcs.ada}`;
const watched =
  '$select=id,status,provisionedDateTime,lastRemoteActionResult,managedDeviceName,managedDeviceId,osVersion';
const newerMembers = { Prefer: 'include-unknown-enum-members' };
const buildMs = 10_000;

describe('simulator', () => {
  let simulator: Simulator;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = Date.parse('2026-11-23T13:00:00Z');
    simulator = await startSimulator({ now: () => nowMs, buildMs });
  });

  afterEach(() => simulator.close());

  async function ask(method: string, pathAndQuery: string, body?: unknown, headers: Record<string, string> = {}) {
    const url = pathAndQuery.startsWith('http') ? pathAndQuery : simulator.url + pathAndQuery;
    const response = await fetch(url, {
      method,
      headers: { ...sentByTest, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : undefined) as Json };
  }

  const read = (pathAndQuery: string, headers?: Record<string, string>) => ask('GET', pathAndQuery, undefined, headers);
  const filtered = (path: string, filter: string) => read(`${path}?$filter=${encodeURIComponent(filter)}`);
  const idsOf = (answer: { body: Json }): string[] => answer.body.value.map((item: Json) => item.id);
  const adaNow = async () => (await read(`/beta${ada}?${watched}`)).body;

  describe('schemas', () => {
    const readable: [GraphVersion, string, string][] = [
      ['v1.0', cloudPcs, 'cloudPCCollectionResponse'],
      ['beta', cloudPcs, 'cloudPCCollectionResponse'],
      ['v1.0', ada, 'cloudPC'],
      ['beta', ada, 'cloudPC'],
      ['beta', `${ada}?${watched},lastLoginResult,userAccountType,powerState,connectivityResult`, 'cloudPC'],
      ['v1.0', '/deviceManagement/virtualEndpoint/provisioningPolicies', 'cloudPcProvisioningPolicyCollectionResponse'],
      [
        'beta',
        '/deviceManagement/virtualEndpoint/provisioningPolicies?$expand=assignments',
        'cloudPcProvisioningPolicyCollectionResponse',
      ],
      [
        'beta',
        '/deviceManagement/virtualEndpoint/userSettings?$expand=assignments',
        'cloudPcUserSettingCollectionResponse',
      ],
      ['v1.0', '/deviceManagement/virtualEndpoint/userSettings', 'cloudPcUserSettingCollectionResponse'],
      ['v1.0', '/users', 'userCollectionResponse'],
      ['beta', '/users/ada@contoso.com', 'user'],
      ['v1.0', `/users/${demoPeople.ada}?$select=id,accountEnabled,usageLocation,preferredLanguage`, 'user'],
      ['v1.0', '/groups', 'groupCollectionResponse'],
      ['v1.0', `/groups/${demoGroups.admins}`, 'group'],
      ['beta', '/groups?$select=id,displayName,assignedLicenses', 'groupCollectionResponse'],
      ['v1.0', '/subscribedSkus', 'subscribedSkuCollectionResponse'],
      ['beta', '/subscribedSkus?$select=skuId,prepaidUnits,servicePlans', 'subscribedSkuCollectionResponse'],
      ['beta', `/users/${demoPeople.ben}?$select=id,assignedLicenses,licenseAssignmentStates`, 'user'],
      ['beta', `${virtualEndpoint}/frontLineServicePlans`, 'cloudPcFrontLineServicePlanCollectionResponse'],
      ['v1.0', '/appCatalogs/teamsApps', 'teamsAppCollectionResponse'],
      ['beta', '/nowhere', 'ODataErrors.ODataError'],
      [
        'beta',
        `${ada}/getSupportedCloudPcRemoteActions`,
        'inline.cloud_p_cs.get_supported_cloud_pc_remote_actions.GetSupportedCloudPcRemoteActionsGetResponse',
      ],
    ];

    for (const [version, path, schema] of readable) {
      it(`When GET /${version}${path} is answered, then it fits ${schema}`, async () => {
        const { body } = await read(`/${version}${path}`);

        assertFits(version, schema, body);
      });
    }

    it('When v1.0 is asked for the status of a Cloud PC, then it is refused, for v1.0 has none', async () => {
      const { status, body } = await read(`/v1.0${ada}?$select=id,status`);

      assert.equal(status, 400);
      assertFits('v1.0', 'ODataErrors.ODataError', body);
    });

    it('When nothing is selected, then what comes only with $select is missing; when it is, only that comes', async () => {
      const usual = await read(`/beta${ada}`);
      const selected = await read(`/beta${ada}?$select=id,lastLoginResult`);

      assert.equal('lastLoginResult' in usual.body, false);
      assert.equal(usual.body.status, 'provisioned');
      assert.deepEqual(Object.keys(selected.body), ['@odata.context', 'id', 'lastLoginResult']);
    });

    it('When newer members are not preferred, then they arrive as unknownFutureValue', async () => {
      simulator.tenant.changeCloudPc(demoCloudPcs.ada, { status: 'preparing', provisioningType: 'reserve' });

      const plain = await read(`/beta${ada}`);
      const preferring = await read(`/beta${ada}`, newerMembers);
      const v1 = await read(`/v1.0${ada}`, newerMembers);

      assert.equal(plain.body.status, 'unknownFutureValue');
      assert.equal(preferring.body.status, 'preparing');
      assert.equal(v1.body.provisioningType, 'unknownFutureValue');
    });
  });

  describe('requests', () => {
    it('When a request carries a client-request-id, then the answer echoes it beside its own request-id', async () => {
      const { headers, body } = await read('/v1.0/users/nobody', { 'client-request-id': 'c-1' });

      assert.equal(headers.get('client-request-id'), 'c-1');
      assert.equal(body.error.code, 'Request_ResourceNotFound');
      assert.equal(body.error.innerError['request-id'], headers.get('request-id'));
      assert.equal(body.error.innerError['client-request-id'], 'c-1');
    });

    it('When requests come, then they are recorded with what a test may want to know', async () => {
      await read(`/beta${ada}?$select=id`, { ...newerMembers, 'User-Agent': 'spec', 'client-request-id': 'c-2' });

      assert.deepEqual(simulator.requests, [
        {
          method: 'GET',
          path: ada,
          version: 'beta',
          query: { $select: 'id' },
          body: undefined,
          status: 200,
          at: nowMs,
          headers: { clientRequestId: 'c-2', userAgent: 'spec', prefer: 'include-unknown-enum-members' },
        },
      ]);
    });

    it('When a path, a method or a version is unknown, then 404 or 405', async () => {
      const betaOnly = await read(`/v1.0${ada}/getSupportedCloudPcRemoteActions`);

      assert.equal((await read('/v2.0/users')).status, 404);
      assert.equal((await ask('POST', '/v1.0/users', {})).status, 405);
      assert.equal(betaOnly.status, 404);
      assert.equal((await read(`/beta${cloudPcs}/00000000-0000-4000-8000-000000000000`)).status, 404);
    });

    it('When the User-Agent is missing, then Cloud PC endpoints answer 403 and others do not care', async () => {
      const statusOf = (path: string) =>
        new Promise((resolve) =>
          get(simulator.url + path, { headers: sentByTest }, (answer) => resolve(answer.resume().statusCode)),
        );

      assert.equal(await statusOf(`/beta${cloudPcs}`), 403);
      assert.equal(await statusOf('/v1.0/users'), 200);
    });

    it('When a token is set, then a request without it gets 401 and changes nothing', async () => {
      const guarded = await startSimulator({ token: 'secret' });
      try {
        const refused = await fetch(`${guarded.url}/v1.0${ada}/reprovision`, { method: 'POST', headers: sentByTest });
        const headers = { ...sentByTest, Authorization: 'Bearer secret' };
        const accepted = await fetch(`${guarded.url}/v1.0/users`, { headers });

        assert.equal(refused.status, 401);
        assert.equal(accepted.status, 200);
        assert.deepEqual(guarded.tenant.reprovisionPosts(), { received: 1, applied: 0 });
      } finally {
        await guarded.close();
      }
    });
  });

  describe('filters and pages', () => {
    it('When a UPN with an apostrophe is looked for, then its quote must be doubled', async () => {
      const doubled = await filtered('/v1.0/users', "userPrincipalName eq 'O''Neil@contoso.com'");
      const plain = await filtered('/v1.0/users', "userPrincipalName eq 'o'neil@contoso.com'");

      assert.deepEqual(idsOf(doubled), [demoPeople.owen]);
      assert.equal(plain.status, 400);
      assert.equal((await read("/v1.0/users/o'neil@contoso.com")).body.id, demoPeople.owen);
    });

    it('When conditions are joined, then and binds before or, and parentheses before both', async () => {
      const ofBen = "userPrincipalName eq 'BEN@contoso.com'";
      const states = "(status eq 'failed' or status eq 'provisionedWithWarnings')";
      const joined = await filtered(`/beta${cloudPcs}`, `${ofBen} and ${states}`);
      const loose = await filtered(`/beta${cloudPcs}`, `status eq 'failed' or ${ofBen} and status ne 'provisioned'`);
      const ofPolicy = await filtered(
        `/beta${cloudPcs}`,
        `provisioningPolicyId eq '${demoPolicies.designNorthEurope}'`,
      );
      const either = "provisioningPolicyId eq 'nowhere' or status eq 'provisioned'";
      const oneOf = await filtered(
        `/beta${cloudPcs}`,
        `id eq '${demoCloudPcs.ada.toUpperCase()}' or id eq 'nobody' or id eq '${demoCloudPcs.benDesign}'`,
      );
      const mixed = await filtered(`/beta${cloudPcs}`, either);
      const named = await filtered('/v1.0/users', "startswith(displayName,'i') or mail eq 'ada@contoso.com'");

      assert.deepEqual(idsOf(joined), [demoCloudPcs.benOffice]);
      assert.deepEqual(idsOf(loose), [demoCloudPcs.benOffice]);
      assert.deepEqual(idsOf(ofPolicy), [demoCloudPcs.benDesign]);
      assert.deepEqual(idsOf(oneOf), [demoCloudPcs.ada, demoCloudPcs.benDesign]);
      assert.deepEqual(idsOf(mixed), [demoCloudPcs.ada, demoCloudPcs.benDesign]);
      assert.deepEqual(idsOf(named), [demoPeople.ada, demoPeople.ivan, demoPeople.ines]);
    });

    const refused = [
      "id in ('a','b')",
      "not status eq 'failed'",
      "contains(displayName,'x')",
      "nothing eq 'x'",
      "status eq 'failed' or",
      "(status eq 'failed'",
      "status eq failed'",
      'status gt 5',
      '',
    ];
    for (const filter of refused) {
      it(`When the filter is "${filter}", then 400`, async () => {
        const { status, body } = await filtered(`/beta${cloudPcs}`, filter);

        assert.equal(status, 400);
        assertFits('beta', 'ODataErrors.ODataError', body);
      });
    }

    it('When an option is not documented for a collection, then 400', async () => {
      assert.equal((await read(`/beta${cloudPcs}?$orderby=status`)).status, 400);
      assert.equal((await read(`/beta${cloudPcs}?$skip=1`)).status, 400);
    });

    it('When there is more than a page, then the nextLinks lead through all of it, with the query kept', async () => {
      simulator.tenant.paging.pageSize = 2;
      const query = `$select=id&$filter=${encodeURIComponent("startswith(displayName,'o') or startswith(displayName,'d')")}`;
      const first = await read(`/beta${cloudPcs}?${query}&$top=1&$count=true`);
      const second = await read(first.body['@odata.nextLink']);
      const third = await read(second.body['@odata.nextLink']);

      assert.equal(first.body['@odata.count'], 3);
      assert.deepEqual([first, second, third].flatMap(idsOf), Object.values(demoCloudPcs));
      assert.deepEqual(Object.keys(third.body.value[0]), ['id']);
      assert.equal(third.body['@odata.nextLink'], undefined);
    });

    it('When the tenant serves an empty page first, then its nextLink leads on', async () => {
      simulator.tenant.paging.emptyFirstPage = true;
      const first = await read(`/beta${cloudPcs}`);
      const second = await read(first.body['@odata.nextLink']);

      assertFits('beta', 'cloudPCCollectionResponse', first.body);
      assert.deepEqual(first.body.value, []);
      assert.equal(second.body.value.length, 3);
      assert.equal((await read(`/beta${cloudPcs}?$skiptoken=made-up`)).status, 400);
    });
  });

  describe('directory, mail and Teams', () => {
    const groupsOf = (person: string, groupIds: unknown) =>
      ask('POST', `/v1.0/users/${person}/checkMemberGroups`, { groupIds });

    it('When memberships are checked, then also those through other groups count', async () => {
      const asked = [demoGroups.resetAllowed, demoGroups.admins, 'ffffffff-0000-4000-8000-000000000000'];
      const { body } = await groupsOf('ben@contoso.com', asked);

      assertFits('v1.0', 'inline.users.check_member_groups.CheckMemberGroupsPostResponse', body);
      assert.deepEqual(body.value, [demoGroups.resetAllowed]);
    });

    it('When groups contain each other, then the check still ends', async () => {
      simulator.tenant.addMember(demoGroups.vip, demoGroups.admins);
      simulator.tenant.addMember(demoGroups.admins, demoGroups.vip);

      assert.deepEqual((await groupsOf(demoPeople.adam, [demoGroups.vip])).body.value, [demoGroups.vip]);
      assert.deepEqual((await groupsOf(demoPeople.ada, [demoGroups.vip])).body.value, []);
    });

    it('When more than 20 groups, or none, are checked, then 400', async () => {
      const ids = Array.from({ length: 21 }, () => demoGroups.vip);

      assert.equal((await groupsOf(demoPeople.ada, ids)).status, 400);
      assert.equal((await groupsOf(demoPeople.ada, ids.slice(1))).status, 200);
      assert.equal((await groupsOf(demoPeople.ada, undefined)).status, 400);
      assert.equal((await groupsOf('nobody@contoso.com', [])).status, 404);
    });

    it('When a mail is sent, then it is accepted without a body and kept', async () => {
      const message = {
        subject: 'Ready',
        body: { contentType: 'HTML', content: '<p>Ready</p>' },
        toRecipients: [{ emailAddress: { address: 'ada@contoso.com' } }],
      };
      const answer = await ask('POST', `/v1.0/users/${demoMailboxes.sender}/sendMail`, {
        message,
        saveToSentItems: false,
      });

      assert.equal(answer.status, 202);
      assert.equal(answer.body, undefined);
      assert.deepEqual(simulator.tenant.mails, [
        { from: demoMailboxes.sender, message, saveToSentItems: false, at: nowMs },
      ]);
    });

    const toAda = [{ emailAddress: { address: 'ada@contoso.com' } }];
    const badMails: [string, unknown][] = [
      ['no message', {}],
      ['no recipient', { message: { subject: 'x' } }],
      ['an address that is none', { message: { toRecipients: [{ emailAddress: { address: 'ada' } }] } }],
      ['an unknown content type', { message: { toRecipients: toAda, body: { contentType: 'markdown', content: '' } } }],
      [
        'a header without x-',
        { message: { toRecipients: toAda, internetMessageHeaders: [{ name: 'Subject', value: '' }] } },
      ],
      ['a text as saveToSentItems', { message: { toRecipients: toAda }, saveToSentItems: 'false' }],
    ];
    for (const [fault, body] of badMails) {
      it(`When a mail has ${fault}, then 400 and nothing is kept`, async () => {
        const { status } = await ask('POST', `/v1.0/users/${demoMailboxes.sender}/sendMail`, body);

        assert.equal(status, 400);
        assert.deepEqual(simulator.tenant.mails, []);
      });
    }

    it('When the sender has no mailbox, then 404', async () => {
      simulator.tenant.changePerson('cleo@contoso.com', { mail: null });
      const { status, body } = await ask('POST', '/v1.0/users/cleo@contoso.com/sendMail', {
        message: { toRecipients: toAda },
      });

      assert.equal(status, 404);
      assert.equal(body.error.code, 'MailboxNotEnabledForRESTAPI');
    });

    it('When the app is installed for a person, then it is found with its chat, and a second time is a conflict', async () => {
      const installed = `/v1.0/users/${demoPeople.ada}/teamwork/installedApps`;
      const catalog = await filtered('/v1.0/appCatalogs/teamsApps', `externalId eq '${demoTeamsApp.externalId}'`);
      const [appId] = idsOf(catalog);
      const bind = { 'teamsApp@odata.bind': `https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/${appId}` };
      const first = await ask('POST', installed, bind);
      const second = await ask('POST', installed, bind);
      const list = await read(
        `${installed}?$expand=teamsApp&$filter=${encodeURIComponent(`teamsApp/id eq '${appId}'`)}`,
      );
      const chat = await read(`${installed}/${encodeURIComponent(list.body.value[0].id)}/chat`);

      assert.deepEqual([first.status, second.status], [201, 409]);
      assertFits('v1.0', 'userScopeTeamsAppInstallationCollectionResponse', list.body);
      assert.equal(list.body.value[0].teamsApp.externalId, demoTeamsApp.externalId);
      assertFits('v1.0', 'chat', chat.body);
      assert.equal(chat.body.chatType, 'oneOnOne');
    });
  });

  describe('the life of a reprovision', () => {
    const reprovision = (id: string = demoCloudPcs.ada, body?: unknown) =>
      ask('POST', `/v1.0${cloudPcs}/${id}/reprovision`, body);

    it('When it is accepted, then the old state lingers, then it builds, then a new machine is ready', async () => {
      const before = await adaNow();
      const accepted = await reprovision(demoCloudPcs.ada, { osVersion: 'windows10', userAccountType: null });
      nowMs += buildMs * 0.05 - 1;
      const lingering = await adaNow();
      nowMs += 1;
      const building = await adaNow();
      nowMs += buildMs * 0.95;
      const ready = await adaNow();

      assert.equal(accepted.status, 204);
      assert.deepEqual(lingering, before);
      assert.equal(building.status, 'provisioning');
      assert.equal(building.provisionedDateTime, before.provisionedDateTime);
      assert.equal(building.lastRemoteActionResult.actionName, 'Reprovision');
      assert.equal(building.lastRemoteActionResult.actionState, 'active');
      assert.equal(building.lastRemoteActionResult.startDateTime, '2026-11-23T13:00:00.000Z');
      assert.equal(building.managedDeviceId, null);
      assert.equal(ready.status, 'provisioned');
      assert.equal(ready.provisionedDateTime, '2026-11-23T13:00:10.000Z');
      assert.equal(ready.lastRemoteActionResult.actionState, 'done');
      assert.equal(ready.managedDeviceName, 'CPC-ada-9X2LM');
      assert.equal(ready.osVersion, 'windows10');
      assert.notEqual(ready.managedDeviceId, before.managedDeviceId);
      for (const state of [building, ready]) assertFits('beta', 'cloudPC', state);
    });

    it('When a build runs, even unseen, then a second POST is a conflict and the action is not offered', async () => {
      const offered = async () => {
        const { body } = await read(`/beta${ada}/getSupportedCloudPcRemoteActions()`);
        return body.value.find((action: Json) => action.actionName === 'reprovision').actionCapability;
      };
      const before = await offered();
      await reprovision();
      const during = await offered();

      assert.equal((await reprovision()).status, 409);
      assert.deepEqual([before, during], ['enabled', 'disabled']);
      assert.deepEqual(simulator.tenant.reprovisionPosts(demoCloudPcs.ada), { received: 2, applied: 1 });
      assert.deepEqual(simulator.tenant.reprovisionPosts(demoCloudPcs.benOffice), { received: 0, applied: 0 });
    });

    it('When the status forbids it, then 400', async () => {
      simulator.tenant.changeCloudPc(demoCloudPcs.ada, { status: 'inGracePeriod' });
      const { status, body } = await reprovision();

      assert.equal(status, 400);
      assertFits('v1.0', 'ODataErrors.ODataError', body);
    });

    for (const body of [{ osVersion: 'windows12' }, { userAccountType: 'root' }, { keepFiles: true }, [], 'text']) {
      it(`When the body is ${JSON.stringify(body)}, then 400 and nothing starts`, async () => {
        assert.equal((await reprovision(demoCloudPcs.ada, body)).status, 400);
        assert.equal(simulator.tenant.reprovisionPosts().applied, 0);
      });
    }

    it('When scripts are given, then builds follow them one after the other', async () => {
      const statusDetail = { code: 'licenseNotFound', message: 'No licence.', additionalInformation: [] };
      simulator.tenant.nextBuild(demoCloudPcs.ada, { outcome: 'failed', buildMs: 100, statusDetail });
      simulator.tenant.nextBuild(demoCloudPcs.ada, { outcome: 'provisionedWithWarnings', buildMs: 100, lagMs: 0 });
      await reprovision();
      nowMs += 100;
      const failed = (await read(`/beta${ada}`)).body;
      await reprovision();
      const again = await adaNow();
      nowMs += 100;
      const warned = (await read(`/beta${ada}`)).body;
      const results = (await read(`/beta${ada}/retrieveCloudPcRemoteActionResults`)).body;

      assert.equal(failed.status, 'failed');
      assert.deepEqual(failed.statusDetail, statusDetail);
      assert.equal(failed.provisionedDateTime, '2026-03-12T09:22:00Z');
      assert.equal(again.status, 'provisioning');
      assert.equal(warned.status, 'provisionedWithWarnings');
      assert.match(warned.managedDeviceName, /^CPC-ada-\w{5}$/);
      assertFits(
        'beta',
        'inline.cloud_p_cs.retrieve_cloud_p_c_remote_action_results.RetrieveCloudPCRemoteActionResultsGetResponse',
        results,
      );
      assert.deepEqual(
        results.value.map((result: Json) => result.actionState),
        ['failed', 'done'],
      );
    });

    it('When a build never ends, then it builds until the status is changed', async () => {
      simulator.tenant.nextBuild(demoCloudPcs.ada, { outcome: 'never' });
      await reprovision();
      nowMs += 1000 * buildMs;
      const building = await adaNow();
      simulator.tenant.changeCloudPc(demoCloudPcs.ada, { status: 'failed' });

      assert.equal(building.status, 'provisioning');
      assert.equal((await adaNow()).status, 'failed');
    });

    it('When the build gives a new id, then the old one is gone and its like stands in its place', async () => {
      const before = (await read(`/beta${ada}`)).body;
      simulator.tenant.nextBuild(demoCloudPcs.ada, { outcome: 'newId' });
      await reprovision();
      nowMs += buildMs;
      const list = await filtered(`/beta${cloudPcs}`, "userPrincipalName eq 'ada@contoso.com'");
      const [successor] = list.body.value;

      assert.equal((await read(`/beta${ada}`)).status, 404);
      assert.equal(list.body.value.length, 1);
      assert.notEqual(successor.id, before.id);
      assert.equal(successor.servicePlanId, before.servicePlanId);
      assert.equal(successor.provisioningPolicyId, before.provisioningPolicyId);
    });

    it('When the Cloud PC vanishes, then nothing stands in its place', async () => {
      simulator.tenant.nextBuild(demoCloudPcs.ada, { outcome: 'vanish' });
      await reprovision();
      nowMs += buildMs;

      assert.equal((await read(`/beta${ada}`)).status, 404);
      assert.equal((await read(`/beta${cloudPcs}`)).body.value.length, 2);
    });

    it('When somebody reprovisions in Intune, then it builds without a POST', async () => {
      simulator.tenant.reprovisionInIntune(demoCloudPcs.ada, { outcome: 'provisioned', lagMs: 0 });

      assert.equal((await adaNow()).status, 'provisioning');
      assert.equal((await reprovision()).status, 409);
      assert.deepEqual(simulator.tenant.reprovisionPosts(), { received: 1, applied: 0 });
      assert.throws(() => simulator.tenant.reprovisionInIntune(demoCloudPcs.ada), /busy/);
    });
  });

  describe('batches', () => {
    const batch = (requests: unknown, headers?: Record<string, string>) =>
      ask('POST', '/beta/$batch', { requests }, headers);
    const partsById = (answer: { body: Json }): Record<string, Json> =>
      Object.fromEntries(answer.body.responses.map((part: Json) => [part.id, part]));
    const json = { 'Content-Type': 'application/json' };

    it('When parts are answered, then each has its own status, and their order is not that of the request', async () => {
      const requests = [
        { id: '1', method: 'GET', url: '/users/ada@contoso.com?$select=id' },
        { id: '2', method: 'GET', url: `${cloudPcs}/unknown` },
        { id: '3', method: 'POST', url: `${ada}/reprovision`, headers: json },
        {
          id: '4',
          method: 'POST',
          url: `/users/${demoPeople.ada}/checkMemberGroups`,
          headers: json,
          body: { groupIds: [] },
        },
      ];
      const answer = await batch(requests);
      const parts = partsById(answer);

      assertFits('beta', 'inline.batch.response', answer.body);
      assert.notDeepEqual(
        answer.body.responses.map((part: Json) => part.id),
        ['1', '2', '3', '4'],
      );
      assert.equal(parts['1']?.body.id, demoPeople.ada);
      assert.equal(parts['2']?.status, 404);
      assert.equal(parts['3']?.status, 204);
      assert.equal('body' in (parts['3'] ?? {}), false);
      assert.deepEqual(parts['4']?.body.value, []);
      assert.deepEqual(simulator.requests[0]?.parts?.[2], {
        id: '3',
        method: 'POST',
        url: `${ada}/reprovision`,
        status: 204,
      });
      assert.equal(simulator.tenant.reprovisionPosts().applied, 1);
    });

    it('When a part lacks its Content-Type or its url is absolute, then that part alone gets 400', async () => {
      const parts = partsById(
        await batch([
          { id: 'typeless', method: 'POST', url: `${ada}/reprovision` },
          { id: 'absolute', method: 'GET', url: `${simulator.url}/beta/users` },
          { id: 'good', method: 'GET', url: '/groups' },
        ]),
      );

      assert.deepEqual([parts.typeless?.status, parts.absolute?.status, parts.good?.status], [400, 400, 200]);
      assert.equal(simulator.tenant.reprovisionPosts().applied, 0);
    });

    it('When Prefer stands on the batch alone, then its parts do not have it', async () => {
      simulator.tenant.changeCloudPc(demoCloudPcs.ada, { status: 'preparing' });
      const parts = partsById(
        await batch(
          [
            { id: 'without', method: 'GET', url: ada },
            { id: 'with', method: 'GET', url: ada, headers: newerMembers },
          ],
          newerMembers,
        ),
      );

      assert.deepEqual([parts.without?.body.status, parts.with?.body.status], ['unknownFutureValue', 'preparing']);
    });

    it('When a part depends on one that failed, then 424', async () => {
      const parts = partsById(
        await batch([
          { id: '1', method: 'GET', url: '/users/nobody' },
          { id: '2', method: 'POST', url: `${ada}/reprovision`, headers: json, dependsOn: ['1'] },
        ]),
      );

      assert.equal(parts['2']?.status, 424);
      assert.equal(simulator.tenant.reprovisionPosts().applied, 0);
    });

    const user = (id: number) => ({ id: String(id), method: 'GET', url: '/users/ada@contoso.com' });
    const badEnvelopes: [string, unknown][] = [
      ['21 parts', Array.from({ length: 21 }, (_, index) => user(index))],
      ['an id twice', [user(1), user(1)]],
      ['no parts', []],
      ['a part without a url', [{ id: '1', method: 'GET' }]],
      ['a part that depends on a later one', [{ ...user(1), dependsOn: ['2'] }, user(2)]],
    ];
    for (const [fault, requests] of badEnvelopes) {
      it(`When a batch has ${fault}, then 400 for the whole`, async () => {
        assert.equal((await batch(requests)).status, 400);
      });
    }

    it('When a fault strikes one part, then the others are answered', async () => {
      const rule = { match: { path: /ada@/ }, fault: { status: 429, retryAfter: 7 }, times: 1 };
      const struck = simulator.faults.add(rule);
      const parts = partsById(await batch([user(1), { id: '2', method: 'GET', url: '/groups' }]));

      assert.equal(parts['1']?.status, 429);
      assert.equal(parts['1']?.headers['Retry-After'], '7');
      assert.equal(parts['1']?.body.error.code, 'TooManyRequests');
      assert.equal(parts['2']?.status, 200);
      assert.equal(struck.hits, 1);
    });
  });

  describe('faults', () => {
    const post = () => ask('POST', `/v1.0${ada}/reprovision`);
    const match = { method: 'POST', path: /\/reprovision$/ };

    it('When requests are throttled, then 429 with Retry-After, as often as the rule says, and without an effect', async () => {
      const throttled = simulator.faults.add({ match, times: 2, fault: { status: 429, retryAfter: 0 } });
      const answers = [await post(), await post(), await post()];

      assert.deepEqual(
        answers.map((answer) => answer.status),
        [429, 429, 204],
      );
      assert.equal(answers[0]?.headers.get('retry-after'), '0');
      assertFits('v1.0', 'ODataErrors.ODataError', answers[0]?.body);
      assert.equal(throttled.hits, 2);
      assert.deepEqual(simulator.tenant.reprovisionPosts(), { received: 3, applied: 1 });
    });

    it('When a fault brings its own body or code, then that is sent', async () => {
      simulator.faults.add({ match: { path: /^\/groups/ }, fault: { status: 502, body: '<html>Bad gateway</html>' } });
      simulator.faults.add({
        match: { path: /^\/users/ },
        fault: { status: 403, code: 'Authorization_RequestDenied' },
      });
      const gateway = await fetch(`${simulator.url}/v1.0/groups`, { headers: sentByTest });

      assert.equal(await gateway.text(), '<html>Bad gateway</html>');
      assert.equal((await read('/v1.0/users')).body.error.code, 'Authorization_RequestDenied');
    });

    for (const [fault, applied] of [
      ['reset', 0],
      ['resetAfter', 1],
    ] as const) {
      it(`When the fault is ${fault}, then the connection breaks and ${applied} builds start`, async () => {
        simulator.faults.add({ match, times: 1, fault });

        await assert.rejects(post(), (error: Error) => (error.cause as { code?: string }).code === 'ECONNRESET');

        assert.deepEqual(simulator.tenant.reprovisionPosts(), { received: 1, applied });
        assert.equal(simulator.requests[0]?.status, null);
      });
    }

    it('When the gateway gives up after the effect, then 504 and the build runs', async () => {
      simulator.faults.add({ match, times: 1, fault: { applyThenStatus: 504 } });
      const { status } = await post();

      assert.equal(status, 504);
      assert.equal(simulator.tenant.reprovisionPosts().applied, 1);
    });

    it('When a request hangs, then it ends with the client, or with the simulator, and has no effect', async () => {
      simulator.faults.add({ match, fault: 'hang' });
      const url = `${simulator.url}/v1.0${ada}/reprovision`;

      const post = { method: 'POST', headers: sentByTest };
      await assert.rejects(fetch(url, { ...post, signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' });
      const hanging = assert.rejects(fetch(url, post));
      while (simulator.requests.length < 2) await new Promise(setImmediate);
      await simulator.close();
      await hanging;

      assert.equal(simulator.tenant.reprovisionPosts().applied, 0);
    });

    it('When an answer is late, then it comes all the same; closing does not wait for it', async () => {
      const slow = simulator.faults.add({ match: { path: /^\/users/ }, times: 1, fault: { delayMs: 30 } });
      const startedAt = performance.now();
      const { status } = await read('/v1.0/users');
      const tookMs = performance.now() - startedAt;
      slow.remove();
      simulator.faults.add({ match: {}, fault: { delayMs: 60_000 } });
      const lost = assert.rejects(read('/v1.0/users'));
      while (simulator.requests.length < 2) await new Promise(setImmediate);
      await simulator.close();
      await lost;

      assert.equal(status, 200);
      assert.ok(tookMs >= 25, `${tookMs} ms`);
    });

    it('When faults are cleared, then none strikes any more', async () => {
      simulator.faults.add({ match: {}, fault: { status: 503 } });
      simulator.faults.clear();

      assert.equal((await read('/v1.0/users')).status, 200);
    });
  });
});
