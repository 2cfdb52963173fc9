import { createHash } from 'node:crypto';
import type { LoadPlan } from '../../../core/load/plan.ts';

/** Variables of this name hold secrets: a token that was fetched anew does not make another plan. */
export const SECRET_PREFIX = 'secret.';

/**
 * SHA-256 over what the load is: scenarios, values, model, limits and seed as canonical JSON (keys sorted, RFC 8785), typed arrays
 * and feeders by their bytes. Name, origins and secrets are not in it.
 */
export function planHash(plan: LoadPlan): string {
  const { name: _name, origins: _origins, variables, ...load } = plan;
  const hash = createHash('sha256');
  const values = Object.entries(variables).map(([key, value]) =>
    key.startsWith(SECRET_PREFIX) ? [key] : [key, value],
  );
  hash.update(canonical({ ...load, variables: values.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)) }));
  return hash.digest('hex');
}

function canonical(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  // Infinity is no JSON; it is another value than any number all the same.
  if (typeof value === 'number') return String(value);
  if (value instanceof SharedArrayBuffer) return digest(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) {
    return digest(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value as Record<string, unknown>).filter(([, child]) => child !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, child]) => `${JSON.stringify(key)}:${canonical(child)}`).join(',')}}`;
}

function digest(bytes: Uint8Array): string {
  return `"sha256:${createHash('sha256').update(bytes).digest('hex')}"`;
}
