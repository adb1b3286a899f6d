// People found by what somebody typed, against the simulator: by address from the directory itself, by name from its index.
import assert from 'node:assert/strict';
import { demoPeople, type Person } from '../../src/simulator/index.ts';
import { type SimulatedGraph, startGraph } from '../fakes/graph.ts';

const limits = { withinMs: 3000 };
const { ada, adam, ben, owen } = demoPeople;

describe('graph: people by name', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph();
  });
  afterEach(() => graph.simulator.close());

  async function find(text: string): Promise<string[]> {
    const { it } = await graph.tenant.read({ it: { ask: 'peopleNamed', text } }, limits);
    return it.map(({ id }) => id);
  }

  function addPerson(number: number, changes: Partial<Person>): string {
    const [like] = graph.simulator.tenant.people;
    assert.ok(like);
    const id = `aaaaaaaa-1000-4000-8000-${String(number).padStart(12, '0')}`;
    graph.simulator.tenant.addPerson({
      ...like,
      id,
      userPrincipalName: `p${number}@contoso.com`,
      mail: null,
      ...changes,
    });
    return id;
  }

  it('When any word of a name is typed, or its beginning, then the person is found, in one HTTP request', async () => {
    assert.deepEqual(await find('Arendt'), [ada]);
    assert.deepEqual(
      graph.simulator.requests.map(({ path, parts }) => [path, parts?.length]),
      [['/$batch', 2]],
    );
    assert.deepEqual(await find('bau'), [ben]);
    assert.deepEqual(await find('ARENDT ada'), [ada]);
    assert.deepEqual(await find('ad'), [ada, adam]);
    assert.deepEqual(await find('rendt'), []);
  });

  it('When batches are refused, then the single request for a name carries the consistency level too', async () => {
    graph.simulator.faults.add({ match: { path: /^\/\$batch$/ }, fault: { status: 405 } });

    assert.deepEqual(await find('Arendt'), [ada]);
    assert.ok(graph.simulator.requests.some(({ query }) => query.$search === '"displayName:Arendt"'));
  });

  it('When an address is typed, then that person comes first, and the one whose mail it is next', async () => {
    const address = 'ben@contoso.com';
    const alike = addPerson(1, { displayName: 'Ben at contoso com' });
    const mailed = addPerson(2, { displayName: 'Somebody else', mail: address.toUpperCase() });

    assert.deepEqual(await find(' BEN@contoso.com '), [ben, mailed, alike]);
  });

  it('When more than twenty share a name, then twenty-one are given, and an address among them is not lost', async () => {
    for (let number = 1; number <= 40; number += 1) addPerson(number, { displayName: `Kim Number${number}` });
    const kim = addPerson(99, { displayName: 'Kim Last', userPrincipalName: 'kim' });
    graph.simulator.tenant.paging.pageSize = 5;

    const found = await find('kim');

    assert.equal(found.length, 21);
    assert.equal(new Set(found).size, 21);
    assert.equal(found[0], kim);
  });

  it('When the pages of a search follow, then each carries the consistency level', async () => {
    for (let number = 1; number <= 4; number += 1) addPerson(number, { displayName: `Kim Number${number}` });
    graph.simulator.tenant.paging.pageSize = 1;
    graph.simulator.tenant.paging.emptyFirstPage = true;

    assert.equal((await find('kim')).length, 4);
  });

  it('When somebody is too new for the index, then the address finds them', async () => {
    graph.simulator.tenant.notYetIndexed.add(ben);

    assert.deepEqual(await find('Bauer'), []);
    assert.deepEqual(await find('ben@contoso.com'), [ben]);
  });

  const odd: [string, string, string[]][] = [
    ['an apostrophe', "O'Neil", [owen]],
    ['quotation marks', '"Ada" \\ Arendt', [ada]],
    ['a colon', 'Ada: Arendt', [ada]],
    ['an ampersand and a number sign', 'Ada & Arendt #', [ada]],
    ['words of a filter', "x' or startswith(displayName,'A') or mail eq 'x", []],
    ['words of a search', '" OR "displayName:Ada', []],
    ['half a character', 'Ada \ud83d', [ada, adam]],
    ['a letter that only looks alike', '\u0410da Arendt', []],
  ];
  for (const [name, text, expected] of odd) {
    it(`When the text has ${name}, then it is searched as it stands`, async () => {
      assert.deepEqual(await find(text), expected);
      assert.ok(graph.simulator.requests.every(({ parts }) => parts?.every(({ status }) => status === 200)));
    });
  }

  it('When the text has no letter and no digit, then the index is not asked', async () => {
    assert.deepEqual(await find('- ? -'), []);

    assert.deepEqual(
      graph.simulator.requests.map(({ path, query }) => [path, '$search' in query]),
      [['/users', false]],
    );
  });

  it('When the search is refused, then the beginning of the whole name still finds somebody', async () => {
    graph.simulator.faults.add({ match: { where: ({ query }) => query.has('$search') }, fault: { status: 400 } });

    assert.deepEqual(await find('ben b'), [ben]);
    assert.deepEqual(await find('Bauer'), []);
  });

  it('When the right to search is missing, then that is said, and nobody is "not found"', async () => {
    const fault = { status: 403, code: 'Authorization_RequestDenied' };
    graph.simulator.faults.add({ match: { where: ({ query }) => query.has('$search') }, fault });

    await assert.rejects(find('Bauer'), { code: 'graph.forbidden' });
  });
});

