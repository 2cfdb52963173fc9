import type { LoadStage } from '../../../core/load/plan.ts';
import type { AfterSession } from './sessions.ts';

/** When sessions begin: one driver for open models and one for closed ones. */
export interface LoadDriver {
  /** performance.now() of the next session that begins by itself; Infinity: none. */
  nextDueMs(): number;
  /** Begins what is due. */
  pump(nowMs: number): void;
  /** Every 20 ms: for what changes slowly. */
  beat(nowMs: number): void;
  /** Other stages from a moment of the run on. */
  change(fromRunMs: number, stages: readonly LoadStage[]): void;
  afterSession: AfterSession;
  /** No session begins any more by the plan. */
  isOver(nowMs: number): boolean;
  users(): number;
  /** This worker's share of the sessions a second that are asked for; null in a closed model. */
  targetRate(nowMs: number): number | null;
}
