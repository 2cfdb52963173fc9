import type { DependencyGraph } from '../../core/dependency-graph.ts';
import type { Subject } from '../../core/finding.ts';

/** Alerts with the same key are told together: all of a target, all of a dependency, else each subject alone. */
export function groupKeyOf(
  { kind, name }: Pick<Subject, 'kind' | 'name'>,
  graph: Pick<DependencyGraph, 'names'>,
): string {
  if (kind !== 'endpoint' && kind !== 'certificate') return `${kind} ${name}`;
  const owner = name.split(' ', 1)[0] ?? name;
  const isDependency = kind === 'certificate' && graph.names.includes(owner);
  return `${isDependency ? 'dependency' : 'target'} ${owner}`;
}

/** `payment` of `dependency payment`. */
export function nameOfGroup(key: string): string {
  return key.slice(key.indexOf(' ') + 1);
}
