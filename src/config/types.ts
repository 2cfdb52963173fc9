import type { WorkflowSettings } from './workflow-schema.ts';
import type { Severity } from '../core/severity.ts';
import type { AlertSettings, MaintenanceSettings } from './alert-schema.ts';
import type { DependencySettings } from './dependency-schema.ts';
import type { TargetSettings } from './schema.ts';
import type { ServeSettings } from './serve-schema.ts';

/** A secret by reference; the value is read when it is used and never printed or stored. */
export type SecretReference = { readonly $env: string } | { readonly $file: string };

/** Where a setting's value came from. */
export type Origin =
  | { kind: 'flag'; name: string }
  | { kind: 'environment'; name: string }
  | { kind: 'file'; path: string; line?: number }
  | { kind: 'default' };

/** One effective setting, as `config print` shows it; secrets stay references. */
export interface SettingEntry {
  /** `store.retention.samples` */
  path: string;
  value: unknown;
  origin: Origin;
}

export interface StoreSettings {
  /** Absolute. */
  path: string;
  retention: {
    /** Milliseconds each kind is kept. */
    samplesMs: number;
    minuteBucketsMs: number;
    hourBucketsMs: number;
    runsMs: number;
  };
}

/** The whole configuration after every source was merged; secrets are still references. */
export interface ResolvedConfig {
  /** undefined when no file was found and none was required. */
  path: string | undefined;
  /** Relative paths are meant from here. */
  directory: string;
  store: StoreSettings;
  /** Hosts beside the targets' own that may receive traffic. */
  allowHosts: readonly string[];
  /** Names of the targets, in the file's order. */
  targetNames: readonly string[];
  /** The targets as written, for resolveTargets(). */
  targets: Readonly<Record<string, TargetSettings>>;
  /** Raw section of each tool, to be validated by the tool's own schema. */
  tools: Readonly<Record<string, unknown>>;
  /** Tools of the user's own: modules or definitions, as written. */
  plugins: readonly unknown[];
  workspace: {
    /** Whether the tools in the workspace are found by themselves. */
    ownTools: boolean;
    /** Whether runs keep AI-CONTEXT.md true. */
    refresh: boolean;
    targets: { requestsPerSecond: number; queryMean: number };
  };
  failOn: Severity;
  /** As written; resolveDependencies() puts the secrets in. */
  dependencies: Readonly<Record<string, DependencySettings>>;
  /** As written, the secrets of notifiers still references. */
  alerts: AlertSettings;
  maintenance: readonly MaintenanceSettings[];
  serve: ServeSettings;
  /** As written; by name. */
  workflows: Readonly<Record<string, WorkflowSettings>>;
  check: { budgetMs: number };
  entries: readonly SettingEntry[];
  /** `12:3 ` where a setting is written in the file, for messages; empty where nobody knows. */
  positionOf(path: readonly PropertyKey[]): string;
}
