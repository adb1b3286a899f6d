// What must hold after a storm. The only excuse is that something was wrong between a send and its record: then Teams may have got
// a message twice, since it knows no idempotency key, and a mail may be missing.
import { isDeepStrictEqual } from 'node:util';
import { endedRequestStates } from '../../../src/domain/request.ts';
import { judgeMails } from './judge-mails.ts';
import { judgeCards, judgeDoubles, judgeLost } from './judge-messages.ts';
import { judgeMembers, judgeStarts } from './judge-starts.ts';
import type { Rule, Seen, Violation } from './rules.ts';

export interface Judgement {
  violations: Violation[];
  ends: Record<string, number>;
  approvals: number;
  starts: number;
  excusedDoubles: number;
}

export function judge(seen: Seen): Judgement {
  const { evidence, played } = seen;
  const violations: Violation[] = [];
  const fail = (rule: Rule, isBroken: boolean, what: string) => void (isBroken && violations.push({ rule, what }));
  for (const { plan, stuck } of played)
    fail('every story came to its decision', stuck !== null, `${plan.kind}: ${stuck}`);
  for (const left of evidence.leftOver) fail('nothing is left to do', true, left);
  const ends: Record<string, number> = {};
  for (const { request, counts } of evidence.requests) {
    ends[`${request.operation} ${request.state}`] = (ends[`${request.operation} ${request.state}`] ?? 0) + 1;
    fail(
      'every approved request reached an end',
      !endedRequestStates.includes(request.state),
      `${request.code} is ${request.state}`,
    );
    fail(
      'the counts are right',
      !isDeepStrictEqual(counts.kept, counts.counted),
      `${request.code}: ${JSON.stringify(counts)}`,
    );
  }
  fail(
    'no request made twice',
    evidence.requests.length > played.length,
    `${evidence.requests.length} requests of ${played.length} stories`,
  );
  const started = judgeStarts(seen);
  const doubles = judgeDoubles(seen);
  violations.push(
    ...started.violations,
    ...judgeMembers(seen),
    ...judgeCards(seen),
    ...judgeLost(seen),
    ...doubles.violations,
    ...judgeMails(seen),
  );
  return { violations, ends, approvals: started.approvals, starts: started.starts, excusedDoubles: doubles.excused };
}
