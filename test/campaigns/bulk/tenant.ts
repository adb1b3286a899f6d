// A tenant with a fleet: so many people with a Cloud PC each, all in one group; some builds fail.
import { demoPolicies, demoServicePlans, type Simulator } from '../../../src/simulator/index.ts';
import { madeUpId } from '../../../src/simulator/made-up.ts';

export const fleetGroup = { id: 'bbbbbbbb-0f1e-4000-8000-000000000001', name: 'Sales Munich' };

const numbered = (head: string, at: number) => `${head}-4000-8000-${String(at).padStart(12, '0')}`;

export interface FleetMember {
  personId: string;
  upn: string;
  cloudPcId: string;
  /** In Intune, before its next build. */
  deviceId: string;
  /** What comes of its next build. */
  outcome: 'provisioned' | 'failed';
}

/** @param failEvery each so-and-so-many-th build fails; 0: none */
export function addFleet({ tenant }: Simulator, size: number, failEvery: number): FleetMember[] {
  const template = tenant.people[0];
  if (!template) throw new Error('the tenant has nobody');
  const members = Array.from({ length: size }, (_, at): FleetMember => {
    const outcome = failEvery > 0 && at > 0 && at % failEvery === 0 ? 'failed' : 'provisioned';
    const upn = `worker${at}@contoso.com`;
    const personId = numbered('aaaaaaaa-0f1e', at);
    const cloudPcId = numbered('f1ee7000-0001', at);
    return { personId, upn, cloudPcId, deviceId: madeUpId('intune device', cloudPcId), outcome };
  });
  for (const [at, { personId, upn, cloudPcId, outcome }] of members.entries()) {
    tenant.addPerson({
      ...template,
      id: personId,
      displayName: `Worker ${at}`,
      givenName: 'Worker',
      surname: String(at),
      userPrincipalName: upn,
      mail: upn,
    });
    tenant.addCloudPc({
      id: cloudPcId,
      name: `CPC-worker-${at}`,
      userPrincipalName: upn,
      ownerName: `Worker ${at}`,
      servicePlan: { id: demoServicePlans.cpu4, name: 'Cloud PC Enterprise 4vCPU/16GB/256GB' },
      provisioningPolicyId: demoPolicies.officeWestEurope,
      provisionedDateTime: '2026-03-02T08:00:00Z',
    });
    if (outcome === 'failed') tenant.nextBuild(cloudPcId, { outcome });
  }
  tenant.addGroup({
    id: fleetGroup.id,
    displayName: fleetGroup.name,
    description: null,
    memberIds: members.map(({ personId }) => personId),
  });
  return members;
}
