// Times as people read them: in their language and zone, formatted here because clients follow the device's region.
import type { Language, Reader } from '../domain/people.ts';
import { day, type Instant, minute } from '../domain/time.ts';
import type { Texts } from './texts.ts';

export interface Times {
  /** `13:58`. */
  time(at: Instant): string;
  /** `today 13:58`, `yesterday 13:58`, `tomorrow 13:58`, `Thu 26 Nov, 13:58`; the year where it is another one. */
  smart(at: Instant): string;
  /** `13:58` when it is today, else as `smart`: for "since …". */
  clock(at: Instant): string;
  /** `Mon 23 Nov, 14:20`: says for good which day "today" was. */
  stamp(at: Instant): string;
  /** `12 Mar 2026`. */
  date(at: Instant): string;
  /** `Monday 23 November`; a heading over entries of that day. */
  day(at: Instant): string;
  /** A word that is the same for all times of one day in this zone. */
  dayKey(at: Instant): string;
  /** The short name of the zone at that time, `CET`. */
  zone(at: Instant): string;
  /** `51 min`, `2 h`, `1 h 37 min`; less than a minute counts as one. */
  span(ms: number): string;
}

/** Which of Intl's locales writes the texts' language; British English has the 24-hour clock of the other two. */
const locales: Record<Language, string> = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR' };

const nearDays = 6;

/** @param now what "today" is told by; an unknown zone is read as UTC */
export function createTimes(texts: Texts, reader: Reader, now: Instant): Times {
  const format = formatsOf(reader.language, reader.timeZone);
  const t = (key: string, values: Record<string, string | number>) => texts.t(reader.language, key, values);
  const today = format.dayNumber(now);

  const smart = (at: Instant): string => {
    const away = format.dayNumber(at) - today;
    const time = format.time(at);
    if (away === 0) return t('date.today', { time });
    if (away === -1) return t('date.yesterday', { time });
    if (away === 1) return t('date.tomorrow', { time });
    if (format.year(at) !== format.year(now)) return format.dateTimeYear(at);
    return Math.abs(away) <= nearDays ? format.weekdayTime(at) : format.dateTime(at);
  };

  return {
    time: format.time,
    smart,
    clock: (at) => (format.dayNumber(at) === today ? format.time(at) : smart(at)),
    stamp: format.weekdayTime,
    date: format.date,
    day: format.day,
    dayKey: (at) => String(format.dayNumber(at)),
    zone: format.zone,
    span: (ms) => {
      const minutes = Math.max(1, Math.round(ms / minute));
      const h = Math.floor(minutes / 60);
      const m = minutes % 60;
      if (h === 0) return t('span.m', { m });
      return m === 0 ? t('span.h', { h }) : t('span.hm', { h, m });
    },
  };
}

type Formats = ReturnType<typeof makeFormats>;
const made = new Map<string, Formats>();
/** Zones come with messages; more than an organisation has are somebody's game. */
const mostKept = 300;

/** Intl's formats are dear to make, and there are few languages and zones. An unknown zone becomes UTC and is not kept. */
function formatsOf(language: Language, timeZone: string): Formats {
  const key = `${language} ${timeZone}`;
  const known = made.get(key);
  if (known) return known;
  try {
    const formats = makeFormats(locales[language], timeZone);
    if (made.size >= mostKept) made.clear();
    made.set(key, formats);
    return formats;
  } catch (error) {
    if (timeZone === 'UTC' || !(error instanceof RangeError)) throw error;
    return formatsOf(language, 'UTC');
  }
}

function makeFormats(locale: string, timeZone: string) {
  const of = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, hourCycle: 'h23', ...options });
    return (at: Instant) => format.format(at);
  };
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  const short = { day: 'numeric', month: 'short' } as const;
  // Canadian English writes 2026-11-23.
  const calendar = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const named = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' });
  return {
    time: of(clock),
    dateTime: of({ ...short, ...clock }),
    dateTimeYear: of({ ...short, year: 'numeric', ...clock }),
    weekdayTime: of({ weekday: 'short', ...short, ...clock }),
    date: of({ ...short, year: 'numeric' }),
    day: of({ weekday: 'long', day: 'numeric', month: 'long' }),
    year: (at: Instant) => calendar.format(at).slice(0, -6),
    dayNumber: (at: Instant) => Math.round(Date.parse(calendar.format(at)) / day),
    zone: (at: Instant) => named.formatToParts(at).find((p) => p.type === 'timeZoneName')?.value ?? timeZone,
  };
}
