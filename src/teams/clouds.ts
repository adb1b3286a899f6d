// What differs between the clouds in which Teams and the bot's channel live.

export type Cloud = 'global' | 'usgov';

export interface CloudSettings {
  /** The SDK's `ChannelService`; undefined is the public cloud. */
  channelService: string | undefined;
  /** Who must have issued the tokens of incoming activities. */
  tokenIssuer: string;
  /** OpenID Connect metadata of that issuer; the SDK's own address. */
  tokenMetadataUrl: string;
  /** Hosts of the connector; with a dot in front, all below that domain. */
  serviceHosts: readonly string[];
  /** Where a person is written to who has never written to the bot. */
  firstContactUrl: string;
  /** Where the tenants' SharePoint and OneDrive are: one label stands before it. */
  sharePointDomain: string;
  /** Whether Teams lets bots send and receive files: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4 */
  takesFiles: boolean;
  /** Root of deep links into Teams. */
  teamsUrl: string;
  /** Where people open their Cloud PC in a browser; undefined where that page is not known. */
  cloudPcUrl: string | undefined;
}

/** Teams service URLs: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages */
export const clouds: Readonly<Record<Cloud, CloudSettings>> = {
  global: {
    channelService: undefined,
    tokenIssuer: 'https://api.botframework.com',
    tokenMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    serviceHosts: ['smba.trafficmanager.net', '.infra.gcc.teams.microsoft.com'],
    firstContactUrl: 'https://smba.trafficmanager.net/teams/',
    sharePointDomain: 'sharepoint.com',
    takesFiles: true,
    teamsUrl: 'https://teams.microsoft.com',
    cloudPcUrl: 'https://windows.cloud.microsoft/',
  },
  usgov: {
    channelService: 'https://botframework.azure.us',
    tokenIssuer: 'https://api.botframework.us',
    tokenMetadataUrl: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
    serviceHosts: ['.infra.gov.teams.microsoft.us'],
    firstContactUrl: 'https://smba.infra.gov.teams.microsoft.us/gcch/',
    sharePointDomain: 'sharepoint.us',
    takesFiles: false,
    teamsUrl: 'https://gov.teams.microsoft.us',
    cloudPcUrl: undefined,
  },
};

/** Whether the connector of this cloud lives there: https, the standard port, a known host as it is written, and a path alone. */
export function isServiceUrlOf(cloud: Cloud, serviceUrl: string): boolean {
  const url = URL.parse(serviceUrl);
  // As it is written: a URL parser also takes other letters, line breaks and backslashes for this host.
  if (!url || !serviceUrl.toLowerCase().startsWith(`https://${url.host}/`) || /[^!-~]|[\\?#]/.test(serviceUrl))
    return false;
  if (url.port !== '' || url.username !== '' || url.password !== '') return false;
  return clouds[cloud].serviceHosts.some((host) =>
    host.startsWith('.') ? url.hostname.endsWith(host) : url.hostname === host,
  );
}
