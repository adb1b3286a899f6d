import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type Cloud, clouds, isServiceUrlOf } from '../../src/teams/clouds.ts';

describe('Service URLs', () => {
  const table: [string, Cloud | null][] = [
    ['https://smba.trafficmanager.net/emea/', 'global'],
    ['https://smba.trafficmanager.net/teams/', 'global'],
    ['https://SMBA.trafficmanager.net/emea/', 'global'],
    ['https://smba.infra.gcc.teams.microsoft.com/gcc', 'global'],
    ['https://smba.infra.gov.teams.microsoft.us/gcch', 'usgov'],
    ['http://smba.trafficmanager.net/emea/', null],
    ['https://smba.trafficmanager.net:8443/emea/', null],
    ['https://smba.trafficmanager.net@attacker.example/', null],
    ['https://user@smba.trafficmanager.net/', null],
    ['https://smba.trafficmanager.net.attacker.example/', null],
    ['https://attacker-smba.trafficmanager.net/', null],
    ['https://attacker.example/smba.trafficmanager.net/', null],
    ['https://trafficmanager.net/', null],
    ['https://smba.infra.dod.teams.microsoft.us/dod', null],
    ['ftp://smba.trafficmanager.net/', null],
    ['smba.trafficmanager.net', null],
    ['', null],
  ];

  for (const [url, cloud] of table) {
    it(`When it is "${url}", then it is ${cloud ? `of the cloud ${cloud}` : 'of no cloud'}`, () => {
      assert.deepEqual(
        [isServiceUrlOf('global', url), isServiceUrlOf('usgov', url)],
        [cloud === 'global', cloud === 'usgov'],
      );
    });
  }

  it('When a link leads into Teams, then into that of the cloud', () => {
    assert.deepEqual(
      [clouds.global, clouds.usgov].map(({ teamsUrl }) => new URL(teamsUrl).hostname),
      ['teams.microsoft.com', 'gov.teams.microsoft.us'],
    );
  });

  it('When somebody is written to for the first time, then that URL is of the cloud', () => {
    for (const cloud of ['global', 'usgov'] as const) assert.ok(isServiceUrlOf(cloud, clouds[cloud].firstContactUrl));
  });
});
