// People as they are: they ask, wait a while, do what the bot asks of them, and press again when nothing happened.
import type { CastMember, Where } from '../../fakes/teams.ts';
import type { WholeBot } from '../../fakes/whole-bot.ts';
import { type Asking, createAsking } from './asking.ts';
import { createDeciding, type Deciding } from './deciding.ts';
import { awaits, createHands } from './hands.ts';
import { createScreens, type Place, type Screens } from './screens.ts';
import { readSeen, type Seen } from './seen.ts';
import type { Story } from './story.ts';

export interface People extends Asking, Deciding, Screens {
  story: Story;
  /** Writes, and gives what is answered there within a few seconds. */
  says(from: CastMember, text: string, where?: Where): Promise<Seen | null>;
}

const answerWithinMs = 5_000;

export function createPeople(whole: WholeBot, story: Story): People {
  const screens = createScreens(whole);
  const hands = createHands(whole, screens);
  const asking = createAsking(story, screens, hands);
  return {
    story,
    ...screens,
    ...asking,
    ...createDeciding(asking.code, screens, hands),
    async says(from, text, where = 'personal') {
      const answeredAt: Place = where === 'personal' ? from : 'channel';
      const before = screens.messagesAt(answeredAt).length;
      await hands.writes(from, text, where);
      const answer = await awaits(() => screens.messagesAt(answeredAt).at(before), answerWithinMs);
      return answer ? readSeen(answer.content) : null;
    },
  };
}
