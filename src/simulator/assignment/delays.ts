// How long things take in the tenant. Microsoft documents none of these but the grace period.

/** In milliseconds. A test changes them whenever it likes; what has begun keeps the time that it began with. */
export interface Delays {
  /** From joining a group until readers see the member; whoever leaves is gone at once. */
  membershipVisibleMs: number;
  /** From joining or leaving a group with a licence until the licence is there or gone. */
  licensingMs: number;
  /** From the licence and the policy until the Cloud PC stands in the list. */
  appearMs: number;
  /** The first build; null: as long as a reprovision. */
  firstBuildMs: number | null;
  /** https://learn.microsoft.com/graph/api/cloudpc-endgraceperiod: "up to seven days". */
  graceMs: number;
  /** From the end of the grace period until the Cloud PC is gone. */
  deprovisionMs: number;
}

export const usualDelays: Delays = {
  membershipVisibleMs: 0,
  licensingMs: 0,
  appearMs: 100,
  firstBuildMs: null,
  graceMs: 7 * 24 * 60 * 60 * 1000,
  deprovisionMs: 100,
};
