import type { WorkflowSettings } from '../../config/workflow-schema.ts';
import { RearguardError } from '../../core/errors.ts';
import { nearestName } from '../../core/suggest.ts';
import { BUILTIN_WORKFLOWS } from './builtin.ts';
import type { WorkflowDefinition, WorkflowStep } from './types.ts';

/** The built-in workflows and those of the config; one of the config takes the place of a built-in one of its name. */
export function allWorkflows(
  own: Readonly<Record<string, WorkflowSettings>>,
): (WorkflowDefinition & { origin: 'built-in' | 'config' })[] {
  return [
    ...BUILTIN_WORKFLOWS.filter(({ name }) => !Object.hasOwn(own, name)).map((workflow) => ({
      ...workflow,
      origin: 'built-in' as const,
    })),
    ...Object.entries(own).map(([name, settings]) => ({
      ...fromSettings(name, settings),
      origin: 'config' as const,
    })),
  ];
}

/** Throws E_WORKFLOW_UNKNOWN with the nearest name. */
export function findWorkflow(
  own: Readonly<Record<string, WorkflowSettings>>,
  name: string,
): WorkflowDefinition {
  const all = allWorkflows(own);
  const found = all.find((workflow) => workflow.name === name);
  if (found) return found;
  const nearest = nearestName(
    name,
    all.map((workflow) => workflow.name),
  );
  throw new RearguardError('E_WORKFLOW_UNKNOWN', {
    name: JSON.stringify(name),
    nearest: nearest === undefined ? '' : ` Did you mean ${nearest}?`,
  });
}

function fromSettings(name: string, { summary, budget, steps }: WorkflowSettings): WorkflowDefinition {
  return {
    name,
    summary,
    budgetMs: budget ?? null,
    groups: steps.map((entry) =>
      typeof entry === 'object' && 'together' in entry ? entry.together.map(toStep) : [toStep(entry)],
    ),
  };
}

type CommandSettings = Exclude<WorkflowSettings['steps'][number], { together: unknown }>;

function toStep(entry: CommandSettings): WorkflowStep {
  if (typeof entry === 'string') return { run: entry, onFailure: 'continue', timeoutMs: null };
  return { run: entry.run, onFailure: entry.onFailure, timeoutMs: entry.timeout ?? null };
}
