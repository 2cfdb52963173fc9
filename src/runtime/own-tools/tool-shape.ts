import { z } from 'zod';
import { describeIssues, formatProblems } from '../../config/problems.ts';
import { severitySchema } from '../../core/severity.ts';
import type { ToolDefinition } from '../../tools/define.ts';

/** How names and rules of tools are written. */
export const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
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
  monitor: z.string().optional(),
});

/** Why a value is no tool; undefined for one that is. */
export function wrongWith(candidate: unknown): string | undefined {
  if (candidate === undefined) return 'it exports no tool: `export default defineTool({ … })`';
  const result = toolShape.safeParse(candidate);
  return result.success
    ? contradictionIn(candidate as ToolDefinition)
    : formatProblems(describeIssues(result.error.issues, toolShape), () => '');
}

/** What no single field shows. */
function contradictionIn(tool: ToolDefinition): string | undefined {
  const foreign = tool.rules.find(
    ({ id }) => !id.startsWith(`${tool.name}/`) || !KEBAB.test(id.slice(tool.name.length + 1)),
  );
  if (foreign) return `the rule ${foreign.id} must be called ${tool.name}/<short-name>`;
  if (tool.check !== undefined && !Object.hasOwn(tool.commands, tool.check))
    return `check names ${tool.check}, which is none of its commands`;
  if (tool.monitor !== undefined && !Object.hasOwn(tool.commands, tool.monitor))
    return `monitor names ${tool.monitor}, which is none of its commands`;
  if (Object.keys(tool.commands).length === 0) return 'it has no command';
  if (!tool.options.safeParse({}).success) return 'its options must accept {}';
  return undefined;
}
