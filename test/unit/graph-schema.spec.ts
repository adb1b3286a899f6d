import assert from 'node:assert/strict';
import { readListed } from '../../src/graph/cloud-pcs.ts';
import { findGraphCloud, type GraphCloudName } from '../../src/graph/clouds.ts';
import { createGraphCredential } from '../../src/graph/credential.ts';
import { readNextLink, toLiteral, toLogPath, toQuery, toSegment } from '../../src/graph/graph-path.ts';
import { createPause, readRetryAfter, waitBeforeRetry } from '../../src/graph/retry-after.ts';
import { cloudPcSchema, readInstant } from '../../src/graph/schema.ts';

describe('graph: times', () => {
  const times: [string, number | null][] = [
    ['2020-11-03T18:14:34Z', Date.UTC(2020, 10, 3, 18, 14, 34)],
    ['2021-06-23T09:28:32.8260335Z', Date.UTC(2021, 5, 23, 9, 28, 32, 826)],
    ['2021-06-23T09:28:32.5Z', Date.UTC(2021, 5, 23, 9, 28, 32, 500)],
    ['2021-06-23T09:28:32', Date.UTC(2021, 5, 23, 9, 28, 32)],
    ['2021-06-23T09:28:32+02:00', Date.UTC(2021, 5, 23, 7, 28, 32)],
    ['2020-11-010T20:00:34Z', null],
    ['2021-02-30T00:00:00Z', null],
    ['2021-13-01T00:00:00Z', null],
    ['2021-01-01T25:00:00Z', null],
    ['0001-01-01T00:00:00Z', null],
    ['2021-06-23', null],
    ['yesterday', null],
    ['', null],
  ];
  for (const [text, expected] of times) {
    it(`When the time is '${text}', then it is ${expected}`, () => {
      assert.equal(readInstant(text), expected);
    });
  }
});

describe('graph: Cloud PCs', () => {
  it('When every optional value is of a wrong type, then it is read with nulls', () => {
    const names = Object.keys(cloudPcSchema.shape).filter((name) => name !== 'id');
    for (const wrong of [7, '', [], {}, true, null, undefined]) {
      const pc = { ...Object.fromEntries(names.map((name) => [name, wrong])), id: 'pc-1' };

      const read = cloudPcSchema.safeParse(pc);

      assert.equal(read.success, true, String(wrong));
      assert.equal(read.data?.provisionedDateTime, null);
      assert.equal(read.data?.lastRemoteActionResult, null);
    }
  });

  it('When the id is missing, empty or no text, then it fails', () => {
    for (const id of [undefined, null, '', 7]) assert.equal(cloudPcSchema.safeParse({ id }).success, false);
  });
});

describe('graph: kinds of Cloud PCs', () => {
  const kinds: [string, Record<string, unknown>, string][] = [
    ['dedicated', { provisioningType: 'dedicated', userPrincipalName: 'ada@contoso.com' }, 'dedicated'],
    [
      'Frontline in dedicated mode',
      { provisioningType: 'sharedByUser', userPrincipalName: 'ada@contoso.com' },
      'frontline',
    ],
    ['Frontline by the older word', { provisioningType: 'shared', userPrincipalName: 'ada@contoso.com' }, 'frontline'],
    ['Frontline by its product', { productType: 'frontline', userPrincipalName: 'ada@contoso.com' }, 'frontline'],
    ['Frontline in shared mode', { provisioningType: 'sharedByEntraGroup', userPrincipalName: '' }, 'shared'],
    [
      'shared, and somebody is at work',
      { provisioningType: 'sharedByEntraGroup', userPrincipalName: 'a@b.c' },
      'shared',
    ],
    ['shared by the older word', { provisioningType: 'shared', userPrincipalName: null }, 'shared'],
    ['reserve', { provisioningType: 'reserve', userPrincipalName: 'ada@contoso.com' }, 'reserve'],
    ['a cloud app', { userExperienceType: 'cloudApp', userPrincipalName: 'ada@contoso.com' }, 'cloudApp'],
    ['a word of tomorrow with an owner', { provisioningType: 'byTheMoon', userPrincipalName: 'a@b.c' }, 'dedicated'],
    ['nobody’s', {}, 'shared'],
  ];

  for (const [name, properties, kind] of kinds) {
    it(`When it is ${name}, then it is ${kind}`, () => {
      assert.deepEqual(
        readListed([{ id: 'pc-1', ...properties }]).map((pc) => pc.kind),
        [kind],
      );
    });
  }
});

