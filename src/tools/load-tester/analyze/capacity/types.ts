/** What one step of the search asked of the backend, and what came of it. Rates are sessions a second but where it says requests. */
export interface CapacityStep {
  kind: 'search' | 'confirm';
  rate: number;
  windowMs: number;
  /** Sessions that began within the window, a second: what the generator really made. */
  begunRate: number;
  /** Sessions that ended within the window, a second. */
  completedRate: number;
  /** Requests answered well within the window, a second. */
  goodRequestRate: number;
  /** Of all endpoints together, in milliseconds; null without an answer. */
  p50Ms: number | null;
  /** Of the endpoint that is worst off, and which one that is. */
  p95Ms: number | null;
  worstEndpoint: string | null;
  /** Failed and given up, of all that was asked, 0 to 1. */
  errorShare: number;
  dropped: number;
  /** By how many sessions what is under way and queued grew over the window. */
  backlogGrowth: number;
  /** Why the objective is not met at this rate; empty: it is. */
  broken: readonly StepBreach[];
  /** Why the generator itself was the limit; null when it was fit. */
  unfit: string | null;
}

export type StepBreach = 'latency' | 'errors' | 'backlog' | 'dropped';

export interface CapacityObjective {
  p95Ms: number;
  /** 0 to 1. */
  errorShare: number;
}

export interface SearchSettings {
  objective: CapacityObjective;
  /** Sessions a second of the first step. */
  startRate: number;
  /** Ceiling; no step passes it. */
  maxRate: number;
  /** How near the highest rate that is met and the lowest that is not must come, as a share. */
  resolution: number;
  /** Steps in all, the confirming ones included. */
  maxSteps: number;
  windowMs: number;
  /** What a closed load of a few users got answered a second, as a first guess; null: not known. */
  guess: number | null;
}

export type SearchMove =
  | { kind: 'measure'; step: CapacityStep['kind']; rate: number; windowMs: number }
  | { kind: 'done'; end: SearchEnd };

export type SearchEnd =
  /** Met for the long window, and broken within the resolution above. */
  | 'found'
  /** Met at the ceiling: the backend takes at least that. */
  | 'ceiling'
  /** The generator was the limit, twice. */
  | 'generator'
  /** Not even the lowest rate meets the objective. */
  | 'nothing-meets'
  /** The steps are used up; the bracket is wider than wished. */
  | 'steps-used-up';

/** What is known after some steps. */
export interface Bracket {
  /** Highest rate that met the objective, below every one that did not; null: none did. */
  meets: number | null;
  /** Lowest rate that did not; null: all did. */
  breaks: number | null;
  /** Whether `meets` held for the long window. */
  confirmed: boolean;
}

export interface CapacityResult extends Bracket {
  end: SearchEnd;
  steps: readonly CapacityStep[];
  knee: Knee | null;
  /** Where completed sessions stop following the ones asked for; null: they followed everywhere. */
  breaking: { rate: number; completedAtMost: number; collapses: boolean } | null;
}

export interface Knee {
  rate: number;
  /** Nearest steps on both sides: the knee is between them, wherever the fit puts it. */
  between: readonly [number, number];
  floorMs: number;
}
