// Everything that the bot needs in Azure: an identity that is also the bot's, the place where it runs, PostgreSQL that only that place
// reaches, a vault for what is secret, the registration with the Teams channel, and Application Insights.
// What this cannot give is done by `npm run grant`: the identity's permissions in Microsoft Graph.
targetScope = 'resourceGroup'

@description('Begins the name of every resource; letters and digits.')
@minLength(3)
@maxLength(12)
param baseName string = 'concierge'

param location string = resourceGroup().location

@description('Where the bot runs: the code on App Service, or the image of the Dockerfile on Container Apps.')
@allowed(['appService', 'containerApps'])
param hosting string = 'appService'

@description('With App Service: the size of the plan. B1 is enough for one process.')
param appServiceSku string = 'B1'

@description('With Container Apps: the image, with its registry and its digest or tag.')
param containerImage string = ''

@description('With Container Apps: the registry that the identity signs in to, such as contoso.azurecr.io; empty: a public image.')
param containerRegistry string = ''

@description('With Container Apps: how many replicas run; with PostgreSQL all of them work.')
@minValue(1)
@maxValue(10)
param replicas int = 2

@description('The id in the manifest of the Teams app.')
param teamsAppId string

param botDisplayName string = 'Cloud PC Concierge'

@description('The tenant\'s SharePoint hosts; empty: any tenant\'s.')
param sharePointHosts string = ''

@description('More of docs/configuration.md, such as { "LOG_LEVEL": "debug" }; nothing secret. What is set by hand in the portal is gone after the next deployment.')
param extraSettings object = {}

@description('Of the administrator that the bot uses in PostgreSQL; 12 characters or more, of three kinds among capitals, small letters, digits and others.')
@secure()
@minLength(12)
param databasePassword string

@description('Signs the chain of seals over the audit; 32 characters or more.')
@secure()
@minLength(32)
param auditKey string

param databaseSku string = 'Standard_B1ms'

@allowed(['Burstable', 'GeneralPurpose', 'MemoryOptimized'])
param databaseTier string = 'Burstable'

@description('Its registration is global; F0 is free for the Teams channel.')
@allowed(['F0', 'S1'])
param botSku string = 'F0'

var name = '${baseName}-${uniqueString(resourceGroup().id)}'
var onAppService = hosting == 'appService'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: name
    location: location
  }
}

module network 'network.bicep' = {
  name: 'network'
  params: {
    name: name
    location: location
    hosting: hosting
  }
}

module database 'database.bicep' = {
  name: 'database'
  params: {
    name: name
    location: location
    subnetId: network.outputs.databaseSubnetId
    dnsZoneId: network.outputs.databaseDnsZoneId
    sku: databaseSku
    tier: databaseTier
    password: databasePassword
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  params: {
    // 24 characters at most, and each vault's name is unique in the world.
    name: 'kv-${uniqueString(resourceGroup().id, baseName)}'
    location: location
    readerPrincipalId: identity.properties.principalId
    databaseUrl: 'postgres://${database.outputs.user}:${uriComponent(databasePassword)}@${database.outputs.host}:5432/${database.outputs.databaseName}?sslmode=verify-full'
    auditKey: auditKey
  }
}

// The bot's own, without what is secret; docs/configuration.md explains them. Not reached from outside: /readyz and /metrics have a port of their own.
var ownSettings = {
  NODE_ENV: 'production'
  BOT_TYPE: 'UserAssignedMSI'
  BOT_ID: identity.properties.clientId
  BOT_TENANT_ID: tenant().tenantId
  TEAMS_APP_ID: teamsAppId
  SHAREPOINT_HOSTS: sharePointHosts
  OPERATIONS_PORT: '9090'
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
}

var settings = union(extraSettings, ownSettings)

module appService 'app-service.bicep' = if (onAppService) {
  name: 'app-service'
  params: {
    name: name
    location: location
    sku: appServiceSku
    identityId: identity.id
    subnetId: network.outputs.appSubnetId
    workspaceId: monitoring.outputs.workspaceId
    settings: settings
    databaseUrlSecretUri: vault.outputs.databaseUrlSecretUri
    auditKeySecretUri: vault.outputs.auditKeySecretUri
  }
}

module containerApps 'container-apps.bicep' = if (!onAppService) {
  name: 'container-apps'
  params: {
    name: name
    location: location
    image: containerImage
    registry: containerRegistry
    replicas: replicas
    identityId: identity.id
    subnetId: network.outputs.appSubnetId
    workspaceName: monitoring.outputs.workspaceName
    settings: settings
    databaseUrlSecretUri: vault.outputs.databaseUrlSecretUri
    auditKeySecretUri: vault.outputs.auditKeySecretUri
  }
}

var host = onAppService ? appService!.outputs.host : containerApps!.outputs.host

module bot 'bot.bicep' = {
  name: 'bot'
  params: {
    name: name
    displayName: botDisplayName
    sku: botSku
    host: host
    identityId: identity.id
    identityClientId: identity.properties.clientId
  }
}

// The toolkit writes these into env/.env.dev, in capitals.
output BOT_ID string = identity.properties.clientId
output BOT_TENANT_ID string = tenant().tenantId
output BOT_DOMAIN string = host
output AZURE_APP_SERVICE_RESOURCE_ID string = onAppService ? appService!.outputs.id : ''
