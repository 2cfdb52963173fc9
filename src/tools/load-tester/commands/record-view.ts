import type { Block } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { percent } from '../../../core/rounding.ts';
import type { ReportDraft } from '../../define.ts';
import type { ScenarioInput } from '../scenario/schema.ts';
import { stepName } from '../scenario/build-steps.ts';
import { scenarioSchema } from '../scenario/schema.ts';
import { scenariosOf } from '../scenario/build-plan.ts';

export interface RecordOutcome {
  document: ScenarioInput;
  source: string;
  /** Absolute; the scenario is the last one. */
  files: readonly string[];
  notes: Coverage['notChecked'];
  correlated: number;
  references: readonly string[];
  /** As it was given. */
  out: string;
}

const MAX_ROWS = 20;

export function recordReport(outcome: RecordOutcome): ReportDraft {
  const scenarios = scenariosOf(scenarioSchema.parse(outcome.document));
  const steps = scenarios.reduce(
    (sum, [, scenario]) => sum + scenario.begin.length + scenario.steps.length,
    0,
  );
  const { correlated, references, files, source } = outcome;
  const made = `${counted(scenarios.length, 'scenario')} with ${counted(steps, 'step')}`;
  return {
    status: 'pass',
    summary: `${made} written to ${outcome.out}.`,
    findings: [],
    // What was looked at is the source; no rule judges it.
    coverage: {
      checked: [{ subject: { kind: 'target', name: source }, rules: [] }],
      notChecked: outcome.notes,
    },
    sections: [mixTable(outcome.document), ...(correlated > 0 ? [correlationText(outcome.document)] : [])],
    data: {
      files: [...files],
      source,
      scenarios: scenarios.length,
      steps,
      correlated,
      references: [...references],
    },
    diagnostics:
      references.length === 0
        ? []
        : [{ level: 'note', message: `Set these before it is run: ${references.join(', ')}.` }],
    artifacts: files.map((path) => ({ kind: 'scenario', path })),
    next: [`rearguard load run --scenario ${outcome.out}${hasUnsafe(outcome.document) ? ' --unsafe' : ''}`],
  };
}

/** Share of each endpoint when sessions are drawn by their weight. */
function mixTable(document: ScenarioInput): Block {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [, { weight, steps }] of scenariosOf(scenarioSchema.parse(document))) {
    for (const step of steps) {
      counts.set(stepName(step), (counts.get(stepName(step)) ?? 0) + weight);
      total += weight;
    }
  }
  const sorted = [...counts].toSorted((a, b) => b[1] - a[1]);
  return {
    kind: 'table',
    title: 'Requests',
    columns: [{ header: 'endpoint' }, { header: 'share', align: 'right', unit: '%' }],
    rows: sorted.slice(0, MAX_ROWS).map(([name, count]) => [name, `${percent(count / total)}`]),
    ...(sorted.length > MAX_ROWS ? { omitted: sorted.length - MAX_ROWS } : {}),
  };
}

function correlationText(document: ScenarioInput): Block {
  const lines = scenariosOf(scenarioSchema.parse(document)).flatMap(([scenario, { steps }]) =>
    steps.flatMap((step) =>
      typeof step === 'string'
        ? []
        : Object.entries(step.extract ?? {}).map(
            ([name, from]) => `${scenario}: {{${name}}} from ${stepName(step)} (${placeOf(from)})`,
          ),
    ),
  );
  return {
    kind: 'text',
    title: 'Taken from answers; check that it is meant',
    text: lines.slice(0, MAX_ROWS).join('\n'),
  };
}

function placeOf(from: unknown): string {
  if (typeof from === 'string') return from;
  const { json, header, cookie } = from as { json?: string; header?: string; cookie?: string };
  return (
    json ?? (header === undefined ? (cookie === undefined ? 'form' : `cookie ${cookie}`) : `header ${header}`)
  );
}

function hasUnsafe(document: ScenarioInput): boolean {
  return Object.values(document.scenarios ?? {})
    .flatMap(({ steps }) => steps)
    .some((step) => !/^(?:GET|HEAD|OPTIONS) /.test(typeof step === 'string' ? step : step.request));
}
