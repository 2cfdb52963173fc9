import type { z } from 'zod';
import type { Block } from '../core/block.ts';
import type { Coverage } from '../core/coverage.ts';
import type { FindingDraft, Rule } from '../core/finding.ts';
import type { Insight } from '../core/insight.ts';
import type { MetricValue } from '../core/metric.ts';
import type { Diagnostic, Report, ReportStatus } from '../core/report.ts';
import type { CommandContext } from './context.ts';

/** read: looks only; traffic: makes requests a backend can feel; write: changes something of the user's. */
export type Effect = 'read' | 'traffic' | 'write';

/** What a command returns; the runner makes the Report of it. */
export interface ReportDraft {
  /** Only where the findings alone do not decide: `unknown` when nothing could be measured. */
  status?: ReportStatus;
  summary: string;
  findings: readonly FindingDraft[];
  coverage: Coverage;
  insights?: readonly Insight[];
  metrics?: readonly MetricValue[];
  sections: readonly Block[];
  data: unknown;
  diagnostics?: readonly Diagnostic[];
  artifacts?: Report['artifacts'];
  next?: readonly string[];
}

/** What a live command shows while it runs. */
export interface LiveView {
  /** The whole screen, made only when somebody looks at one. */
  sections(): readonly Block[];
  /** What changed since the last view: a line each where nobody draws a screen, `data` for NDJSON. */
  changes: readonly { atMs: number; text: string; data: unknown }[];
  /** What the command concludes now, made only when somebody asks: the daemon does, after changes and now and then. */
  assess?: () => LiveAssessment;
  /** Counters and histograms since the command began, for a scraper. */
  metrics?: () => readonly MetricValue[];
}

/** The findings of this moment, and where the rules came to a verdict, as in a report. */
export interface LiveAssessment {
  findings: readonly FindingDraft[];
  coverage: Coverage;
}

export type CommandRun<Input, Options> = (
  ctx: CommandContext<Options>,
  input: Input,
) => Promise<ReportDraft> | AsyncGenerator<LiveView, ReportDraft, void>;

export interface CommandDefinition<
  InputSchema extends z.ZodObject = z.ZodObject,
  DataSchema extends z.ZodType = z.ZodType,
  Options = never,
> {
  summary: string;
  /** One field per option; its description is the help text. Field names are camelCase, flags kebab-case. */
  input: InputSchema;
  /** Schema of `report.data`, published as `schema/<tool>.<command>.json`. */
  data: DataSchema;
  effect: Effect;
  /** Complete command lines, shown in `--help` and the docs. */
  examples: readonly { line: string; does: string }[];
  /** Whether this input says all that is needed: then it also runs where there is no config, and nothing is remembered. */
  worksAlone?: (input: z.infer<InputSchema>) => boolean;
  run: CommandRun<z.infer<InputSchema>, Options>;
}

export function defineCommand<
  InputSchema extends z.ZodObject,
  DataSchema extends z.ZodType,
  Options = unknown,
>(
  definition: CommandDefinition<InputSchema, DataSchema, Options>,
): CommandDefinition<InputSchema, DataSchema, Options> {
  return definition;
}

/** A command whose types have been checked by defineCommand and are no longer needed. */
export type AnyCommand = CommandDefinition;

export interface ToolDefinition<OptionsSchema extends z.ZodType = z.ZodType> {
  /** kebab-case, unique; also the name of its config section. */
  name: string;
  /** Short name on the command line and prefix of finding ids. */
  alias: string;
  summary: string;
  whenToUse: string;
  /** The tool's section of the config; must accept `{}`. */
  options: OptionsSchema;
  rules: readonly Rule[];
  commands: Readonly<Record<string, AnyCommand>>;
  /** The safe command that `rearguard check` runs; a tool without one is named in its coverage, with its first command to run instead. */
  check?: string;
  /** The live command that the daemon keeps running; it must give assessments. */
  monitor?: string;
}

export function defineTool<OptionsSchema extends z.ZodType>(
  definition: ToolDefinition<OptionsSchema>,
): ToolDefinition<OptionsSchema> {
  return definition;
}
