// The bot's own identity towards Graph.
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
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
