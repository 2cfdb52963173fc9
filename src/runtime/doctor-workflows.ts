import { counted } from '../core/counted.ts';
import type { ResolvedConfig } from '../config/types.ts';
import type { Catalog } from './catalog.ts';
import { type Examination, failedRow } from './doctor-data.ts';
import { allWorkflows } from './workflows/find.ts';
import { parseStep } from './workflows/parse-step.ts';
import type { WorkflowDefinition } from './workflows/types.ts';

/** Whether the command lines of the config's own workflows are understood: their tools may be the user's own, so the config alone cannot tell. */
export function examineWorkflows(
  { workflows }: Pick<ResolvedConfig, 'workflows'>,
  catalog: Catalog,
): Promise<Examination[]> {
  const own = allWorkflows(workflows).filter(({ origin }) => origin === 'config');
  return Promise.all(own.map((workflow) => examineWorkflow(workflow, catalog)));
}

async function examineWorkflow({ name, groups }: WorkflowDefinition, catalog: Catalog): Promise<Examination> {
  const steps = groups.flat();
  const parsed = await Promise.all(steps.map((step) => parseStep(step, catalog)));
  const mistake = parsed.find((one) => 'code' in one);
  if (mistake !== undefined) {
    const row = failedRow(`workflow ${name}`, mistake);
    // The rest of it runs.
    return mistake.code === 'E_TOOL_NOT_BUILT' ? { ...row, result: 'warn' } : row;
  }
  return { name: `workflow ${name}`, result: 'ok', detail: counted(steps.length, 'step') };
}
