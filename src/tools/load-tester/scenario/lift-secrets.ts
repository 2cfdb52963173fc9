import { isPlainObject, isReference } from '../../../config/secret-places.ts';
import type { SecretReference } from '../../../config/types.ts';
import { SECRET_PREFIX } from './plan-hash.ts';

/**
 * Replaces every value by reference with `{{secret.…}}`, so that secrets stand in one place of a plan: among its variables, where
 * hashes and messages leave them out.
 */
export function liftSecrets<Value>(value: Value): { value: Value; references: Map<string, SecretReference> } {
  const references = new Map<string, SecretReference>();
  return { value: walk(value) as Value, references };

  function walk(node: unknown): unknown {
    if (isReference(node)) return `{{${variableFor(node)}}}`;
    if (Array.isArray(node)) return node.map(walk);
    if (!isPlainObject(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, walk(child)]));
  }

  function variableFor(reference: SecretReference): string {
    const source = '$env' in reference ? `env_${reference.$env}` : `file_${reference.$file}`;
    const name = `${SECRET_PREFIX}${source.replaceAll(/\W/g, '_')}`;
    references.set(name, reference);
    return name;
  }
}

/** Puts the values of secrets where they are named: for texts that are needed whole before the run. */
export function fillSecrets(text: string, secrets: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(secret\.\w+)\}\}/g, (whole, name: string) => secrets[name] ?? whole);
}

/** Text of a value whose references were lifted. */
export function liftedText(value: string | number | boolean | SecretReference): string {
  if (typeof value === 'object') throw new TypeError('a reference that was not lifted');
  return String(value);
}
