import type { z } from 'zod';
import { describeIssues, formatProblems } from '../config/problems.ts';
import type { ResolvedTargets } from '../config/resolve-targets.ts';
import { resolveSecrets, type Environment } from '../config/resolve-secrets.ts';
import type { ResolvedConfig } from '../config/types.ts';
import type { Coverage } from '../core/coverage.ts';
import { RearguardError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { createLearningRedactor, type LearningRedactor } from '../core/redact.ts';
import type { Severity } from '../core/severity.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Clock } from '../platform/clock.ts';
import type { Store } from '../store/store.ts';
import type { Log, Progress } from '../tools/context.ts';
import type { AnyCommand, LiveView, ToolDefinition } from '../tools/define.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { assertSomeDependency } from './left-out.ts';
import type { World } from './world.ts';

export interface RunRequest {
  /** Name or alias. */
  tool: string;
  command: string;
  input: unknown;
  signal: AbortSignal;
  timeoutMs?: number | undefined;
  /** Default: that of the config. */
  failOn?: Severity | undefined;
  /** A person watches a screen that live views are drawn on. */
  watched?: boolean | undefined;
  /** Receives what a live command shows, already redacted. */
  onView?: ((view: ShownView) => void) | undefined;
}

/** A live view as surfaces and the daemon get it. */
export interface ShownView extends Pick<LiveView, 'changes' | 'sections' | 'metrics'> {
  /** Folds what the command concludes now into the store, and returns the findings in their states. */
  conclude?: () => Conclusion;
}

export interface Conclusion {
  findings: readonly Finding[];
  coverage: Coverage;
}

/** What the runner needs of a runtime. */
export interface RunnerParts {
  config: ResolvedConfig;
  catalog: Catalog;
  env: Environment;
  clock: Clock;
  random: () => number;
  takeRunId?: (() => string | undefined) | undefined;
  log: Log;
  progress: Progress;
  openStore(): Store;
  world(): Promise<World>;
}

/** A command that is ready to run: everything about it has been checked. */
export interface PreparedRun {
  entry: CatalogEntry;
  tool: ToolDefinition;
  command: AnyCommand;
  input: Record<string, unknown>;
  options: unknown;
  world: World;
  redactor: LearningRedactor;
}

/**
 * Loads the tool, checks command, input and options, and brings the secrets into their places.
 * Throws E_USAGE, E_CONFIG_INVALID, E_SECRET_MISSING.
 */
export async function prepareRun(parts: RunnerParts, request: RunRequest): Promise<PreparedRun> {
  const entry = parts.catalog.find(request.tool);
  const tool = await entry.load();
  const command = findCommand(tool, request.command);
  const input = parseInput(tool, request.command, command, request.input);
  const world = await parts.world();
  const section = await resolveSecrets(parts.config.tools[tool.name] ?? {}, {
    env: parts.env,
    directory: parts.config.directory,
    at: ['tools', tool.name],
  });
  const redactor = createLearningRedactor([
    ...world.resolved.secrets,
    ...world.dependencies.secrets,
    ...section.secrets,
  ]);
  assertSomeTarget(world.resolved);
  assertSomeDependency({ command, input, world });
  return {
    entry,
    tool,
    command,
    input,
    options: parseOptions(parts.config, tool, section.value),
    world,
    redactor,
  };
}

function findCommand(tool: ToolDefinition, name: string): AnyCommand {
  const command = Object.hasOwn(tool.commands, name) ? tool.commands[name] : undefined;
  if (command) return command;
  throw new RearguardError('E_USAGE', {
    message: `${tool.name} has no command ${JSON.stringify(name)}.${didYouMean(name, Object.keys(tool.commands))}`,
    hint: `\`rearguard ${tool.name} --help\` lists them.`,
  });
}

function parseInput(
  tool: ToolDefinition,
  name: string,
  command: AnyCommand,
  input: unknown,
): Record<string, unknown> {
  const result = command.input.strict().safeParse(input ?? {});
  if (result.success) return result.data;
  throw new RearguardError('E_USAGE', {
    message: formatProblems(describeIssues(result.error.issues, command.input), () => ''),
    hint: `\`rearguard ${tool.name} ${name} --help\` shows what it takes.`,
  });
}

function parseOptions(config: ResolvedConfig, tool: ToolDefinition, section: unknown): unknown {
  const result: z.ZodSafeParseResult<unknown> = tool.options.safeParse(section);
  if (result.success) return result.data;
  throw new RearguardError('E_CONFIG_INVALID', {
    path: config.path ?? '',
    problems: formatProblems(
      describeIssues(result.error.issues, tool.options, ['tools', tool.name]),
      (path) => config.positionOf(path),
    ),
  });
}

/** One target that cannot be used is a gap in the coverage; all of them are an error in the config. */
function assertSomeTarget({ targets, unresolved }: ResolvedTargets): void {
  const [first] = unresolved;
  if (targets.length === 0 && first) throw first.error;
}
