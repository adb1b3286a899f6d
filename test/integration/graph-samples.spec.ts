// All 53 payloads of Microsoft's documentation, through the bot's own reading code over HTTP, with what they mean; and the
// defects that the documentation prints. What the bot sends itself is compared with the documented request.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { BulkStarter, Query } from '../../src/domain/ports.ts';
import { graphActivityFeed } from '../../src/graph/activity-feed.ts';
import { graphBulkStarter } from '../../src/graph/bulk-starter.ts';
import { readListed } from '../../src/graph/cloud-pcs.ts';
import { graphGroupMembership } from '../../src/graph/group-members.ts';
import { graphTeamsApps } from '../../src/graph/teams-apps.ts';
import { assertFits } from '../contract/assert-fits.ts';
import type { GraphVersion } from '../contract/description/index.ts';
import { buildGraph, type GraphParts, realClock, sendJson, serve, type TinyServer } from '../fakes/graph.ts';

interface Sample {
  name: string;
  version: GraphVersion;
  part: 'request' | 'response';
  status?: number;
  /** null: the description has none. */
  schema: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: each payload has its own shape, and a wrong one fails its test
  payload: any;
}

const { samples } = JSON.parse(
  readFileSync(new URL('../contract/description/samples.json', import.meta.url), 'utf8'),
) as { samples: Sample[] };

const limits = { withinMs: 2000 };
const upn = 'pmitchell@contoso.com';
const failedUpn = 'RMS-Resize-user-05@contoso.com';
const catalogId = 'b1c5353a-7aca-41b3-830f-27d5218fe0e5';
const licenceGroup = 'lic - Windows 365 Enterprise - 2 vCPU 4 GB 128 GB';

