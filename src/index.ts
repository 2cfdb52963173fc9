/** What a config or a tool of your own imports from `rearguard`. */
export { defineConfig, env, file } from './config/define.ts';
export type { ConfigInput } from './config/schema.ts';
export type { HttpTarget, DatabaseTarget, Target } from './config/targets.ts';
export type { SecretReference } from './config/types.ts';
export type { Block } from './core/block.ts';
export type { Coverage } from './core/coverage.ts';
export type { Finding, FindingDraft, Rule, Subject } from './core/finding.ts';
export type { Insight } from './core/insight.ts';
export type { MetricValue } from './core/metric.ts';
export type { Report } from './core/report.ts';
export type { Severity } from './core/severity.ts';
export type { CommandContext } from './tools/context.ts';
export { defineScenario } from './tools/load-tester/scenario/define.ts';
export type { ScenarioInput } from './tools/load-tester/scenario/schema.ts';
export { defineCommand, defineTool } from './tools/define.ts';
/** The schemas of a tool's options and inputs are made with it; a tool of your own needs no copy. */
export { z } from 'zod';
export type { CommandDefinition, Effect, LiveView, ReportDraft, ToolDefinition } from './tools/define.ts';
