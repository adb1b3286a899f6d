// What may become of the Cloud PC: somebody else reprovisions it too, it comes back as another one, fails, or never ends.
import { type CloudPc, demoCloudPcs, type GraphCall } from '../../../src/simulator/index.ts';
import { testPolicy } from '../../fakes/whole-bot.ts';
import { type BadDay, type Day, expecting, livesTheStory } from './bad-day.ts';
import { waitFor } from './graph-faults.ts';
import { ownStory, type Story } from './story.ts';

const pc = 'CPC-ada-7F3KQ';
const pcId = demoCloudPcs.ada;

const skippedStory: Story = { ...ownStory, end: 'Not started', told: `${pc} was not rebuilt` };
const failedStory: Story = {
  ...ownStory,
  build: { outcome: 'failed' },
  end: 'The rebuild failed',
  told: `The rebuild of ${pc} failed`,
  channelTold: `The rebuild of ${pc} failed`,
};
const closedStory: Story = { ...ownStory, end: 'Closed by IT', told: 'R-1001 was closed by IT' };

const impatient = async () => ({
  options: { policy: { limits: { ...testPolicy.limits, slowAfterMs: 2000, giveUpAfterMs: 16_000 } } },
});

type Outcome = Pick<BadDay, 'trouble' | 'story' | 'play'> &
  Partial<Pick<BadDay, 'open' | 'seconds'>> & {
    expect?: Parameters<typeof expecting>[1];
  };

export function graphOutcomes(): BadDay[] {
  const theme = 'outcomes' as const;
  return [
    ...somebodyElse.map((one) => toBadDay(one, 'somebody else reprovisions it in Intune')),
    ...comesBack.map((one) => toBadDay(one, 'the Cloud PC')),
    ...neverEnds.map((one) => toBadDay(one, 'the build')),
  ].map((day) => ({ ...day, theme }));
}

function toBadDay({ expect, ...outcome }: Outcome, place: string): Omit<BadDay, 'theme'> {
  return { place, seconds: 15, ...outcome, expect: expecting(outcome.story, expect) };
}

const isReprovision = (call: GraphCall) => call.method === 'POST' && call.path.endsWith('/reprovision');

/** Something happens in the moment in which our POST arrives; it is answered as ever. */
function whenOurPostArrives({ whole }: Day, happens: () => void): void {
  let isDone = false;
  const where = (call: GraphCall) => {
    if (isReprovision(call) && !isDone) {
      isDone = true;
      happens();
    }
    return false;
  };
  whole.simulator.faults.add({ match: { where }, fault: { delayMs: 0 } });
}

const somebodyElse: readonly Outcome[] = [
  {
    trouble: 'before the approval',
    story: skippedStory,
    expect: { received: [0, 0], applied: 0, seen: { ada: /Not started/ }, history: /Not started/ },
    async play({ whole, people }) {
      await people.asks();
      await people.submits();
      whole.simulator.tenant.reprovisionInIntune(pcId, { outcome: 'provisioned', buildMs: 6000, lagMs: 0 });
      await people.approves();
    },
  },
  {
    trouble: 'between our check and our POST',
    story: skippedStory,
    expect: { received: [1, 1], applied: 0, history: /Not started/ },
    async play(day) {
      whenOurPostArrives(day, () => day.whole.simulator.tenant.reprovisionInIntune(pcId));
      await livesTheStory(day);
    },
  },
  {
    trouble: 'after our POST, which was lost',
    story: ownStory,
    // Nobody can tell whose it was: it is followed, and the history says that our POST had no clear answer.
    expect: {
      received: [1, 1],
      applied: 0,
      history:
        /No clear answer to the wipe.*Windows 365 is building|Windows 365 is building.*No clear answer to the wipe/s,
    },
    async play(day) {
      const { faults, tenant } = day.whole.simulator;
      const lost = faults.add({ match: { where: isReprovision }, times: 1, fault: 'reset' });
      await livesTheStory(day);
      await waitFor(() => lost.hits === 1, 'our POST never came');
      tenant.reprovisionInIntune(pcId);
    },
  },
  {
    trouble: 'after our POST, while we follow it',
    story: ownStory,
    expect: { history: /Windows 365 is building/ },
    async play(day) {
      const { tenant } = day.whole.simulator;
      tenant.nextBuild(pcId, { outcome: 'never' });
      await livesTheStory(day);
      await waitFor(() => tenant.reprovisionPosts().applied === 1, 'our POST never came');
      await waitFor(() => tenant.findCloudPc(pcId)?.status === 'provisioning', 'it was never built');
      tenant.changeCloudPc(pcId, { status: 'failed' });
      tenant.reprovisionInIntune(pcId);
    },
  },
];

