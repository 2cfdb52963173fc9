import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { describeIssues, formatProblems } from '../../config/problems.ts';
import { RearguardError } from '../../core/errors.ts';

/**
 * A schema as clients see it, which lets everything through: what does not fit is told by `parseArguments`, with a code and a hint like every other
 * mistake, instead of by the library. Keys that say nothing to a model are left out, for every one is paid for with each conversation.
 */
export function advertised(schema: z.ZodObject): StandardSchemaWithJSON<unknown, unknown> {
  const json = slim(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })) as Record<
    string,
    unknown
  >;
  return {
    '~standard': {
      version: 1,
      vendor: 'rearguard',
      validate: (value) => ({ value }),
      jsonSchema: { input: () => json, output: () => json },
    },
  };
}

const SILENT_KEYS: readonly string[] = [
  '$schema',
  'additionalProperties',
  'propertyNames',
  'minimum',
  'maximum',
];

function slim(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(slim);
  if (value === null || typeof value !== 'object') return value;
  const choices = 'enum' in value;
  return Object.fromEntries(
    Object.entries(value)
      // A list of words says by itself that it is one of them.
      .filter(([key]) => !(choices && key === 'type'))
      .filter(([key]) => !SILENT_KEYS.includes(key))
      .map(([key, entry]) => [key, slim(entry)]),
  );
}

/** The arguments of a call. Throws E_USAGE with every place that does not fit. */
export function parseArguments<Schema extends z.ZodObject>(
  tool: string,
  schema: Schema,
  value: unknown,
): z.infer<Schema> {
  const strict = schema.strict();
  const parsed = strict.safeParse(value ?? {});
  if (parsed.success) return parsed.data as z.infer<Schema>;
  throw new RearguardError('E_USAGE', {
    message: formatProblems(describeIssues(parsed.error.issues, strict), () => ''),
    hint: `The input schema of the tool ${tool} says what it takes.`,
  });
}
