// What a bulk request is made of, in words: how it was chosen, why something is left out, and how each Cloud PC stands.
import type { BulkSource, LeftOutReason } from '../domain/bulk.ts';
import type { BulkLine, BulkView } from '../domain/bulk-views.ts';
import type { Item } from '../domain/item.ts';
import { explainOutcome } from './outcome.ts';
import { dotted, moment, type Sentence, say, type Words } from './sentence.ts';

export function sourceOf(source: BulkSource): Sentence {
  const { type } = source;
  if (type === 'retry') return say('bulk.source.retry', { code: source.code });
  return say(`bulk.source.${type}`, 'name' in source ? { name: source.name } : {});
}

export function whyLeftOut(reason: LeftOutReason): Sentence {
  switch (reason.reason) {
    case 'running':
      return say('bulk.reason.running', { code: reason.code });
    case 'cooldown':
      return say('bulk.reason.cooldown', { when: moment(reason.endedAt, 'smart'), from: moment(reason.from, 'smart') });
    case 'notFound':
    case 'noCloudPc':
    case 'noOwner':
    case 'several':
      return say(`bulk.reason.${reason.reason}`);
    default:
      return say(`reason.${reason.reason}.text`);
  }
}

/** Whose Cloud PC, or the words that named nobody. */
export function whoOf({ owner, words, cloudPcName }: Pick<BulkLine, 'owner' | 'words' | 'cloudPcName'>): Words {
  const who = owner?.name ?? words;
  return cloudPcName === null || cloudPcName === who ? who : dotted(who, cloudPcName);
}

/** The state of a line, and what there is to say about it. */
export function standOf({ item, leftOut, wasSignedOut }: Omit<BulkLine, 'owner' | 'words' | 'cloudPcName'>): Words {
  if (leftOut) return dotted(say('bulk.is.leftOut'), whyLeftOut(leftOut));
  if (!item) {
    const state = say('bulk.is.toRebuild');
    return wasSignedOut ? state : dotted(state, say('bulk.noSignOut'));
  }
  const parts = [stateOf(item), ...(item.newName ? [say('bulk.newName', { name: item.newName })] : []), ...whyOf(item)];
  return dotted(say('bulk.wave', { wave: item.wave }), ...parts);
}

function stateOf({ state, startingAt, endedAt }: NonNullable<BulkLine['item']>): Sentence {
  const since = moment(startingAt, 'clock', 'common.unknown');
  return say(`bulk.is.${state}`, { since, when: moment(endedAt, 'smart', 'common.unknown') });
}

/** What there is to say about how an item ended. */
export function whyOf(item: Pick<Item, 'state' | 'outcome'>): Sentence[] {
  if (item.outcome?.code === 'closedByAdmin') return [say('bulk.closed')];
  const explained = explainOutcome(item);
  return explained ? [explained.happened] : [];
}

/** Why one of those that failed or wait for a person is among them. */
export function troubleOf(item: BulkView['troubled'][number]): Sentence {
  if (item.state === 'timedOut') return say('bulk.noEnd');
  if (item.state === 'needsOperator') return say(item.missingSince === null ? 'bulk.unclear' : 'bulk.gone');
  return whyOf(item)[0] ?? say('cause.other');
}
