// `npm run doctor`: the check without Teams, for whoever sets the bot up. It reads Graph and the store, and starts nothing.
import { createTextRenderer } from '../cards/render-text.ts';
import { composeGraph, type GraphParts } from '../compose-graph.ts';
import type { Policy } from '../domain/policy.ts';
import type { StoreFindings } from '../domain/setup-findings.ts';
import type { SetupRow } from '../domain/setup-row.ts';
import { toRows, verdictOf } from '../domain/setup-rows.ts';
import type { TextView } from '../domain/text-views.ts';
import { minute } from '../domain/time.ts';
import { graphSelf } from '../graph/graph-self.ts';
import { graphTenant } from '../graph/tenant.ts';
import { createTexts } from '../locales/texts.ts';
import { readGraphFindings, readStoreFindings } from '../requests/check-setup.ts';
import { peekStore } from '../store/peek.ts';

export interface DoctorOptions extends GraphParts {
  policy: Policy;
  /** Takes the report, in English, line by line. */
  print(line: string): void;
}

const withinMs = minute;
const signs: Readonly<Record<SetupRow['state'], string>> = { missing: '✗', notable: '!', unknown: '?', present: '✓' };

/** @returns the exit code: 0 all that is needed is there, 1 something is missing, 2 something needed could not be asked */
export async function runDoctor(options: DoctorOptions): Promise<0 | 1 | 2> {
  const { config, policy, clock, log, print } = options;
  const graph = composeGraph(options);
  const parts = {
    policy,
    clock,
    tenant: graphTenant(graph, { clock, log }),
    graphSelf: graphSelf(graph, { teamsAppId: config.teamsAppId, clock }),
  };
  const [found, store] = await Promise.all([readGraphFindings(parts, null, withinMs), findInStore(options)]);
  const rows = toRows({ graph: found, store }, policy);
  const verdict = verdictOf(rows);
  for (const line of report(rows, verdict)) print(line);
  return verdict;
}

async function findInStore({ config, clock, log }: DoctorOptions): Promise<StoreFindings> {
  const startedAt = clock.monotonic();
  const peek = await peekStore({ ...config.store, log }, (tx) =>
    readStoreFindings(tx, clock.now(), () => clock.monotonic() - startedAt),
  );
  return 'value' in peek ? peek.value : { kind: 'notAsked', why: peek.notAsked };
}

function report(rows: readonly SetupRow[], verdict: 0 | 1 | 2): string[] {
  const renderer = createTextRenderer(createTexts());
  const write = (view: TextView) => renderer.plain(view, { language: 'en', timeZone: 'UTC' });
  const heads = new Map<SetupRow['state'], string>();
  const lines = rows.flatMap(({ state, name, mend }) => {
    const head = heads.has(state) ? [] : ['', write({ text: `check.head.${state}`, values: {} })];
    heads.set(state, signs[state]);
    return [...head, `  ${signs[state]} ${write(name)}`, ...mend.map((sentence) => `      ${write(sentence)}`)];
  });
  const count = (state: SetupRow['state']) => rows.filter((row) => row.isNeeded && row.state === state).length;
  const ends: TextView[] = [
    { text: 'check.good', values: {} },
    { text: 'check.bad', values: { n: count('missing') } },
    { text: 'check.unsure', values: { n: count('unknown') } },
  ];
  return [...lines.slice(1), '', write(ends[verdict] ?? { text: 'check.good', values: {} })];
}
