import type { Report } from '../../core/report.ts';
import type { LiveRun } from '../../store/live-run-store.ts';

/** What a process of its own can be asked to run. Plain data: it goes through the store. */
export type LiveRequest =
  | { kind: 'tool'; tool: string; command: string; input: Record<string, unknown>; timeoutMs?: number }
  | { kind: 'check'; tools?: readonly string[]; timeoutMs?: number }
  | { kind: 'verify'; finding: string; timeoutMs?: number }
  | { kind: 'workflow'; workflow: string; timeoutMs?: number };

/** How a run stands: `report` is there once it has ended with one, also with a report that says that it failed. */
export interface LiveRunStatus {
  run: LiveRun;
  report: Report | null;
}
