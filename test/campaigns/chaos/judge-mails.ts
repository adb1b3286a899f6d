// Mails and tickets. Nobody can ask whether one has left, so one whose outcome is unknown is not sent again: it may be missing, but
// only where something happened between the mark that it is being sent and the record of the answer.
import type { Instant } from '../../../src/domain/time.ts';
import { recordedWithinMs } from '../crash/doubles.ts';
import type { Evidence } from '../crash/evidence.ts';
import type { Disturbance, FaultKind } from './faults.ts';
import type { Seen, Violation } from './rules.ts';

export function judgeMails(seen: Seen): Violation[] {
  return [...judgeSentTwice(seen), ...judgeLostMails(seen)];
}

const isMail = ({ via }: { via: string }) => via === 'mail' || via === 'ticket';

function judgeSentTwice({ evidence, microsoft }: Seen): Violation[] {
  const wanted = evidence.notices.filter(isMail).length;
  const { mails } = microsoft.simulator.tenant;
  const alike = [...Map.groupBy(mails, ({ from, message }) => JSON.stringify([from, message]))].filter(
    ([, all]) => all.length > 1,
  );
  const violations: Violation[] = alike.map(([mail, all]) => ({
    rule: 'no mail sent twice',
    what: `${all.length} times ${mail.slice(0, 200)}`,
  }));
  if (mails.length > wanted)
    violations.push({ rule: 'no mail sent twice', what: `${mails.length} mails, ${wanted} ordered` });
  return violations;
}

function judgeLostMails(seen: Seen): Violation[] {
  const { evidence, microsoft } = seen;
  const rule = 'no notice and no card lost';
  const ordered = evidence.notices.filter(isMail);
  const sent = ordered.filter(({ state }) => state === 'sent').length;
  const arrived = microsoft.simulator.tenant.mails.length;
  const violations: Violation[] = ordered.flatMap((mail) => {
    const why = mail.state === 'sent' ? null : whyLost(seen, mail);
    return why === null ? [] : [{ rule, what: `${mail.via} ${mail.notice} is ${mail.state}: ${why}` }];
  });
  if (arrived < sent) violations.push({ rule, what: `${sent} mails are said to be sent, ${arrived} arrived` });
  return violations;
}

type Mail = Evidence['notices'][number];

/** null: it is nobody's fault. */
function whyLost({ evidence, microsoft, disturbances }: Seen, mail: Mail): string | null {
  if (mail.state !== 'refused') return 'nobody sends it any more';
  const { audit } = evidence.requests.find(({ request }) => request.id === mail.requestId) ?? { audit: [] };
  const words = audit.filter(
    ({ action, details }) =>
      action.startsWith(`${mail.via}.`) &&
      (details.mail ?? null) === mail.mail &&
      (details.personId ?? null) === mail.personId,
  );
  const word = words.findLast(({ action }) => !action.endsWith('.sent'));
  if (!word) return 'the history does not say so';
  // Everybody here has a mail box, the bot may send, and no fault says that it may not.
  if (!word.action.endsWith('.unclear')) return `the history says ${word.action}`;
  const during = whileSending(mail.createdAt, word.at, disturbances);
  const isCut = disturbances.some(({ kind, from, to }) => cutting.includes(kind) && overlaps({ from, to }, during));
  const isUnknown = microsoft.simulator.requests.some(
    ({ path, status, fault, at }) =>
      path.endsWith('/sendMail') &&
      fault !== undefined &&
      (status === null || status >= 500) &&
      overlaps({ from: at, to: at }, during),
  );
  return isCut || isUnknown ? null : 'nothing happened to it while it was sent';
}

/** What comes between a mail and the record of it; of Graph's faults only those that struck the sending itself do. */
const cutting: readonly FaultKind[] = ['kill', 'stop', 'storeCut', 'storeGone', 'storeRestarted', 'diskFull'];

interface Span {
  from: Instant;
  to: Instant;
}

const overlaps = (one: Span, other: Span) => one.from <= other.to && one.to >= other.from;

/** From its order to the word of it, as the clock on the wall had it: either may have been written while a clock was wrong. */
function whileSending(orderedAt: Instant, toldAt: Instant, disturbances: readonly Disturbance[]): Span {
  const clocks = disturbances.filter(({ kind }) => kind === 'clock');
  const onTheWall = (written: Instant) => [
    written,
    ...clocks
      .map((clock) => ({ clock, at: written - clock.offsetMs }))
      .flatMap(({ clock, at }) => {
        return overlaps(clock, { from: at - recordedWithinMs, to: at + recordedWithinMs }) ? [at] : [];
      }),
  ];
  return {
    from: Math.min(...onTheWall(orderedAt)) - recordedWithinMs,
    to: Math.max(...onTheWall(toldAt)) + recordedWithinMs,
  };
}
