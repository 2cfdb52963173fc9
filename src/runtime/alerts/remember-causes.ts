import type { DependencyGraph } from '../../core/dependency-graph.ts';

/** Subjects come from the outside; past this many all are forgotten. */
const SUBJECTS_KEPT = 10_000;

/** The same graph, which works out the causes of a subject once: every alert asks for them every second. */
export function rememberCauses(graph: DependencyGraph): DependencyGraph {
  const known = new Map<string, readonly string[]>();
  return {
    ...graph,
    causesOf(subject) {
      const key = `${subject.kind} ${subject.name}`;
      const remembered = known.get(key);
      if (remembered) return remembered;
      if (known.size >= SUBJECTS_KEPT) known.clear();
      const causes = graph.causesOf(subject);
      known.set(key, causes);
      return causes;
    },
  };
}