describe('graph: paths', () => {
  it('When a filter holds quotes and ampersands, then it is quoted and encoded', () => {
    const query = toQuery({ $filter: `userPrincipalName eq ${toLiteral("o'neil&x#+%@contoso.com")}`, $top: 21 });

    assert.equal(query, "?$filter=userPrincipalName%20eq%20'o''neil%26x%23%2B%25%40contoso.com'&$top=21");
    assert.equal(new URLSearchParams(query).get('$filter'), "userPrincipalName eq 'o''neil&x#+%@contoso.com'");
  });

  it('When a value would be another path, then it is encoded or refused', () => {
    assert.equal(toSegment('a/../b?c'), 'a%2F..%2Fb%3Fc');
    for (const value of ['', '.', '..']) assert.throws(() => toSegment(value), { code: 'graph.badRequest' });
  });

  it('When a path is logged, then people and values are not', () => {
    const id = 'aaaaaaaa-0001-4000-8000-000000000001';

    assert.equal(toLogPath(`/users/${id}/checkMemberGroups`), `/users/${id}/checkMemberGroups`);
    assert.equal(toLogPath('/users/ada%40contoso.com/sendMail'), '/users/{person}/sendMail');
    assert.equal(toLogPath("/x/f(a='ada')/y?$filter=mail eq 'b@c'&$top=2"), '/x/{person}/y?$filter&$top');
  });

  it('When a nextLink stays at Graph, then its path is taken as it is', () => {
    const link = 'https://GRAPH.microsoft.com:443/beta/users?$skiptoken=a%2Fb==';

    assert.equal(readNextLink(link, 'https://graph.microsoft.com', 'beta'), '/users?$skiptoken=a%2Fb==');
  });

  for (const link of [
    'http://graph.microsoft.com/beta/users',
    'https://graph.microsoft.com.evil.example/beta/users',
    'https://graph.microsoft.com@evil.example/beta/users',
    'https://graph.microsoft.com:8443/beta/users',
    'https://graph.microsoft.com/beta/../v1.0/users',
    '//evil.example/beta/users',
    'nonsense',
  ]) {
    it(`When a nextLink is ${link}, then it is refused`, () => {
      assert.throws(() => readNextLink(link, 'https://graph.microsoft.com', 'beta'), { code: 'graph.unreadable' });
    });
  }
});

describe('graph: waiting', () => {
  const now = Date.UTC(2026, 10, 22, 12, 0, 0);
  const values: [string | null, number | null][] = [
    ['10', 10_000],
    ['0', 0],
    ['1.5', 1500],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:59:00 GMT', 0],
    ['99999999', 86_400_000],
    ['soon', null],
    ['-5', null],
    ['', null],
    [null, null],
  ];
  for (const [value, expected] of values) {
    it(`When Retry-After is '${value}', then the wait is ${expected}`, () => {
      assert.equal(readRetryAfter(value, now), expected);
    });
  }

  it('When Graph says how long, then never less is waited; else the jitter is full and grows', () => {
    assert.equal(
      waitBeforeRetry(4000, 1, () => 0),
      4000,
    );
    assert.equal(
      waitBeforeRetry(0, 1, () => 1),
      0,
    );
    assert.equal(
      waitBeforeRetry(null, 1, () => 0),
      0,
    );
    assert.deepEqual(
      [1, 2, 3, 9].map((attempt) => waitBeforeRetry(null, attempt, () => 1)),
      [500, 1000, 2000, 8000],
    );
  });

  it('When a wrong header asks for a day, then reads pause for ten minutes at most, and a shorter one changes nothing', () => {
    const pause = createPause({ now: () => now, monotonic: () => 1000 }, () => 0);

    pause.extend(86_400_000);
    pause.extend(5);

    assert.equal(pause.remainingMs(), 600_000);
  });
});

describe('graph: clouds', () => {
  it('When the cloud is served, then root, authority and scope belong together', () => {
    for (const [name, top] of [
      ['global', 'com'],
      ['usgov', 'us'],
    ] as const) {
      const cloud = findGraphCloud(name);

      assert.equal(cloud.graphRoot, `https://graph.microsoft.${top}`);
      assert.equal(cloud.scope, `${cloud.graphRoot}/.default`);
      assert.ok(cloud.authorityHost.endsWith(`.${top}`));
    }
  });

  for (const name of ['china', 'dod', '', 'constructor']) {
    it(`When the cloud is '${name}', then it is refused by name`, () => {
      assert.throws(() => findGraphCloud(name), { code: 'graph.cloudNotServed', values: { cloud: name } });
      assert.throws(() => createGraphCredential({ cloud: name as GraphCloudName }), { code: 'graph.cloudNotServed' });
    });
  }

  it('When a credential is made, then it can give tokens and asks nobody yet', () => {
    assert.equal(typeof createGraphCredential({ cloud: 'usgov' }).getToken, 'function');
  });
});
