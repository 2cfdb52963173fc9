/** What a workflow does when a step fails: find something, or could not be run. */
export type OnFailure = 'continue' | 'stop';

/** One command of one tool, as it is typed after `rearguard`. */
export interface WorkflowStep {
  /** `api-health-monitor status`, `error-analyzer analyze --since=24h`. */
  run: string;
  onFailure: OnFailure;
  /** Null: the rest of the workflow's time. */
  timeoutMs: number | null;
  /** A file without which the step makes no sense, relative to the config: it is left out then, and the report says so. */
  needsFile?: string;
}

/** A step that was not run on purpose. */
export interface LeftOut {
  name: string;
  reason: string;
  hint?: string;
}

/** How far a workflow is. */
export interface StepProgress {
  /** The step's command line. */
  name: string;
  state: 'running' | 'finished' | 'failed' | 'late' | 'interrupted' | 'left out';
  /** Steps that are over, and all. */
  done: number;
  total: number;
}

/** Steps of a group run side by side; groups run one after another. */
export interface WorkflowDefinition {
  name: string;
  summary: string;
  /** Null: no limit but those of the steps. */
  budgetMs: number | null;
  groups: readonly (readonly WorkflowStep[])[];
}
