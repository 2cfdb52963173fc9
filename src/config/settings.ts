import type { z } from 'zod';
import { configSchema } from './schema.ts';

/** A setting with one plain value, which a flag or an environment variable may set too. */
export interface ScalarSetting {
  /** `store.retention.samples` as its keys. */
  path: readonly string[];
  /** The default as it would be written in the file. */
  fallback: string;
  /** `REARGUARD_STORE_RETENTION_SAMPLES` */
  environmentName: string;
  /** `--store-retention-samples` */
  flagName: string;
}

interface SchemaShape {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  shape?: Readonly<Record<string, z.core.$ZodType>>;
  valueType?: z.core.$ZodType;
  element?: z.core.$ZodType;
  options?: readonly z.core.$ZodType[];
  defaultValue?: unknown;
}

/** Every scalar setting, derived from the schema so that none is forgotten. */
export function scalarSettings(): ScalarSetting[] {
  return collect(configSchema, []);
}

function collect(schema: z.core.$ZodType, path: readonly string[]): ScalarSetting[] {
  const inner = unwrap(schema);
  if (inner.shape)
    return Object.entries(inner.shape).flatMap(([key, child]) => collect(child, [...path, key]));
  const fallback = defaultOf(schema);
  if (typeof fallback !== 'string') return [];
  const words = path.map(kebab).join('-');
  return [
    {
      path,
      fallback,
      environmentName: `REARGUARD_${words.replaceAll('-', '_').toUpperCase()}`,
      flagName: `--${words}`,
    },
  ];
}

/** Names a mapping at this place of a schema may have; empty where any name may stand. */
export function allowedKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const shape = unwrap(schema);
  if (shape.options) return shape.options.flatMap((option) => allowedKeys(option, path));
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape.shape ?? {});
  const child = shape.shape?.[String(key)] ?? shape.valueType ?? shape.element;
  return child === undefined ? [] : allowedKeys(child, rest);
}

function defaultOf(schema: z.core.$ZodType): unknown {
  const shape = shapeOf(schema);
  const inner = shape.innerType ?? shape.in;
  return shape.defaultValue ?? (inner === undefined ? undefined : defaultOf(inner));
}

/** The schema behind optional(), prefault(), transform() and their like. */
function unwrap(schema: z.core.$ZodType): SchemaShape {
  const shape = shapeOf(schema);
  const inner = shape.innerType ?? shape.in;
  return inner === undefined ? shape : unwrap(inner);
}

function shapeOf(schema: z.core.$ZodType): SchemaShape {
  // oxlint-disable-next-line no-underscore-dangle -- where zod keeps the public definition of its core types
  return schema._zod.def;
}

function kebab(camelCase: string): string {
  return camelCase.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
