import type { Severity } from '../../core/severity.ts';
import type { ProjectFacts } from '../../project/facts.ts';

/** Everything that AI-CONTEXT.md says, as data. A part that is null is unknown here and now: what the file says of it stays. */
export interface ContextFacts {
  /** `2026-11-28`, UTC. */
  today: string;
  project: ProjectFacts | null;
  /** Endpoints with measurements, of all targets. */
  endpoints: readonly EndpointFigure[];
  targets: readonly TargetFigure[];
  tools: readonly CatalogueTool[] | null;
  /** Names of tools that are yet to come. */
  plannedTools: readonly string[];
  findings: FindingFacts | null;
  /** Updates of sessions, newest first. */
  sessions: readonly SessionLink[];
  /** Lessons, in the order of their file. */
  lessons: readonly string[];
}

/** What was measured of one endpoint. */
export interface EndpointFigure {
  /** As it was called: `GET /api/products?page=1`, without the target's name. */
  endpoint: string;
  /** Milliseconds; null when no call succeeded. */
  p95Ms: number | null;
  /** Percentage of calls that failed. */
  errorPercent: number;
  /** Its objective in milliseconds. */
  objectiveMs: number;
  /** Day of the newest measurement, `2026-11-28`. */
  measuredOn: string;
}

/** A goal of the whole backend beside what was measured of it. */
export interface TargetFigure {
  /** `Response time`: also its key in the file. */
  name: string;
  /** `95 % of calls within 200 ms` */
  goal: string;
  measured: {
    value: number;
    unit: string;
    /** What else belongs to the figure: `3 of 16 endpoints are slower`. */
    note: string | null;
    isMet: boolean;
    measuredOn: string;
  } | null;
  /** Of one that was never measured: the command that does it. */
  measureWith: string;
}

export interface CatalogueTool {
  name: string;
  alias: string;
  summary: string;
  whenToUse: string;
  /** A command line as one types it in the workspace. */
  usage: string;
  maintenance: string;
  /** Module of a tool of the user's own, relative to the root; null for one that comes with Rearguard. */
  own: string | null;
}

export interface FindingFacts {
  /** Open ones by severity, worst first; only those that there are. */
  counts: readonly { severity: Severity; count: number }[];
  /** Worst first, at most as many as a region could show. */
  worst: readonly {
    id: string;
    severity: Severity;
    rule: string;
    subject: string;
    /** Day on which it was first seen. */
    since: string;
  }[];
}

export interface SessionLink {
  /** Relative to AI-CONTEXT.md. */
  file: string;
  title: string;
}
