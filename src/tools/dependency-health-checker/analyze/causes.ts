import type { DependencyGraph } from '../../../core/dependency-graph.ts';

/**
 * The dependency whose failure explains this one's: among its causes that are down the one that nothing else explains.
 * null when it is on its own. In a circle of dependencies the first by name is the one that is reported.
 */
export function explanationOf(
  name: string,
  down: ReadonlySet<string>,
  graph: DependencyGraph,
): string | null {
  const explaining = explainedBy(name, down, graph);
  const roots = explaining.filter((cause) => explainedBy(cause, down, graph).length === 0);
  return roots[0] ?? explaining[0] ?? null;
}

function explainedBy(name: string, down: ReadonlySet<string>, graph: DependencyGraph): string[] {
  return causesOf(graph, name).filter(
    (cause) => down.has(cause) && !(name < cause && causesOf(graph, cause).includes(name)),
  );
}

export function causesOf(graph: DependencyGraph, name: string): readonly string[] {
  return graph.causesOf({ kind: 'dependency', name });
}