describe('graph: the samples of the documentation', () => {
  let server: TinyServer;
  const servers: TinyServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((one) => one.close())));

  async function serving(answer: Parameters<typeof serve>[0]): Promise<void> {
    server = await serve(answer);
    servers.push(server);
  }

  /** A Graph that answers everything with this, under its own address. */
  async function answering(
    sample: Pick<Sample, 'payload' | 'status'>,
    headers?: Record<string, string>,
  ): Promise<GraphParts> {
    await serving((_request, response, count) => {
      const own = JSON.stringify(sample.payload).replaceAll('https://graph.microsoft.com', server.url);
      // The page after the documented one.
      const isNext = count > 1 && own.includes('nextLink');
      sendJson(response, sample.status ?? 200, isNext ? { value: [] } : JSON.parse(own), headers);
    });
    return buildGraph(server.url);
  }

  async function read<const Q extends Query>(
    sample: Pick<Sample, 'payload' | 'status'>,
    query: Q,
    headers?: Record<string, string>,
  ) {
    const { tenant } = await answering(sample, headers);
    return (await tenant.read({ it: query }, limits)).it;
  }

  /** The body of the last request that was sent. */
  const sentBody = () => JSON.parse(server.seen.at(-1)?.body ?? 'null');

  type Reading = (sample: Sample) => Promise<void>;

  const refused = (status: number, values: object, headers?: Record<string, string>): Reading => {
    return async (sample) => {
      assert.equal(sample.status, status);
      await assert.rejects(read(sample, { ask: 'person', personId: 'p-1' }, headers), values);
    };
  };

  const readings: Record<string, Reading> = {
    async 'list cloudPCs, default properties'(sample) {
      const [pc, ...others] = await read(sample, { ask: 'cloudPcsOf', upn: upn.toUpperCase() });

      assert.equal(others.length, 0);
      assert.deepEqual(
        [pc?.name, pc?.status, pc?.graceEndsAt, pc?.kind, pc?.statusDetail],
        ['CPC-ps1-SHYL-46', 'provisioned', null, 'dedicated', null],
      );
      assert.equal(pc?.modifiedAt, Date.parse('2020-07-23T10:29:57Z'));
    },
    async 'list cloudPCs, one page with nextLink, failed item'(sample) {
      const [pc] = await read(sample, { ask: 'cloudPcsOf', upn: failedUpn });

      assert.deepEqual([pc?.status, pc?.statusDetail?.code], ['failed', 'intuneEnrollFailed']);
      assert.equal(pc?.name, 'RMS-Resize-policy - RMS-Resize-user-05');
      assert.match(server.seen[1]?.url ?? '', /\$skiptoken=7d4e1527-fe5a-4d86-81eb-2c532ac567ce$/);
    },
    async 'get cloudPC with $select (properties not returned by default)'(sample) {
      const pc = await read(sample, { ask: 'cloudPc', cloudPcId: sample.payload.id });

      const startedAt = Date.parse('2021-06-23T09:28:32.826Z');
      assert.deepEqual(
        [pc?.status, pc?.lastAction],
        ['provisioning', { name: 'Reprovision', state: 'pending', startedAt }],
      );
      assert.deepEqual([pc?.lastSignInAt, pc?.provisionedAt], [startedAt, Date.parse('2024-05-28T06:12:47Z')]);
    },
    async 'get cloudPC: no status property exists'(sample) {
      const pc = await read(sample, { ask: 'cloudPc', cloudPcId: sample.payload.id });

      assert.deepEqual([pc?.status, pc?.ownerUpn, pc?.provisionedAt], ['unknownFutureValue', upn, null]);
    },
    async 'list my cloudPCs (reduced property set)'(sample) {
      const found = await read(sample, { ask: 'cloudPcsOf', upn });
      const [pc] = readListed(sample.payload.value);

      assert.deepEqual(found, [], "without a UPN it is nobody else's");
      assert.deepEqual([pc?.name, pc?.ownerUpn, pc?.policyId], ['Demo-1', null, null]);
      assert.equal(pc?.graceEndsAt, Date.parse('2020-11-10T20:00:34Z'));
    },
    async 'reprovision by an admin or the app'({ payload, version }) {
      await serving((_request, response) => response.writeHead(204).end());
      const { starter } = buildGraph(server.url, { reprovisionVersion: version });
      const options = { osVersion: payload.osVersion, accountType: payload.userAccountType };
      const permit = await starter.prepare();

      const answer = await permit.send({ cloudPcId: 'pc-1', options, mayStillSend: () => true });

      assert.equal(answer.kind, 'accepted');
      assert.deepEqual(sentBody(), payload);
    },
    async 'create bulk reprovision'({ part, status = 201, payload }) {
      const answered = part === 'response' ? payload : { id: 'b-1' };

      const answer = await startBulk(
        'bulkActions',
        { status, payload: answered },
        payload.cloudPcIds,
        payload.displayName,
      );

      assert.ok(answer.kind === 'accepted');
      if (part === 'request') assert.deepEqual(sentBody(), payload);
      assert.equal(answer.bulkActionId, answered.id);
      assert.deepEqual(
        [...answer.words],
        payload.cloudPcIds.map((id: string) => [id, 'accepted']),
      );
    },
    async 'get bulk action, finished'(sample) {
      const { id } = sample.payload;
      const summary = { id, hasEnded: true, successful: 1, failed: 1, notSupported: 0, open: 0 };

      assert.deepEqual(await read(sample, { ask: 'bulkAction', bulkActionId: id }), summary);
      // As the page itself prints it.
      const wrapped = { ...sample, payload: { value: sample.payload } };
      assert.deepEqual(await read(wrapped, { ask: 'bulkAction', bulkActionId: id }), summary);
    },
    async 'legacy bulk reprovision answer (operation removed from beta metadata in 2025)'(sample) {
      assertFits('beta', 'removed.bulkReprovisionCloudPcResponse', sample.payload);
      const { successfulDeviceIds, failedDeviceIds } = sample.payload.value;

      const answer = await startBulk('managedDevices', sample, [...successfulDeviceIds, ...failedDeviceIds]);

      assert.ok(answer.kind === 'accepted');
      assert.deepEqual([...answer.words.values()], ['accepted', 'failed']);
    },
    async 'find a group by name'(sample) {
      const groups = await read(sample, { ask: 'groupsNamed', name: licenceGroup });

      assert.deepEqual(
        groups.map(({ id, isDynamic, assignedLicences }) => [id, isDynamic, assignedLicences[0]?.skuId]),
        [['0e226165-c685-41ce-8bfc-df8360ab325d', false, '226ca751-f0a4-4232-9be5-73c02a92555e']],
      );
    },
    async 'add a member'({ payload }) {
      await serving((_request, response) => response.writeHead(204).end());
      const personId = payload['@odata.id'].split('/').at(-1);
      const membership = graphGroupMembership(buildGraph(server.url).client);

      const answer = await membership.add('0e226165-c685-41ce-8bfc-df8360ab325d', personId);

      assert.equal(answer.kind, 'done');
      assert.deepEqual(sentBody(), {
        '@odata.id': payload['@odata.id'].replace(/^https:..graph.microsoft.com.(v1.0|beta)/, `${server.url}/v1.0`),
      });
    },
    async 'check membership'(sample) {
      const asked = samples.find(({ name, part }) => name === sample.name && part === 'request')?.payload.groupIds;
      const given = samples.find(({ name, part }) => name === sample.name && part === 'response')?.payload;

      const memberOf = await read({ payload: given }, { ask: 'memberOf', personId: 'p-1', groupIds: asked });

      assert.deepEqual(sentBody(), { groupIds: asked });
      assert.ok(given.value.length > 0 && given.value.every((id: string) => asked.includes(id)));
      assert.deepEqual(memberOf, given.value);
    },
    async subscribedSkus(sample) {
      const [sku] = await read(sample, { ask: 'skus' });

      assert.deepEqual(
        [sku?.partNumber, sku?.enabledSeats, sku?.consumedSeats, sku?.freeSeats],
        ['CPC_E_2C_4GB_128GB', 25, 14, 11],
      );
      assert.deepEqual(sku?.servicePlans, [{ id: '9ecf691d-8b82-46cb-b254-cd061b2c02fb', name: 'CPC_2' }]);
    },
    async 'user with licence states'(sample) {
      const [state] = (await read(sample, { ask: 'licenceStates', personId: 'p-1' })) ?? [];

      assert.deepEqual(
        [state?.state, state?.error, state?.assignedByGroup],
        ['Error', 'CountViolation', '0e226165-c685-41ce-8bfc-df8360ab325d'],
      );
    },
    'error, throttled': refused(
      429,
      { code: 'graph.busy', retryAfterMs: 10_000, values: { graphCode: 'TooManyRequests' } },
      { 'retry-after': '10' },
    ),
    'error, no right': refused(403, { code: 'graph.forbidden', values: { graphCode: 'Authorization_RequestDenied' } }),
    'error, empty code (seen in the batching documentation)': refused(403, {
      code: 'graph.forbidden',
      values: { graphCode: 'http403' },
    }),
    'error, generic with nested code': refused(400, {
      code: 'graph.badRequest',
      values: { graphCode: 'invalidRange' },
    }),
    async batch({ part, payload }) {
      const responses = part === 'response' ? payload.responses : [];
      const { tenant } = await answering({ payload: { responses } });
      // Its ids are 1 and 2; ours count from 0.
      const ids = part === 'response' ? ['pc-0', '662009bc-7732-4f6f-8726-25883518b33e', 'pc-2'] : ['pc-0', 'pc-1'];

      const looks = await tenant.look(
        ids.map((cloudPcId) => ({ ask: 'cloudPc', cloudPcId }) as const),
        limits,
      );

      const sent = JSON.parse(server.seen[0]?.body ?? '') as { requests: { id: string; method: string }[] };
      assert.deepEqual(Object.keys(sent), Object.keys(payload.requests ? payload : { requests: [] }));
      if (part === 'request') return;
      const [, found, throttled] = looks;
      assert.equal(found && 'value' in found && found.value?.id, ids[1]);
      assert.ok(throttled && 'fault' in throttled && throttled.fault.code === 'graph.busy');
    },
    async 'install the bot for a user'({ payload }) {
      await serving(({ method }, response) =>
        method === 'GET' ? sendJson(response, 200, { value: [{ id: catalogId }] }) : response.writeHead(201).end(),
      );
      const apps = graphTeamsApps(buildGraph(server.url).client, { manifestId: 'm-1', clock: realClock });

      const outcome = await apps.install('p-1');

      assert.equal(outcome, 'installed');
      const expected = JSON.stringify(payload).replaceAll('https://graph.microsoft.com', server.url);
      assert.deepEqual(sentBody(), JSON.parse(expected));
    },
    'is the bot installed': readChat,
    'chat of the installation': readChat,
    async 'activity feed notification'({ payload }) {
      await serving((_request, response) => response.writeHead(204).end());
      const { topic, previewText } = payload;
      const feed = graphActivityFeed(buildGraph(server.url).client);

      const delivery = await feed.notify({
        personId: 'p-1',
        topic: topic.value,
        webUrl: topic.webUrl,
        text: previewText.content,
      });

      assert.equal(delivery.kind, 'accepted');
      // The sample has the type that every app may send; the bot sends the one of its manifest.
      const templateParameters = [{ name: 'notice', value: previewText.content }];
      assert.deepEqual(sentBody(), { ...payload, activityType: 'requestNotice', templateParameters });
    },
    async 'provisioning policies with assignments'(sample) {
      const [policy] = await read(sample, { ask: 'provisioningPolicies' });

      assert.deepEqual(
        [policy?.name, policy?.provisioningType],
        ['cfg - Windows 365 - Provisioning - Win11', 'dedicated'],
      );
      assert.deepEqual(
        policy?.assignments.map(({ groupId }) => groupId),
        ['0e226165-c685-41ce-8bfc-df8360ab325d'],
      );
    },
    async 'user settings with assignments'(sample) {
      const [setting] = await read(sample, { ask: 'userSettings' });

      assert.deepEqual([setting?.resetEnabled, setting?.localAdminEnabled], [true, false]);
      assert.deepEqual(
        setting?.assignments.map(({ groupId }) => groupId),
        ['0e226165-c685-41ce-8bfc-df8360ab325d'],
      );
    },
  };

  /** Ids of Cloud PCs are those of their devices here. */
  async function startBulk(
    way: BulkStarter['way'],
    sample: Pick<Sample, 'payload' | 'status'>,
    ids: readonly string[],
    displayName = 'R-1',
  ) {
    const { client } = await answering(sample);
    const permit = await graphBulkStarter(client, { way }).prepare();
    const cloudPcs = ids.map((id) => ({ cloudPcId: id, deviceId: id }));
    return permit.send({ cloudPcs, displayName, duringMaintenance: false, mayStillSend: () => true });
  }

  /** Catalog, installation and chat follow from each other. */
  async function readChat({ version }: Sample): Promise<void> {
    const of = (name: string) => samples.find((one) => one.name === name && one.version === version)?.payload;
    await serving(({ url }, response) => {
      if (url.includes('appCatalogs')) return sendJson(response, 200, { value: [{ id: catalogId }] });
      return sendJson(response, 200, of(url.endsWith('/chat') ? 'chat of the installation' : 'is the bot installed'));
    });
    const apps = graphTeamsApps(buildGraph(server.url).client, { manifestId: 'm-1', clock: realClock });

    const chatId = await apps.chatIdOf('p-1');

    assert.equal(chatId, of('chat of the installation').id);
    const installationId = encodeURIComponent(of('is the bot installed').value[0].id);
    assert.ok(server.seen.at(-1)?.url.endsWith(`/installedApps/${installationId}/chat`));
  }

  /** The bot has no use for them: what they are is checked, not how they are read. */
  const notRead = [
    'list bulk actions',
    'retry a bulk action for some Cloud PCs',
    'remote action results',
    'sendMail, app only',
    'sendMail with custom headers and an attachment',
    'count by status',
  ];

  it('When the samples are counted, then none is left out', () => {
    const known = [...Object.keys(readings), ...notRead];

    assert.equal(samples.length, 53);
    assert.deepEqual([...new Set(samples.map(({ name }) => name))].sort(), known.sort());
  });

  for (const sample of samples) {
    const { name, version, part, schema, payload } = sample;
    it(`When Graph has the ${part} "${name}" (${version}), then it is what the description says, and is read`, async () => {
      if (schema !== null) assertFits(version, schema.replace('microsoft.graph.', ''), payload);
      await readings[name]?.(sample);
    });
  }

  const defects = 'the documentation prints impossible dates, texts for objects and a small letter';
  it(`When ${defects}, then that is null and the rest is read`, async () => {
    const whole = samples.find(({ name }) => name.startsWith('get cloudPC with $select'))?.payload;
    const sample = {
      ...whole,
      status: 'resizePendingLicense',
      gracePeriodEndDateTime: '2020-11-010T20:00:34Z',
      provisionedDateTime: '2021-02-30T10:00:00Z',
      lastModifiedDateTime: '2020-11-03T18:14:34.1234567Z',
      lastRemoteActionResult: 'Succeed',
      lastLoginResult: '2020-11-03T18:14:34Z',
      connectivityResult: { status: 'available', updatedDatetime: '2022-03-22T10:28:32Z' },
      servicePlanName: 7,
      statusDetail: null,
      statusDetails: { code: 'intuneEnrollFailed', message: 'No.', additionalInformation: [] },
      provisioningType: 'sharedByUser',
      brandNew: { x: 1 },
    };

    const pc = await read({ payload: sample }, { ask: 'cloudPc', cloudPcId: 'pc-1' });
    const [listed] = readListed([{ ...sample, connectivityResult: '' }, 'nonsense']);

    assert.deepEqual(listed, pc);
    assert.deepEqual([pc?.status, pc?.kind, pc?.servicePlanName], ['resizePendingLicense', 'shared', null]);
    assert.deepEqual([pc?.graceEndsAt, pc?.provisionedAt, pc?.lastAction, pc?.lastSignInAt], [null, null, null, null]);
    assert.equal(pc?.modifiedAt, Date.parse('2020-11-03T18:14:34.123Z'));
    assert.deepEqual(pc?.statusDetail, { code: 'intuneEnrollFailed', message: 'No.' });
  });
});
