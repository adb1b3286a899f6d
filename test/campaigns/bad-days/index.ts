// The bad days of the main story, each lived by the whole bot with people in front of it.
//   npm run bad-days -- [--jobs 4] [--only <pattern>] [--every <n> [--shift <m>]] [--out <file>] [--list]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { endProcess } from '../../../src/end-process.ts';
import type { BadDay } from './bad-day.ts';
import { recordCallSites } from './call-sites.ts';
import { connectorFaults } from './connector-faults.ts';
import { graphFaults } from './graph-faults.ts';
import { graphOutcomes } from './graph-outcomes.ts';
import { progressLine, summary, toDocument, toMarkdown } from './report.ts';
import { liveAll } from './runner.ts';
import { storeOutages, wrongClocks } from './store-and-clock.ts';
import { ownerStory, ownStory, warningStory } from './story.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '4' },
    only: { type: 'string' },
    // Each nth day alone: a cut through all places and troubles, when there is little time.
    every: { type: 'string', default: '1' },
    shift: { type: 'string', default: '0' },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

async function allDays(): Promise<BadDay[]> {
  const own = await recordCallSites(ownStory);
  const warning = await recordCallSites(warningStory);
  const owner = await recordCallSites(ownerStory);
  return [
    ...graphFaults(own),
    ...connectorFaults(own, warning, owner),
    ...graphOutcomes(),
    ...storeOutages(),
    ...wrongClocks(),
  ];
}

const only = values.only === undefined ? null : new RegExp(values.only, 'i');
const [every, shift] = [Number(values.every), Number(values.shift)];
const days = (await allDays())
  .filter((day) => only?.test(`${day.theme} · ${day.place} · ${day.trouble}`) ?? true)
  .filter((_, index) => index % every === shift % every);
if (values.list) {
  for (const day of days) console.log(`${day.theme} · ${day.place} · ${day.trouble}`);
  endProcess(0);
}
const crashes: unknown[] = [];
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => crashes.push(error));
const lived = await liveAll(days, Number(values.jobs), (one) => console.log(progressLine(one)));
console.log(`\n${toMarkdown(lived)}\n\n${summary(lived)}`);
for (const error of crashes) console.log('  The process would have ended:', error);
if (values.out !== undefined) await writeFile(values.out, toDocument(lived));
endProcess(crashes.length > 0 || lived.some(({ reason }) => reason !== null) ? 1 : 0);
