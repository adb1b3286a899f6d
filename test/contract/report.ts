// What the whole run said to Graph, and what was wrong with it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractRecord } from './recorder.ts';

/** A run of all tests sends far more; fewer means that something was not recorded. */
const leastCalls = 1000;
const leastAnswers = 1000;
/** What the bot cannot do without; each must have been seen in a whole run, also from the processes of their own. */
const neverMissing = [
  'v1.0 POST /deviceManagement/virtualEndpoint/cloudPCs/{cloudPC-id}/reprovision',
  'beta POST /deviceManagement/virtualEndpoint/cloudPCs/{cloudPC-id}/reprovision',
  'v1.0 GET /me/cloudPCs',
  'v1.0 POST /me/cloudPCs/{cloudPC-id}/reprovision',
  'v1.0 POST /users/{user-id}/cloudPCs/{cloudPC-id}/reprovision',
  'beta POST /$batch',
  'beta GET /deviceManagement/virtualEndpoint/cloudPCs',
  'beta GET /deviceManagement/virtualEndpoint/cloudPCs/{cloudPC-id}',
  'beta GET /deviceManagement/virtualEndpoint/cloudPCs/{cloudPC-id}/getSupportedCloudPcRemoteActions',
  'beta GET /deviceManagement/virtualEndpoint/userSettings',
  'beta POST /deviceManagement/virtualEndpoint/bulkActions',
  'beta GET /deviceManagement/virtualEndpoint/bulkActions/{cloudPcBulkAction-id}',
  'beta POST /deviceManagement/managedDevices/bulkReprovisionCloudPc',
  'beta GET /groups/{group-id}/transitiveMembers',
  'beta GET /users',
  'beta GET /users/{user-id}',
  'beta POST /users/{user-id}/checkMemberGroups',
  'v1.0 POST /users/{user-id}/sendMail',
  'v1.0 GET /appCatalogs/teamsApps',
  'v1.0 GET /users/{user-id}/teamwork/installedApps',
  'v1.0 POST /users/{user-id}/teamwork/installedApps',
  'v1.0 GET /users/{user-id}/teamwork/installedApps/{userScopeTeamsAppInstallation-id}/chat',
];

export interface ContractReport {
  text: string;
  /** Sentences; [] when all is well. */
  faults: string[];
}

export function readRecords(folder: string): ContractRecord[] {
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ContractRecord),
  );
}

/** @param isWholeRun whether all tests ran: then it is also a fault when too little was seen */
export function reportOn(records: readonly ContractRecord[], isWholeRun: boolean): ContractReport {
  const calls = onceEach(records.filter(({ what }) => what === 'call'));
  const answers = records.filter(({ what }) => what === 'answer');
  const counts = new Map<string, number>();
  for (const name of calls.flatMap(({ operations }) => operations)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const violations = violationsOf(records);
  const rules = records.reduce((sum, record) => sum + record.rules, 0);
  const madeUp = records.filter(({ what }) => what === 'madeUp').length;
  const lines = [
    `  Contract with Microsoft Graph: ${calls.length} calls seen, ${answers.length} answers of the simulator, ${rules} rules checked, ${violations.length} violations`,
    ...[...counts].sort().map(([name, count]) => `    ${String(count).padStart(6)}  ${name}`),
    `    (${madeUp} more calls whose content was made up by tests: headers only)`,
  ];
  const faults = [...violations, ...sentTwice(records), ...(isWholeRun ? missing(calls, answers.length, counts) : [])];
  return { text: lines.join('\n'), faults };
}

/** A request may pass a front before it reaches the simulator: one call, seen twice. */
function onceEach(calls: readonly ContractRecord[]): ContractRecord[] {
  const seen = new Set<string>();
  return calls.filter(({ id }) => {
    if (id === null) return true;
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew;
  });
}

function violationsOf(records: readonly ContractRecord[]): string[] {
  const byText = new Map<string, ContractRecord[]>();
  for (const record of records)
    for (const violation of record.violations) {
      const text = `${record.what === 'answer' ? 'answered' : 'sent'}: ${violation}`;
      byText.set(text, [...(byText.get(text) ?? []), record]);
    }
  return [...byText].map(([text, [first, ...more]]) => {
    const others = more.length > 0 ? `, and ${more.length} times more` : '';
    return `${text} (${first?.path} in "${first?.test}"${others})`;
  });
}

/** No request may come again, neither by the client nor by anything below it. */
function sentTwice(records: readonly ContractRecord[]): string[] {
  const seen = new Set<string>();
  return records
    .filter(({ what, id }) => id !== null && (what === 'call' || what === 'madeUp'))
    .flatMap(({ id, port, path, test }) => {
      const key = `${id} ${port}`;
      if (seen.has(key)) return [`sent twice: ${path} (${id}, in "${test}")`];
      seen.add(key);
      return [];
    });
}

function missing(calls: readonly unknown[], answers: number, counts: ReadonlyMap<string, number>): string[] {
  return [
    ...(calls.length < leastCalls ? [`only ${calls.length} calls were seen, at least ${leastCalls} are sent`] : []),
    ...(answers < leastAnswers ? [`only ${answers} answers were seen, at least ${leastAnswers} are given`] : []),
    ...neverMissing.filter((name) => !counts.has(name)).map((name) => `never seen: ${name}`),
  ];
}
