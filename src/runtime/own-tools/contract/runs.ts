import { setTimeout as sleep } from 'node:timers/promises';
import { isOpen, type Report } from '../../../core/report.ts';
import { covers } from '../../../core/coverage.ts';
import { foreignBytesPrinted } from '../../../platform/foreign-code.ts';
import type { ToolDefinition } from '../../../tools/define.ts';
import type { Backend, Reply } from '../testing/backend.ts';
import { reportErrors } from '../testing/matchers.ts';
import type { ToolRuns } from '../testing/run-tool.ts';
import { verdict } from './definition.ts';
import type { CheckResult } from './types.ts';

/** Of one run against a backend that answers at once. */
const RUN_LIMIT_MS = 8_000;
/** Whoever interrupts a tool waits this long for it; then it is left behind. */
const ABORT_LIMIT_MS = 4_900;
/** More findings of one kind show nothing new. */
const MAX_VERIFIED = 3;

interface Trial {
  tool: ToolDefinition;
  command: string;
  input: Readonly<Record<string, unknown>>;
  runs: ToolRuns;
  backend: Backend;
}

/** The checks of one command, each with its name, to be made one after another. */
export function checksOfCommand(trial: Trial): { name: string; check: () => Promise<CheckResult[]> }[] {
  const { command } = trial;
  const names = {
    report: `${command}: report`,
    ids: `${command}: findings`,
    abort: `${command}: ends when told to`,
  };
  return [
    { name: names.report, check: async () => [await checkReport(trial, names.report)] },
    { name: names.ids, check: () => checkFindings(trial, names.ids) },
    { name: names.abort, check: async () => [await checkAbort(trial, names.abort)] },
  ];
}

/** Nothing that a tool prints may reach stdout, which holds results only. */
export function checkStdout(): CheckResult {
  const printed = foreignBytesPrinted();
  const name = 'nothing on stdout';
  return verdict(name, printed === 0 ? [] : [`${printed} bytes were printed; use ctx.log, and the report`]);
}

/** Against a backend that is well. */
async function checkReport(
  { tool, command, input, runs, backend }: Trial,
  name: string,
): Promise<CheckResult> {
  backend.routes = { '*': {} };
  const report = await runs.run(command, input, { timeoutMs: RUN_LIMIT_MS });
  const skipped = notRun(report);
  if (skipped !== null) return { name, result: 'skip', detail: skipped };
  const faults = [...errorFault(report), ...reportErrors(report)];
  const data = report.error ? undefined : tool.commands[command]?.data.safeParse(report.data).error;
  return verdict(name, [...faults, ...(data === undefined ? [] : ['data does not fit its schema'])]);
}

/** In which most tools find something: one of them at least. */
const UNWELL: readonly { words: string; reply: Reply }[] = [
  { words: 'answers 500', reply: { status: 500, body: { error: 'planted by the test' } } },
  { words: 'is slow', reply: { delayMs: 600 } },
];

/** What is found in a backend that is unwell: twice the same, and by its own check again. */
async function checkFindings(trial: Trial, name: string): Promise<CheckResult[]> {
  const { tool, command, input, runs, backend } = trial;
  const look = (): Promise<Report> => runs.run(command, input, { timeoutMs: RUN_LIMIT_MS });
  let first: Report | undefined;
  for (const { reply } of UNWELL) {
    backend.routes = { '*': reply };
    first = await look();
    if (first.error !== undefined || first.findings.some(isOpen)) break;
  }
  const found = first?.findings.filter(isOpen) ?? [];
  const skipped = first === undefined ? null : notRun(first);
  if (first === undefined || found.length === 0) {
    const backends = UNWELL.map(({ words }) => words).join(' or ');
    return [{ name, result: 'skip', detail: skipped ?? `it found nothing in a backend that ${backends}` }];
  }
  const second = await look();
  const known = tool.rules.map(({ id }) => id);
  const unknown = found
    .filter(({ rule }) => !known.includes(rule))
    .map(({ rule }) => `${rule} is none of its rules`);
  const uncovered = found
    .filter(({ rule, subject }) => !covers(first.coverage, rule, subject))
    .map(({ rule, subject }) => `coverage does not say that ${rule} judged ${subject.name}`);
  const results = [
    verdict(`${name} have rules and coverage`, [...new Set([...unknown, ...uncovered])]),
    verdict(`${name} keep their ids`, changedIds(first, second)),
  ];
  const faults: string[] = [];
  for (const { id, rule, subject, fingerprint, verify } of found.slice(0, MAX_VERIFIED)) {
    const { command: again, input: narrowed } = verify.check;
    const report = await runs.run(again, narrowed, { timeoutMs: RUN_LIMIT_MS });
    const stands = report.findings.some((finding) => finding.fingerprint === fingerprint && isOpen(finding));
    if (report.error) faults.push(`${id}: ${report.error.message}`);
    else if (!stands && !covers(report.coverage, rule, subject))
      faults.push(`${id}: its check says nothing of ${subject.name}`);
  }
  return [...results, verdict(`${name} are verified by their check`, faults)];
}

function changedIds(first: Report, second: Report): string[] {
  const idsOf = (report: Report): string[] => report.findings.filter(isOpen).map(({ id }) => id);
  const [before, after] = [idsOf(first), idsOf(second)];
  const gone = before.filter((id) => !after.includes(id));
  const added = after.filter((id) => !before.includes(id));
  // Ids are of rule and subject: one that changes from run to run has something in its subject that moves.
  if (gone.length === 0 || added.length === 0) return [];
  return [`${gone.join(', ')} became ${added.join(', ')}: is a figure or a date in the subject's name?`];
}

/** Against one that never answers. */
async function checkAbort({ command, input, runs, backend }: Trial, name: string): Promise<CheckResult> {
  backend.routes = { '*': () => undefined };
  const stop = new AbortController();
  const running = runs.run(command, input, { signal: stop.signal }).then(() => true);
  await sleep(100);
  stop.abort();
  const limit = new AbortController();
  const late = sleep(ABORT_LIMIT_MS, false, { signal: limit.signal }).catch(() => false);
  const ended = await Promise.race([running, late]);
  limit.abort();
  await running;
  return verdict(
    name,
    ended ? [] : ['5 s after it was told to end it still ran: hand ctx.signal to whatever waits'],
  );
}

/** Why nothing can be said of a run here; null where something can. */
function notRun({ error }: Report): string | null {
  if (error === undefined) return null;
  if (error.code === 'E_TIMEOUT') return `it takes longer than ${RUN_LIMIT_MS / 1_000} s`;
  return HERE_ONLY.includes(error.code) ? error.message : null;
}

/** The test has no secrets, no databases and no servers of the user's. */
const HERE_ONLY = [
  'E_SECRET_MISSING',
  'E_NOTHING_TO_CHECK',
  'E_UNREACHABLE',
  'E_TARGET_REFUSED',
  'E_TARGET_INVALID',
];

function errorFault({ error }: Report): string[] {
  return error === undefined ? [] : [`${error.code}: ${error.message}`];
}
