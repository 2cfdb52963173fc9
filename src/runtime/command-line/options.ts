import { z } from 'zod';
import { kebabCase, type OptionSpec } from './option-spec.ts';

/** The part of JSON Schema that one field of a command's input uses. */
interface FieldSchema {
  /** zod writes a union of plain types as a list of them. */
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  items?: FieldSchema;
  anyOf?: FieldSchema[];
  default?: unknown;
  description?: string;
  /** From `.meta({ positional: true })`. */
  positional?: boolean;
  /** From `.meta({ placeholder: 'duration' })`. */
  placeholder?: string;
}

/**
 * The options of a command, from the schema of its input. Two keys of `.meta()` steer it:
 * `positional: true` makes an argument of a field, `placeholder` names its value in help.
 */
export function optionSpecs(input: z.ZodObject): OptionSpec[] {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const properties = (schema.properties ?? {}) as Record<string, FieldSchema>;
  const required = new Set(schema.required);
  return Object.entries(properties).map(([field, fieldSchema]) =>
    optionSpec(field, fieldSchema, required.has(field)),
  );
}

function optionSpec(field: string, schema: FieldSchema, required: boolean): OptionSpec {
  const shape = flatten(schema);
  const kind = kindOf(shape);
  const choices = choicesOf(kind === 'list' ? flatten(shape.items ?? {}) : shape);
  const placeholder =
    schema.placeholder ?? (kind === 'number' || kind === 'integer' ? 'n' : kebabCase(field));
  const onByDefault = kind === 'boolean' && schema.default === true;
  const defaultText = textOfDefault(schema.default);
  return {
    field,
    kind,
    description: schema.description ?? '',
    placeholder,
    required,
    positional: schema.positional === true,
    valueOptional: kind === 'string' && hasBoolean(schema),
    onByDefault,
    ...(choices ? { choices } : {}),
    ...(defaultText === undefined || kind === 'boolean' ? {} : { defaultText }),
  };
}

/** One shape of a union: the one that takes a value, since a switch is told from the rest by hasBoolean. */
function flatten(schema: FieldSchema): FieldSchema {
  const all = variantsOf(schema);
  if (!all) return schema;
  const variants = all.filter((variant) => variant.type !== 'null' && variant.type !== 'boolean');
  const constants = variants.filter((variant) => typeof variant.const === 'string');
  if (constants.length > 0 && constants.length === variants.length) {
    return { type: 'string', enum: constants.map((variant) => variant.const) };
  }
  const text = variants.find((variant) => variant.type === 'string' && !variant.enum);
  return flatten(text ?? variants[0] ?? all[0] ?? {});
}

function variantsOf(schema: FieldSchema): FieldSchema[] | undefined {
  return Array.isArray(schema.type) ? schema.type.map((type) => ({ type })) : schema.anyOf;
}

function hasBoolean(schema: FieldSchema): boolean {
  return variantsOf(schema)?.some((variant) => variant.type === 'boolean') ?? false;
}

function kindOf(schema: FieldSchema): OptionSpec['kind'] {
  if (schema.type === 'array') return 'list';
  const { type } = schema;
  return type === 'boolean' || type === 'number' || type === 'integer' ? type : 'string';
}

function choicesOf(schema: FieldSchema): string[] | undefined {
  return schema.enum?.filter((choice) => typeof choice === 'string');
}

function textOfDefault(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
