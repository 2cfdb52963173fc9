import type { Block } from '../../core/block.ts';
import { EMPTY_COVERAGE } from '../../core/coverage.ts';
import { dependencyGraph } from '../../core/dependency-graph.ts';
import { isOpen } from '../../core/report.ts';
import type { RunResult } from '../envelope.ts';
import { type MergedOutcomes, mergeOutcomes, outcomeTable } from '../merge-outcomes.ts';
import { OWN_NAME, type OwnBody } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import { accessStore } from '../store-access.ts';
import type { StepOutcome } from '../workflow.ts';
import { changesSince, changesTable } from './changes.ts';
import type { WorkflowData } from './data.ts';
import { explainIncident } from './incident/explain.ts';
import type { Explanation } from './incident/explanation.ts';
import { explanationTree } from './incident/view.ts';
import { type Happenings, happeningsOf, timelineOf } from './timeline.ts';
import type { LeftOut, WorkflowDefinition } from './types.ts';

const HOUR_MS = 3_600_000;
const INCIDENT = 'incident';
/** How far back a timeline goes. */
const LOOK_BACK_MS = { incident: 6 * HOUR_MS, other: 24 * HOUR_MS } as const;

interface FinishedWorkflow {
  outcomes: readonly StepOutcome<RunResult>[];
  leftOut: readonly LeftOut[];
  startedAtMs: number;
  interrupted: boolean;
}

/** All steps as one report: what they found, what changed since the last time, and what happened meanwhile. */
export async function mergeWorkflow(
  runtime: Runtime,
  { name }: WorkflowDefinition,
  { outcomes, leftOut, startedAtMs, interrupted }: FinishedWorkflow,
): Promise<OwnBody> {
  const { store } = accessStore(() => runtime.openStore());
  const { rows, states, reports, ...merged } = mergeOutcomes(outcomes, {
    failOn: runtime.config.failOn,
    notPart: leftOut.map(({ name: line, reason, hint }) => ({
      reason: `${line} was left out: ${reason}`,
      ...(hint === undefined ? {} : { hint }),
    })),
    interrupted,
    passOver: ['E_TOOL_NOT_BUILT'],
  });
  const previous = store.runs.latest(OWN_NAME, `run ${name}`);
  const { findings, coverage = EMPTY_COVERAGE } = merged;
  const since = changesSince(previous, { findings, coverage });
  const nowMs = runtime.clock.wallMs();
  const isIncident = name === INCIDENT;
  const lookBackMs = isIncident ? LOOK_BACK_MS.incident : LOOK_BACK_MS.other;
  const happenings = happeningsOf(store, { fromMs: startedAtMs - lookBackMs, toMs: nowMs + 1 });
  const explanations = isIncident ? await explain(runtime, merged, happenings, nowMs) : [];
  const data: WorkflowData = {
    workflow: name,
    steps: rows,
    leftOut: leftOut.map(({ name: line, reason }) => ({ name: line, reason })),
    states,
    since,
    explanations,
  };
  const sections: Block[] = [
    outcomeTable('Steps', 'step', rows),
    ...(isIncident && merged.findings.some(isOpen) ? [explanationTree(explanations)] : []),
    ...changesTable(since, [...merged.findings, ...(previous?.findings ?? [])]),
    ...timelineOf(happenings, 'What happened'),
    ...reports.flatMap((report) => report.sections),
  ];
  const decide = explanations.slice(0, 2).map((explanation) => explanation.decide);
  return { ...merged, sections, data, next: [...new Set([...decide, ...(merged.next ?? [])])] };
}

async function explain(
  runtime: Runtime,
  { findings, coverage }: Pick<MergedOutcomes, 'findings' | 'coverage'>,
  { events, changes }: Happenings,
  nowMs: number,
): Promise<Explanation[]> {
  const { dependencies } = await runtime.world();
  const graph = dependencyGraph(
    dependencies.dependencies.map(({ name, neededBy, behind, optional }) => ({
      name,
      neededBy,
      behind,
      optional,
    })),
  );
  const troubled = new Set(findings.filter(isOpen).map(({ subject }) => subject.name));
  const checked = coverage?.checked ?? [];
  const healthyEndpoints = [
    ...new Set(
      checked
        .filter(({ subject }) => subject.kind === 'endpoint' && !troubled.has(subject.name))
        .map(({ subject }) => subject.name),
    ),
  ];
  // In order of time: the last word counts.
  const begins = new Map(
    changes
      .filter(({ state }) => state !== 'resolved')
      .map(({ atMs, finding }) => [finding.fingerprint, atMs]),
  );
  return explainIncident({ findings, begins, events, graph, healthyEndpoints, nowMs });
}