const wasFailed: Partial<CloudPc> = { status: 'failed', provisionedDateTime: '2026-03-12T09:22:00Z' };

const comesBack: readonly Outcome[] = [
  {
    trouble: 'comes back with another id',
    story: { ...ownStory, build: { outcome: 'newId' } },
    expect: { history: /A new Cloud PC of the owner was found and is followed/ },
    play: livesTheStory,
  },
  {
    trouble: 'disappears and never comes back; Adam closes the request',
    story: { ...closedStory, build: { outcome: 'vanish' } },
    expect: { seen: { channel: /A person must decide/, ada: /has disappeared during its rebuild/ } },
    async play(day) {
      await livesTheStory(day);
      await waitFor(() => day.people.stateAt('channel') === 'A person must decide', 'nobody was asked to decide');
      await waitFor(() => /has disappeared/.test(day.people.wordsOfCardAt('channel')), 'IT does not read why');
      await day.people.adamPresses('request.close');
    },
  },
  { trouble: 'fails', story: failedStory, expect: { seen: { ada: /failed/ } }, play: livesTheStory },
  ...[30, 600].map(
    (lagMs): Outcome => ({
      trouble: `fails after having been failed, ${lagMs === 600 ? 'and was never seen being built' : 'and was seen being built'}`,
      story: { ...failedStory, build: { outcome: 'failed', lagMs } },
      async play(day) {
        day.whole.simulator.tenant.changeCloudPc(pcId, wasFailed);
        await livesTheStory(day);
        // Graph's action result tells it at once; the time of the change would be believed two minutes later only.
        await waitFor(() => day.people.stateAt('channel') === failedStory.end, 'the failure was seen too late');
      },
    }),
  ),
  {
    trouble: 'is ready after having been failed',
    story: ownStory,
    play: (day) => {
      day.whole.simulator.tenant.changeCloudPc(pcId, wasFailed);
      return livesTheStory(day);
    },
  },
  {
    trouble: 'ends with warnings',
    story: {
      ...ownStory,
      build: { outcome: 'provisionedWithWarnings' },
      end: 'Ready, with warnings',
      told: 'Your Cloud PC is ready, with warnings',
      channelTold: 'The Cloud PC of Ada Arendt is ready, with warnings',
    },
    play: livesTheStory,
  },
];

const isGivenUp = ({ people }: Day) => /^No end reported after/.test(people.stateAt('channel') ?? '');
const slowly = {
  seen: { channel: /Takes longer than usual.*No end reported/, ada: /Takes longer than usual.*No end reported/ },
};

const neverEnds: readonly Outcome[] = [
  {
    trouble: 'never ends; Adam closes the request',
    story: { ...closedStory, build: { outcome: 'never' } },
    expect: { ...slowly, history: /Closed as failed by an admin/ },
    open: impatient,
    seconds: 30,
    async play(day) {
      await livesTheStory(day);
      await waitFor(() => isGivenUp(day), 'it was never given up');
      await day.people.adamPresses('request.close');
    },
  },
  {
    trouble: 'ends long after it was given up; Adam has it looked at again',
    story: { ...ownStory, build: { outcome: 'provisioned', buildMs: 24_000 } },
    expect: { ...slowly, history: /No end reported for a long time/ },
    open: impatient,
    seconds: 30,
    async play(day) {
      await livesTheStory(day);
      await waitFor(() => isGivenUp(day), 'it was never given up');
      await waitFor(
        () => day.whole.simulator.tenant.findCloudPc(pcId)?.status === 'provisioned',
        'the build has no end',
      );
      await day.people.adamPresses('request.check');
    },
  },
];
