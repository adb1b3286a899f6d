// The same as the buttons, by text: approve, decline, cancel.

import type { Verdict } from '../../domain/request.ts';
import { cancelRequest } from '../../requests/cancel.ts';
import { type Decided, decide as decideOn } from '../../requests/decide.ts';
import { type Answer, personally, say, type Turn } from '../turn.ts';
import { type Command, closingMarks, phrases } from './command.ts';
import { codeOf } from './look.ts';

const code = '#?(?<code>r-?\\s?\\d{1,12})';
/** What stands behind the code: nothing but marks, or words that are kept. */
const rest = `(?:${closingMarks}|[\\s:,–-]+(?<words>\\S[\\s\\S]*))`;

export const approve: Command = {
  phrase: 'approve R-…',
  patterns: [new RegExp(`^(?:approve|genehmigen|approuver)\\s+${code}${rest}$`, 'iu')],
  run: (turn, groups) => answerDecision(turn, groups, 'approve'),
};

export const decline: Command = {
  phrase: 'decline R-… reason',
  patterns: [new RegExp(`^(?:decline|reject|deny|ablehnen|refuser)\\s+${code}${rest}$`, 'iu')],
  run: (turn, groups) => answerDecision(turn, groups, 'decline'),
};

export const cancel: Command = {
  phrase: 'cancel R-…',
  patterns: [phrases(`(?:cancel|withdraw|zurückziehen|annuler)\\s+${code}`)],
  async run({ deps, person, origin, deadline }, groups) {
    const key = { code: codeOf(groups.code) };
    return answerDecided(await cancelRequest(deps, person, key, origin, deadline), 'say.cancelled');
  },
};

async function answerDecision(
  { deps, person, origin, deadline }: Turn,
  groups: Record<string, string>,
  verdict: Verdict,
): Promise<Answer> {
  const key = { code: codeOf(groups.code) };
  const wish = { verdict, comment: groups.words ?? null, revision: null };
  const decided = await decideOn(deps, person, key, wish, origin, deadline);
  return answerDecided(decided, verdict === 'approve' ? 'say.decided.approved' : 'say.decided.declined');
}

/** The card in the channel and the requester's show the rest. */
function answerDecided({ view, refused }: Decided, text: string): Answer {
  const values = { code: view.request.code ?? '' };
  return refused ? personally({ text: `error.${refused}`, values }) : say(text, values);
}
