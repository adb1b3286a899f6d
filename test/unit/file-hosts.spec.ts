// Where files may be read and written, and every dress in which another place may come.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFileHosts } from '../../src/teams/file-hosts.ts';

const any = createFileHosts('global', null);
const own = createFileHosts('global', ['contoso.sharepoint.com', 'contoso-my.sharepoint.com']);

const download = 'https://contoso-my.sharepoint.com/personal/adam/_layouts/15/download.aspx?UniqueId=1&tempauth=v1.abc';

describe('Where files are', () => {
  for (const url of [
    download,
    'https://contoso.sharepoint.com/sites/IT/_layouts/15/download.aspx',
    'HTTPS://Contoso.SharePoint.com/a',
    'https://contoso.sharepoint.com/a%20b?c=%2F@evil',
  ]) {
    it(`When it is ${url}, then a file may be read there`, () => {
      assert.ok(any.isFileUrl(url));
      assert.ok(own.isFileUrl(url));
    });
  }

  const elsewhere = [
    '',
    'contoso.sharepoint.com/a',
    '//contoso.sharepoint.com/a',
    'http://contoso.sharepoint.com/a',
    'ftp://contoso.sharepoint.com/a',
    'file:///etc/passwd',
    'data:text/csv,UPN',
    ' https://contoso.sharepoint.com/a',
    'https:contoso.sharepoint.com/a',
    'https:/contoso.sharepoint.com/a',
    'https:///contoso.sharepoint.com/a',
    'https:\\\\contoso.sharepoint.com\\a',
    'https://contoso.sharepoint.com',
    'https://contoso.sharepoint.com?a',
    'https://contoso.sharepoint.com#a',
    'https://contoso.sharepoint.com:443/a',
    'https://contoso.sharepoint.com:8443/a',
    'https://contoso.sharepoint.com:/a',
    'https://contoso.sharepoint.com./a',
    'https://contoso.sharepoint.com.evil.contoso.com/a',
    'https://sharepoint.com/a',
    'https://.sharepoint.com/a',
    'https://sharepoint.com.evil/a',
    'https://evilsharepoint.com/a',
    'https://contoso.evilsharepoint.com/a',
    'https://contoso.sharepoint.org/a',
    'https://contoso.sharepoint.us/a',
    'https://a.contoso.sharepoint.com/a',
    'https://me@contoso.sharepoint.com/a',
    'https://me:secret@contoso.sharepoint.com/a',
    'https://contoso.sharepoint.com@evil.contoso.com/a',
    'https://contoso.sharepoint.com%40evil.contoso.com/a',
    'https://contoso.sharepoint.com%2Fevil/a',
    'https://contoso.sharepoint.com\\@evil.contoso.com/a',
    'https://contoso.sharepoint.com\\.evil.contoso.com/a',
    'https://contoso.sharepoint.com/a\\b',
    'https://evil.contoso.com/https://contoso.sharepoint.com/',
    'https://evil.contoso.com#.sharepoint.com/a',
    'https://evil.contoso.com?.sharepoint.com/a',
    'https://evil.contoso.com\t.sharepoint.com/a',
    'https://contoso\t.sharepoint.com/a',
    'https://contoso.sharepoint.com/a\nb',
    'https://contoso.sharepoint.com/a b',
    'https://contoso.sharepoint.com/\u00a0a',
    'https://contoso。sharepoint。com/a',
    'https://contoso．sharepoint．com/a',
    'https://contoso.sharepoint.cоm/a',
    'https://cóntoso.sharepoint.com/a',
    'https://contoso\u00ad.sharepoint.com/a',
    'https://ｃontoso.sharepoint.com/a',
    'https://xn--contso-0ta.sharepoint.com/a',
    'https://-contoso.sharepoint.com/a',
    'https://contoso-.sharepoint.com/a',
    'https://con_toso.sharepoint.com/a',
    `https://${'a'.repeat(64)}.sharepoint.com/a`,
    'https://127.0.0.1/a',
    'https://[::1]/a',
    'https://2130706433/a',
    'https://localhost/a',
  ];
  for (const url of elsewhere) {
    it(`When it is ${JSON.stringify(url)}, then nothing is read or written there`, () => {
      for (const hosts of [any, own]) {
        assert.equal(hosts.isFileUrl(url), false);
        assert.equal(hosts.isUploadUrl(url), false);
      }
    });
  }

  it('When the tenant names its hosts, then those of other tenants are elsewhere', () => {
    assert.ok(any.isFileUrl('https://fabrikam.sharepoint.com/a'));
    assert.ok(!own.isFileUrl('https://fabrikam.sharepoint.com/a'));
    assert.ok(!own.isFileUrl('https://fabrikam-my.sharepoint.com/a'));
    assert.ok(!own.isUploadUrl('https://fabrikam-my.sharepoint.com/a'));
  });

  it('When a file is to be written, then only into the OneDrive of people', () => {
    for (const hosts of [any, own]) {
      assert.ok(hosts.isUploadUrl('https://contoso-my.sharepoint.com/upload'));
      assert.ok(!hosts.isUploadUrl('https://contoso.sharepoint.com/upload'));
    }
    assert.ok(!any.isUploadUrl('https://contoso-myx.sharepoint.com/upload'));
  });

  it('When it is the cloud of the US government, then it is sharepoint.us alone', () => {
    const gov = createFileHosts('usgov', null);

    assert.ok(gov.isFileUrl('https://contoso.sharepoint.us/a'));
    assert.ok(!gov.isFileUrl('https://contoso.sharepoint.com/a'));
  });

  it('When a host of another domain is named all the same, then it is not used', () => {
    assert.ok(!createFileHosts('global', ['files.contoso.com']).isFileUrl('https://files.contoso.com/a'));
  });

  it('When any address is taken, then every client that follows it comes to that host', () => {
    const piece = fc.constantFrom(
      'https://',
      'contoso',
      '.sharepoint.com',
      '/',
      '@',
      ':',
      '\\',
      '#',
      '?',
      '.',
      '%2e',
      '\t',
      'evil',
      '。',
      '443',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const url = `https://${pieces.join('')}`;
        if (any.isFileUrl(url))
          assert.equal(
            new URL(url).origin,
            'https://contoso.sharepoint.com'.replace('contoso', new URL(url).hostname.split('.')[0]!),
          );
      }),
    );
  });
});
