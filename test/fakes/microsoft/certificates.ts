// A certificate authority for one run, and a certificate of it for Microsoft's host names.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificates {
  key: string;
  cert: string;
  /** The authority's certificate: for NODE_EXTRA_CA_CERTS. */
  caFile: string;
  remove(): Promise<void>;
}

export async function makeCertificates(hosts: readonly string[]): Promise<Certificates> {
  const usual = { keyType: 'ec', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: 'Authority of a test' }], {
    ...usual,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    ...usual,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2 as const, value })) },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'concierge-ca-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, authority.cert);
  return {
    key: leaf.private,
    cert: leaf.cert,
    caFile,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