describe('graph: people by their UPNs', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph();
  });
  afterEach(() => graph.simulator.close());

  async function find(upns: readonly string[], withinMs = limits.withinMs): Promise<string[]> {
    const { it } = await graph.tenant.read({ it: { ask: 'peopleByUpn', upns } }, { withinMs });
    return it.map(({ id }) => id).sort();
  }

  it('When some are there and some are not, then those that are come once each, whatever the case', async () => {
    const found = await find(['ADA@contoso.com', 'nobody@contoso.com', 'ben@contoso.com', 'Ada@Contoso.com']);

    assert.deepEqual(found, [ada, ben].sort());
    assert.equal(graph.simulator.requests.length, 1);
  });

  it('When a UPN has a quote, or tries to be a filter, then it is data', async () => {
    const upn = "o'neil&co+x#1%@contoso.com";
    graph.simulator.tenant.changePerson(ben, { userPrincipalName: upn });

    assert.deepEqual(await find(["o'neil@contoso.com", upn]), [owen, ben].sort());
    assert.deepEqual(await find(["x'or'1'eq'1@contoso.com"]), []);
    assert.doesNotMatch(JSON.stringify([graph.lines, graph.sent]), /neil|contoso/i);
  });

  it('When words cannot be UPNs, then nobody is asked for them', async () => {
    assert.deepEqual(
      await find(['', 'Ada', 'ada@', '@contoso.com', 'a b@contoso.com', `${'a'.repeat(250)}@contoso.com`]),
      [],
    );
    assert.deepEqual(await find([]), []);
    assert.equal(graph.simulator.requests.length, 0);
  });

  it('When Graph takes more for equal than was asked for, then that is left out', async () => {
    const [like] = graph.simulator.tenant.people;
    const value = [like, { ...like, id: 'aaaaaaaa-2000-4000-8000-000000000001', userPrincipalName: 'adá@contoso.com' }];
    graph.simulator.faults.add({ match: { path: /^\/users$/ }, fault: { status: 200, body: { value } } });

    assert.deepEqual(await find(['ada@contoso.com']), [ada]);
  });

  it('When the people of one request come in pages, then all are found', async () => {
    graph.simulator.tenant.paging.pageSize = 1;
    graph.simulator.tenant.paging.emptyFirstPage = true;

    assert.deepEqual(await find(['ada@contoso.com', 'adam@contoso.com', 'ben@contoso.com']), [ada, adam, ben].sort());
  });

  it('When one of the requests is throttled for a moment, then it alone is asked again', async () => {
    const upns = Array.from({ length: 30 }, (_, index) => `p${index}@contoso.com`);
    graph.simulator.faults.add({ match: { path: /^\/users$/ }, times: 1, fault: { status: 429, retryAfter: 0 } });

    assert.deepEqual(await find([...upns, 'ada@contoso.com']), [ada]);
    assert.deepEqual(
      graph.simulator.requests.map(({ path, parts }) => parts?.length ?? path),
      [4, '/users'],
    );
  });

  it('When the right is missing, then that is said, and nobody is "not found"', async () => {
    const fault = { status: 403, code: 'Authorization_RequestDenied' };
    graph.simulator.faults.add({ match: { path: /^\/users$/ }, fault });

    await assert.rejects(find(['ada@contoso.com']), { code: 'graph.forbidden' });
  });

  it('When five thousand are asked for in a directory of five thousand, then it takes 25 batches of 20 requests', async () => {
    const [like] = graph.simulator.tenant.people;
    assert.ok(like);
    const numbers = Array.from({ length: 5000 }, (_, index) => index);
    for (const number of numbers) {
      const id = `aaaaaaaa-3000-4000-8000-${String(number).padStart(12, '0')}`;
      graph.simulator.tenant.addPerson({ ...like, id, userPrincipalName: `person${number}@contoso.com` });
    }

    const found = await find(
      numbers.map((number) => `Person${number}@contoso.com`),
      30_000,
    );

    assert.equal(found.length, 5000);
    assert.deepEqual(
      graph.simulator.requests.map(({ path, parts }) => [path, parts?.length]),
      Array.from({ length: 25 }, () => ['/$batch', 20]),
    );
  }).timeout(40_000);
});
