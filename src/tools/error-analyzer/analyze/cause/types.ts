import type { BackendEvent } from '../../../../core/event.ts';
import type { Finding } from '../../../../core/finding.ts';
import type { Incident } from '../detect/types.ts';
import type { LogWindow } from '../model.ts';

export interface CauseInput {
  incident: Incident;
  window: LogWindow;
  /** Deploys, migrations, changes and incidents around the window. */
  events: readonly BackendEvent[];
  /** What other tools hold against the backend now: database, dependencies. */
  findings: readonly Finding[];
}

export const CAUSE_KINDS = [
  'deploy',
  'event',
  'finding',
  'dimension',
  'new-template',
  'vanished-template',
  'upstream',
  'signature',
] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

/** One explanation of an incident, with what speaks for it and what against. */
export interface CauseCandidate {
  kind: CauseKind;
  /** `Deploy 2.4.1 at 10:42`, `only tenant = acme on host = web-3`. */
  title: string;
  /** 0 to 1; parts add up to it. */
  score: number;
  parts: readonly { name: string; value: number }[];
  evidence: readonly string[];
  /** What was looked at that could have spoken against it, and what it showed. */
  counterCheck: string;
  /** What to run next to be sure. */
  next: string | null;
}

export interface CauseAnalysis {
  /** When the change happened: 95 % interval; null where there is no change point. */
  changePoint: { atMs: number; fromMs: number; toMs: number } | null;
  /** Best first; empty means that no cause is supported. */
  candidates: readonly CauseCandidate[];
  /** Why there is none, or what was not there to look at. */
  notes: readonly string[];
}
