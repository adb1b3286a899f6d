// Where files may be read from and written to: the tenant's SharePoint and nothing else, however the address is dressed up.
import { type Cloud, clouds } from './clouds.ts';

export interface FileHosts {
  /** Whether a file may be read there. */
  isFileUrl(url: string): boolean;
  /** Whether a file may be written there: the OneDrive of people. */
  isUploadUrl(url: string): boolean;
}

/**
 * @param hosts the tenant's own, as `contoso.sharepoint.com`; null: any tenant's in this cloud
 */
export function createFileHosts(cloud: Cloud, hosts: readonly string[] | null): FileHosts {
  const readHost = hostReader(clouds[cloud].sharePointDomain);
  const isAllowed = (host: string) => hosts === null || hosts.includes(host);
  return {
    isFileUrl(url) {
      const host = readHost(url);
      return host !== null && isAllowed(host);
    },
    isUploadUrl(url) {
      const host = readHost(url);
      return host !== null && isAllowed(host) && /^[^.]*-my\./.test(host);
    },
  };
}

/**
 * The host, in lower case, as it stands in the address: https, one label of plain letters before the domain, then the path. What
 * the URL parser would mend or drop (backslashes, tabs, other dots, user names, ports) is no address of SharePoint's.
 */
function hostReader(domain: string): (url: string) => string | null {
  const shape = new RegExp(
    `^https://((?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.${domain.replace('.', '\\.')})/`,
    'i',
  );
  return (url) => {
    const host = shape.exec(url)?.[1]?.toLowerCase();
    if (!host || /[\s\\\p{Cc}]/u.test(url)) return null;
    return URL.parse(url)?.host === host ? host : null;
  };
}
