// The simulator's directory against what is documented of Graph: search, members, licences, and the danger of a DELETE.
import assert from 'node:assert/strict';
import { demoGroups, demoPeople, demoSkus, type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { assertFits } from './assert-fits.ts';
import { sentByTest } from './recorder.ts';

// biome-ignore lint/suspicious/noExplicitAny: an answer is read as the test expects it, and fails where it is not so
type Json = Record<string, any>;

const eventual = { ConsistencyLevel: 'eventual' };
const members = `/v1.0/groups/${demoGroups.officeUsers}/members`;

describe('simulator: the directory', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator();
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
    return { status: response.status, body: (text ? JSON.parse(text) : undefined) as Json };
  }

  describe('search', () => {
    const search = (text: string, headers: Record<string, string> = eventual, more = '') =>
      ask('GET', `/v1.0/users?$search=${encodeURIComponent(text)}${more}`, undefined, headers);
    const found = async (text: string): Promise<string[]> =>
      (await search(text)).body.value.map((person: Json) => person.displayName);

    it('When words are searched, then each must begin a word of the name, in any order, without case', async () => {
      assert.deepEqual(await found('"displayName:bauer"'), ['Ben Bauer']);
      assert.deepEqual(await found('"displayName:ACK ad"'), ['Adam Acker']);
      assert.deepEqual(await found('"displayName:A"'), ['Ada Arendt', 'Adam Acker']);
      assert.deepEqual(await found('"displayName:O\'Ne"'), ["Owen O'Neil"]);
      assert.deepEqual(await found('"displayName:auer"'), []);
    });

    it('When quotes and backslashes are escaped, then they are part of what is searched', async () => {
      simulator.tenant.changePerson(demoPeople.ada, { displayName: 'Ada "The Countess" Arendt' });

      assert.deepEqual(await found('"displayName:\\"the countess\\""'), ['Ada "The Countess" Arendt']);
      assert.deepEqual(await found('"displayName:\\\\countess"'), ['Ada "The Countess" Arendt']);
    });

    it('When somebody is not in the index yet, then a search finds nobody and a filter does', async () => {
      simulator.tenant.notYetIndexed.add(demoPeople.ben);
      const filter = encodeURIComponent("userPrincipalName eq 'ben@contoso.com'");

      assert.deepEqual(await found('"displayName:ben"'), []);
      assert.equal((await ask('GET', `/v1.0/users?$filter=${filter}`)).body.value.length, 1);
    });

    it('When the consistency level is missing, then 400, and on the next page too', async () => {
      const first = await search('"displayName:a"', eventual, '&$top=1');
      const next = first.body['@odata.nextLink'];

      assert.equal(first.body.value.length, 1);
      assert.equal((await ask('GET', next)).body.error.code, 'Request_UnsupportedQuery');
      assert.equal((await ask('GET', next, undefined, eventual)).body.value.length, 1);
      assert.equal((await search('"displayName:a"', {})).status, 400);
      assert.equal((await search('"displayName:a"', { ConsistencyLevel: 'session' })).status, 400);
    });

    for (const text of [
      'displayName:ada',
      '"ada"',
      '"displayName:a"b"',
      '"displayName:a\\"',
      '"jobTitle:a"',
      '"displayName: - "',
    ]) {
      it(`When the search is ${text}, then 400`, async () => {
        assert.equal((await search(text)).status, 400);
      });
    }

    it('When a collection documents no search, then it is refused', async () => {
      const path = `/v1.0/subscribedSkus?$search=${encodeURIComponent('"skuPartNumber:CPC"')}`;

      assert.equal((await ask('GET', path, undefined, eventual)).status, 400);
    });
  });

  describe('members', () => {
    const reference = (id: string, root = `${simulator.url}/v1.0`) => ({
      '@odata.id': `${root}/directoryObjects/${id}`,
    });
    const memberIds = () => simulator.tenant.findGroup(demoGroups.officeUsers)?.memberIds;

    it('When members are listed, then each has its own type and the properties of that type', async () => {
      simulator.tenant.addMember(demoGroups.officeUsers, demoGroups.vip);
      simulator.tenant.addMember(demoGroups.officeUsers, 'ffffffff-0001-4000-8000-000000000001');
      const { body } = await ask('GET', `${members}?$select=id,displayName,userPrincipalName&$top=999`);

      assertFits('v1.0', 'directoryObjectCollectionResponse', {
        ...body,
        value: body.value.map(({ displayName: _, userPrincipalName: __, ...object }: Json) => object),
      });
      assert.deepEqual(
        body.value.map((member: Json) => [member['@odata.type'], 'userPrincipalName' in member]),
        [
          ['#microsoft.graph.user', true],
          ['#microsoft.graph.user', true],
          ['#microsoft.graph.group', false],
          ['#microsoft.graph.device', false],
        ],
      );
    });

    it('When members are listed at any depth, then each is there once, groups too, and a circle ends', async () => {
      const path = `/v1.0/groups/${demoGroups.resetAllowed}/transitiveMembers`;
      simulator.tenant.addMember(demoGroups.designUsers, demoGroups.resetAllowed);
      const { body } = await ask('GET', `${path}?$select=id,userPrincipalName&$top=999`);
      const first = await ask('GET', `${path}?$top=1`);

      assert.deepEqual(
        body.value.map((member: Json) => member.id).sort(),
        [demoGroups.officeUsers, demoGroups.designUsers, demoPeople.ada, demoPeople.ben].sort(),
      );
      assert.equal(first.body.value.length, 1);
      assert.match(first.body['@odata.nextLink'], /transitiveMembers\?.*skiptoken/);
      assert.equal((await ask('GET', '/v1.0/groups/nowhere/transitiveMembers')).status, 404);
    });

    it('When a member is added twice, then 204 and 400', async () => {
      const first = await ask('POST', `${members}/$ref`, reference(demoPeople.cleo));
      const second = await ask('POST', `${members}/$ref`, reference(demoPeople.cleo));

      assert.deepEqual([first.status, first.body], [204, undefined]);
      assert.deepEqual([second.status, second.body.error.code], [400, 'Request_BadRequest']);
      assertFits('v1.0', 'ODataErrors.ODataError', second.body);
      assert.deepEqual(memberIds(), [demoPeople.ada, demoPeople.ben, demoPeople.cleo]);
    });

    it('When the reference is missing, of another host or to nobody, then nothing is added', async () => {
      const nobody = 'aaaaaaaa-9999-4000-8000-000000000999';
      const add = async (body: unknown) => (await ask('POST', `${members}/$ref`, body)).status;

      assert.equal(await add({}), 400);
      assert.equal(await add(reference(demoPeople.cleo, 'https://graph.microsoft.com/v1.0')), 400);
      assert.equal(await add({ '@odata.id': demoPeople.cleo }), 400);
      assert.equal(await add(reference(nobody)), 404);
      assert.equal((await ask('POST', members, reference(demoPeople.cleo))).status, 405);
      assert.equal(memberIds()?.length, 2);
    });

    it('When a member is removed, then 204; when there is no such member or group, then 404 with the same code', async () => {
      const first = await ask('DELETE', `${members}/${demoPeople.ben}/$ref`);
      const second = await ask('DELETE', `${members}/${demoPeople.ben}/$ref`);
      const noGroup = await ask('DELETE', `/v1.0/groups/${demoPeople.ben}/members/${demoPeople.ben}/$ref`);

      assert.deepEqual([first.status, second.status, noGroup.status], [204, 404, 404]);
      assert.equal(second.body.error.code, noGroup.body.error.code);
      assert.ok(simulator.tenant.findPerson(demoPeople.ben));
    });

    it('When /$ref is forgotten, then the account itself is deleted: that is why one function builds the path', async () => {
      const { status } = await ask('DELETE', `${members}/${demoPeople.ben}`);

      assert.equal(status, 204);
      assert.equal(simulator.tenant.findPerson(demoPeople.ben), undefined);
      assert.equal((await ask('GET', `/v1.0/users/${demoPeople.ben}`)).status, 404);
    });
  });

  describe('licences', () => {
    it('When a group with a licence has more members than seats, then it takes them, and the shortage is in their states', async () => {
      simulator.tenant.addMember(demoGroups.licence8Cpu, demoPeople.cleo);
      const { body } = await ask(
        'GET',
        `/v1.0/users/${demoPeople.cleo}?$select=licenseAssignmentStates,assignedLicenses`,
      );
      const skus = (await ask('GET', '/v1.0/subscribedSkus')).body.value;

      assert.deepEqual(
        body.licenseAssignmentStates.map(({ state, error }: Json) => [state, error]),
        [['Error', 'CountViolation']],
      );
      assert.deepEqual(body.assignedLicenses, []);
      assert.equal(skus.find(({ skuId }: Json) => skuId === demoSkus.cpu8).consumedUnits, 1);
    });

    it('When v1.0 is asked for Frontline plans, or a filter is put on licences, then both are refused', async () => {
      const frontline = '/deviceManagement/virtualEndpoint/frontLineServicePlans';
      const filter = encodeURIComponent("skuPartNumber eq 'CPC_E_4C_16GB_256GB'");

      assert.equal((await ask('GET', `/v1.0${frontline}`)).status, 404);
      assert.equal((await ask('GET', `/v1.0/subscribedSkus?$filter=${filter}`)).status, 400);
    });
  });

  describe('the activity feed', () => {
    const path = `/v1.0/users/${demoPeople.ada}/teamwork/sendActivityNotification`;
    const activity = {
      topic: { source: 'text', value: 'Your Cloud PC', webUrl: 'https://teams.microsoft.com/l/chat/0/0' },
      activityType: 'systemDefault',
      previewText: { content: 'Ready' },
      templateParameters: [{ name: 'systemDefaultText', value: 'Your Cloud PC is ready' }],
    };

    it('When the app is not installed for the person, then 403; when it is, then 204', async () => {
      const before = await ask('POST', path, activity);
      const [app] = simulator.tenant.teamsApps;
      const bind = { 'teamsApp@odata.bind': `https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/${app?.id}` };
      await ask('POST', `/v1.0/users/${demoPeople.ada}/teamwork/installedApps`, bind);
      const after = await ask('POST', path, activity);

      assert.deepEqual([before.status, after.status], [403, 204]);
      assert.equal(simulator.tenant.activities.length, 1);
    });

    const bad: [string, Json][] = [
      ['no topic', { topic: undefined }],
      ['no link', { topic: { source: 'text', value: 'x' } }],
      ['a link that leaves Teams', { topic: { ...activity.topic, webUrl: 'https://contoso.com/l/x' } }],
      ['a type that nobody declared', { activityType: 'cloudPcReady' }],
      ['no text for the type', { templateParameters: [] }],
    ];
    for (const [name, changes] of bad) {
      it(`When it has ${name}, then 400`, async () => {
        assert.equal((await ask('POST', path, { ...activity, ...changes })).status, 400);
        assert.deepEqual(simulator.tenant.activities, []);
      });
    }
  });
});
