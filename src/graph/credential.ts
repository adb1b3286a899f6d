// The bot's own identity towards Graph, and that of the administrator who sets it up.
import { AzureCliCredential, DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import type { GraphCloudName } from './clouds.ts';
import { findGraphCloud } from './clouds.ts';

/**
 * Reads AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret, certificate, workload identity or managed identity from the
 * environment, as DefaultAzureCredential documents them. No request is made before the first token is needed.
 * @param settings.managedIdentityClientId the managed identity to use; it would win over AZURE_CLIENT_ID
 * @throws InputError `graph.cloudNotServed`
 */
export function createGraphCredential(settings: {
  cloud: GraphCloudName;
  managedIdentityClientId?: string | undefined;
}): TokenCredential {
  const { managedIdentityClientId } = settings;
  return new DefaultAzureCredential({
    authorityHost: findGraphCloud(settings.cloud).authorityHost,
    ...(managedIdentityClientId === undefined ? {} : { managedIdentityClientId }),
  });
}

/**
 * Whoever is signed in with `az login`: Azure CLI is asked for a token when the first one is needed, and brings the scopes
 * Application.ReadWrite.All and AppRoleAssignment.ReadWrite.All for those whose role in Entra allows them.
 */
export function createAdministratorCredential(tenantId: string): TokenCredential {
  return new AzureCliCredential({ tenantId });
}
