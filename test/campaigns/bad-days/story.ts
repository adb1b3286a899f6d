// What is asked in a bad day's story: by whom, for whom, and how it is meant to end.
import { type BuildScript, demoCloudPcs } from '../../../src/simulator/index.ts';
import type { CastMember } from '../../fakes/teams.ts';

export interface Story {
  name: string;
  asker: CastMember;
  owner: CastMember;
  says: string;
  cloudPcId: string;
  /** What the asker fills in. */
  inputs: Record<string, unknown>;
  build?: BuildScript;
  /** The title of the cards in the end. */
  end: string;
  /** How the owner is told: the summary of the notice. */
  told: string;
  /** How the channel is told; null: its card changes without a sound. */
  channelTold: string | null;
  mails: number;
}

export const ownStory: Story = {
  name: 'Ada asks for her own',
  asker: 'ada',
  owner: 'ada',
  says: 'reprovision my Cloud PC',
  cloudPcId: demoCloudPcs.ada,
  inputs: { reason: 'Apps no longer start', saved: 'true', mail: 'true' },
  end: 'Ready',
  told: 'Your Cloud PC is ready',
  channelTold: null,
  mails: 1,
};

/** The one in which the channel gets a notice below its card. */
export const warningStory: Story = {
  ...ownStory,
  name: 'Ada asks, and it ends with warnings',
  build: { outcome: 'provisionedWithWarnings' },
  end: 'Ready, with warnings',
  told: 'Your Cloud PC is ready, with warnings',
  channelTold: 'The Cloud PC of Ada Arendt is ready, with warnings',
};

/** The one in which somebody else, who has never met the bot, gets a card. */
export const ownerStory: Story = {
  ...ownStory,
  name: 'Adam asks for Ben',
  asker: 'adam',
  owner: 'ben',
  says: 'reprovision ben@contoso.com',
  cloudPcId: demoCloudPcs.benDesign,
  inputs: {
    reason: 'Agreed by phone',
    saved: 'true',
    mail: 'true',
    osVersion: 'windows11',
    accountType: 'standardUser',
  },
  // One more when it starts, since IT wished so.
  mails: 2,
};
