import type { Coverage } from '../core/coverage.ts';
import type { RearguardError } from '../core/errors.ts';
import type { Severity } from '../core/severity.ts';
import { findPlanned, notBuilt } from '../tools/planned.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import type { RunResult } from './envelope.ts';
import { runOwnIsolated } from './live-runs/isolated.ts';
import { mergeCheck } from './merge-check.ts';
import { OWN_NAME, ownCommand } from './own-command.ts';
import type { BrokenTool } from './own-tools/load.ts';
import { recordReport } from './record-report.ts';
import type { Runtime } from './runtime.ts';
import { accessStore } from './store-access.ts';
import { runWorkflow } from './workflow.ts';

export interface CheckOptions {
  /** Names or aliases; default: every tool. One that is yet to come is a step that fails with E_TOOL_NOT_BUILT. */
  tools?: readonly string[] | undefined;
  /** Default: that of the config. */
  failOn?: Severity | undefined;
  /** Time over all tools together; default: that of the config. */
  budgetMs?: number | undefined;
  signal: AbortSignal;
}

/** Every tool's safe check, side by side within one budget, as one ranked report. */
export function runCheck(runtime: Runtime, options: CheckOptions): Promise<RunResult> {
  return ownCommand(runtime, 'check', async () => {
    const entries = chooseTools(runtime, options.tools);
    const budgetMs = options.budgetMs ?? runtime.config.check.budgetMs;
    const failOn = options.failOn ?? runtime.config.failOn;
    const history = accessStore(() => runtime.openStore());
    const previous = history.store.runs.latest(OWN_NAME, 'check');
    const { checks, notPart } = await splitBySafety(entries);
    const steps = checks.map(({ entry, command }) => ({
      name: entry.name,
      run: async (signal: AbortSignal): Promise<RunResult> => {
        if (entry.error) throw entry.error;
        return runOwnIsolated(runtime, { tool: entry.name, command, input: {}, signal, failOn });
      },
    }));
    const outcomes = await runWorkflow([steps], { budgetMs, signal: options.signal, clock: runtime.clock });
    return mergeCheck(outcomes, { budgetMs, failOn, previous, notPart, interrupted: options.signal.aborted });
  }).then((result) => recorded(runtime, result));
}

/** `error`: why it cannot be used; it is a step that fails with it, so that the other tools are checked and the report says what it lacks. */
type ChosenTool = Pick<CatalogEntry, 'name' | 'commands'> &
  ({ load: CatalogEntry['load']; error?: never } | { load?: never; error: RearguardError });

function chooseTools({ catalog }: Runtime, names: readonly string[] | undefined): ChosenTool[] {
  if (names === undefined || names.length === 0) {
    return [...catalog.tools, ...catalog.broken.map((tool) => brokenStep(tool, catalog))];
  }
  const chosen = names.map((name) => plannedTool(name) ?? catalog.find(name));
  return [...new Map(chosen.map((entry) => [entry.name, entry])).values()];
}

/** One tool may have the name that another wants. */
function brokenStep({ name, origin, error }: BrokenTool, { tools }: Catalog): ChosenTool {
  const isTaken = tools.some((tool) => tool.name === name);
  return { name: isTaken ? `${name} (${origin})` : name, commands: [], error };
}

function plannedTool(name: string): ChosenTool | undefined {
  const planned = findPlanned(name);
  return planned && { name: planned.name, commands: [], error: notBuilt(planned) };
}

/** Which tools have a command that is safe to run unasked, and which have to be asked for. */
async function splitBySafety(
  entries: readonly ChosenTool[],
): Promise<{ checks: { entry: ChosenTool; command: string }[]; notPart: Coverage['notChecked'] }> {
  const checks: { entry: ChosenTool; command: string }[] = [];
  const notPart: Coverage['notChecked'] = [];
  for (const entry of entries) {
    const tool = (await entry.load?.().catch(() => null)) ?? null;
    if (tool !== null && tool.check === undefined) {
      notPart.push({
        reason: `${entry.name} is not part of a check: none of its commands is safe to run unasked`,
        hint: `Run it by itself: rearguard ${entry.name} ${entry.commands[0]?.name ?? '--help'}`,
      });
    } else {
      // Of one that cannot be loaded, its run says why.
      checks.push({ entry, command: tool?.check ?? '' });
    }
  }
  return { checks, notPart };
}

/** Later checks compare themselves with this one. */
function recorded(runtime: Runtime, result: RunResult): RunResult {
  if (result.report.data !== null)
    recordReport(accessStore(() => runtime.openStore()).store.runs, result.report);
  return result;
}
