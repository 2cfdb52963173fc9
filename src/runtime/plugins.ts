import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { describeIssues, formatProblems } from '../config/problems.ts';
import { importModule } from '../config/read-module.ts';
import type { ResolvedConfig } from '../config/types.ts';
import { RearguardError, reasonOf } from '../core/errors.ts';
import { redactText } from '../core/redact.ts';
import { severitySchema } from '../core/severity.ts';
import type { ToolDefinition } from '../tools/define.ts';

/** A tool of the user's own, and where it came from: a plugin is code with the user's rights. */
export interface PluginTool {
  tool: ToolDefinition;
  /** Absolute path of its module, or `plugins[0] of <config>` when it stands in the config itself. */
  origin: string;
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const kebab = z.string().regex(KEBAB, 'must be kebab-case');

/** Schemas of another copy of zod 4 are as good as ours; those of zod 3 are not. */
const anySchema = z.custom<z.ZodType>((value) => schemaType(value) !== '', 'must be a schema of zod 4');
const objectSchema = z.custom<z.ZodObject>(
  (value) => schemaType(value) === 'object',
  'must be an object schema of zod 4',
);

function schemaType(value: unknown): string {
  const internals = (value as { _zod?: { def?: { type?: string } } } | null)?.['_zod'];
  return internals?.def?.type ?? '';
}

const toolShape = z.object({
  name: kebab,
  alias: kebab,
  summary: z.string().min(1),
  whenToUse: z.string(),
  options: anySchema,
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string().min(1),
      severity: severitySchema,
      help: z.string(),
      fix: z.string(),
      examples: z.object({ reports: z.string(), silent: z.string() }),
    }),
  ),
  commands: z.record(
    kebab,
    z.object({
      summary: z.string().min(1),
      input: objectSchema,
      data: anySchema,
      effect: z.enum(['read', 'traffic', 'write']),
      examples: z.array(z.object({ line: z.string(), does: z.string() })),
      run: z.custom<() => void>((value) => typeof value === 'function', { error: 'must be a function' }),
    }),
  ),
  check: z.string().optional(),
});

/**
 * The tools that the config lists under `plugins`: modules that export a tool (default or named `tool`)
 * or several as an array, or the definitions themselves. Throws E_PLUGIN_INVALID with the origin.
 */
export async function loadPlugins(
  config: Pick<ResolvedConfig, 'plugins' | 'directory' | 'path'>,
): Promise<PluginTool[]> {
  const loaded = await Promise.all(
    config.plugins.map(async (plugin, index): Promise<{ candidates: unknown[]; origin: string }> => {
      if (typeof plugin !== 'string') {
        return { candidates: [plugin].flat(), origin: `plugins[${index}] of ${config.path ?? 'the config'}` };
      }
      return loadModule(plugin, config.directory);
    }),
  );
  return loaded.flatMap(({ candidates, origin }) =>
    candidates.map((candidate) => ({ tool: assertTool(candidate, origin), origin })),
  );
}

async function loadModule(
  name: string,
  directory: string,
): Promise<{ candidates: unknown[]; origin: string }> {
  try {
    const isPath = isAbsolute(name) || name.startsWith('.') || /\.[cm]?[jt]s$/.test(name);
    const path = isPath
      ? resolve(directory, name)
      : createRequire(join(directory, 'config.js')).resolve(name);
    const exports = await importModule(path);
    return { candidates: [exports['default'] ?? exports['tool']].flat(), origin: path };
  } catch (error) {
    throw new RearguardError(
      'E_PLUGIN_INVALID',
      { origin: name, reason: redactText(reasonOf(error)) },
      { cause: error },
    );
  }
}

function assertTool(candidate: unknown, origin: string): ToolDefinition {
  const result = toolShape.safeParse(candidate);
  const reason = result.success
    ? contradictionIn(candidate as ToolDefinition)
    : formatProblems(describeIssues(result.error.issues, toolShape), () => '');
  if (reason !== undefined) throw new RearguardError('E_PLUGIN_INVALID', { origin, reason });
  return candidate as ToolDefinition;
}

/** What no single field shows. */
function contradictionIn(tool: ToolDefinition): string | undefined {
  const foreign = tool.rules.find(
    ({ id }) => !id.startsWith(`${tool.name}/`) || !KEBAB.test(id.slice(tool.name.length + 1)),
  );
  if (foreign) return `the rule ${foreign.id} must be called ${tool.name}/<short-name>`;
  if (tool.check !== undefined && !Object.hasOwn(tool.commands, tool.check))
    return `check names ${tool.check}, which is none of its commands`;
  if (!tool.options.safeParse({}).success) return 'its options must accept {}';
  return undefined;
}
