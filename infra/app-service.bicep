// The bot's code on App Service (Linux), as `teamsapp.yml` uploads it.
param name string
param location string
param sku string
param identityId string
param subnetId string
param workspaceId string
param settings object
param databaseUrlSecretUri string
param auditKeySecretUri string

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: name
  location: location
  kind: 'linux'
  sku: { name: sku }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: name
  location: location
  kind: 'app,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    virtualNetworkSubnetId: subnetId
    vnetRouteAllEnabled: true
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      linuxFxVersion: 'NODE|24-lts'
      // Not through npm, which would stand between the bot and the signal to stop.
      appCommandLine: 'node --enable-source-maps dist/index.js'
      alwaysOn: true
      healthCheckPath: '/healthz'
      ftpsState: 'Disabled'
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      remoteDebuggingEnabled: false
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, {
      WEBSITE_RUN_FROM_PACKAGE: '1'
      SCM_DO_BUILD_DURING_DEPLOYMENT: 'false'
      DATABASE_URL: '@Microsoft.KeyVault(SecretUri=${databaseUrlSecretUri})'
      AUDIT_KEY: '@Microsoft.KeyVault(SecretUri=${auditKeySecretUri})'
    })
  }

  // Whoever uploads signs in to Azure; there is no password for it.
  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noUploadPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

// What the bot writes, its log, which is otherwise kept nowhere.
resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'log'
  scope: site
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'AppServiceConsoleLogs'
        enabled: true
      }
    ]
  }
}

output id string = site.id
output host string = site.properties.defaultHostName
