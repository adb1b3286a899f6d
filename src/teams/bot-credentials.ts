// How the bot signs in towards Teams.
import { ManagedIdentityCredential } from '@azure/identity';
import { ConfigurationServiceClientCredentialFactory } from 'botbuilder';
import {
  ManagedIdentityServiceClientCredentialsFactory,
  type ServiceClientCredentialsFactory,
} from 'botframework-connector';
import type { BotIdentity } from './bot-identity.ts';

type Factory = ConstructorParameters<typeof ManagedIdentityServiceClientCredentialsFactory>[1];
type TokenProvider = ReturnType<Factory['createAzureServiceTokenProvider']>;

/** By its secret, or by the managed identity whose client id is the bot's. */
export function createBotCredentials(identity: BotIdentity): ServiceClientCredentialsFactory {
  if (identity.type === 'UserAssignedMSI')
    return new ManagedIdentityServiceClientCredentialsFactory(identity.appId, { createAzureServiceTokenProvider });
  return new ConfigurationServiceClientCredentialFactory({
    MicrosoftAppType: identity.type,
    MicrosoftAppId: identity.appId,
    MicrosoftAppTenantId: identity.tenantId,
    MicrosoftAppPassword: identity.password,
  });
}

// The SDK's own choice, DefaultAzureCredential, would take AZURE_CLIENT_SECRET first where Graph has a registration of its own,
// and come to Teams as somebody else. Its type asks for that class; all it calls is `getToken`.
function createAzureServiceTokenProvider(clientId: string): TokenProvider {
  return new ManagedIdentityCredential({ clientId }) as unknown as TokenProvider;
}
