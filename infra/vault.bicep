// What is secret, and one identity that may read it.
param name string
param location string
param readerPrincipalId string

@secure()
param databaseUrl string

@secure()
param auditKey string

// Key Vault Secrets User: reads values, changes nothing. https://learn.microsoft.com/azure/key-vault/general/rbac-guide
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    // A lost audit key can never be told from a changed audit.
    enablePurgeProtection: true
  }

  resource databaseUrlSecret 'secrets' = {
    name: 'database-url'
    properties: { value: databaseUrl }
  }

  resource auditKeySecret 'secrets' = {
    name: 'audit-key'
    properties: { value: auditKey }
  }
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, readerPrincipalId, secretsUser)
  properties: {
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

// Without a version, so that a new value is taken at the next start.
output databaseUrlSecretUri string = '${vault.properties.vaultUri}secrets/${vault::databaseUrlSecret.name}'
output auditKeySecretUri string = '${vault.properties.vaultUri}secrets/${vault::auditKeySecret.name}'
