import type { Subject } from './finding.ts';
import { matchesSubject } from './subject-pattern.ts';

/** A dependency as the graph sees it. */
export interface GraphDependency {
  name: string;
  /** Patterns of endpoints and targets, and names of dependencies, that need it. */
  neededBy: readonly string[];
  /** Dependencies that it is reached through. */
  behind: readonly string[];
  /** Those who need it work without it, only worse. */
  optional: boolean;
}

type Named = Pick<Subject, 'kind' | 'name'>;

export interface DependencyGraph {
  readonly names: readonly string[];
  /** Names of what would explain a failure of this subject, nearest first, transitively; never the subject itself. */
  causesOf(subject: Named): readonly string[];
  /** What fails, or gets worse, when this dependency is down. */
  impactOf(name: string): Impact;
}

export interface Impact {
  /** Dependencies that fail with it, transitively: those behind it and those that need it. */
  dependencies: readonly { name: string; via: string; optional: boolean }[];
  /** Patterns of endpoints and targets that need it or one of those, each with the dependency it needs. */
  users: readonly { pattern: string; via: string; optional: boolean }[];
}

/** Cycles are allowed and end where they begin; unknown names are left out. */
export function dependencyGraph(dependencies: readonly GraphDependency[]): DependencyGraph {
  const byName = new Map(dependencies.map((dependency) => [dependency.name, dependency]));

  function directCauses(subject: Named): string[] {
    const own = subject.kind === 'dependency' ? (byName.get(subject.name)?.behind ?? []) : [];
    const needed = dependencies.filter(
      ({ name, neededBy }) =>
        name !== subject.name && neededBy.some((pattern) => needs(pattern, subject, byName)),
    );
    return [...own.filter((name) => byName.has(name)), ...needed.map(({ name }) => name)];
  }

  function directDependents(name: string): { name: string; optional: boolean }[] {
    const behind = dependencies.filter((other) => other.behind.includes(name));
    const self = byName.get(name);
    const needing = dependencies.filter((other) => self?.neededBy.includes(other.name) === true);
    return [
      ...behind.map((other) => ({ name: other.name, optional: false })),
      ...needing.map((other) => ({ name: other.name, optional: self?.optional ?? false })),
    ];
  }

  return {
    names: [...byName.keys()],
    causesOf(subject) {
      const self = subject.kind === 'dependency' ? subject.name : undefined;
      const found = new Set<string>();
      let next = directCauses(subject);
      while (next.length > 0) {
        const fresh = next.filter((name) => name !== self && !found.has(name));
        for (const name of fresh) found.add(name);
        next = fresh.flatMap((name) => directCauses({ kind: 'dependency', name }));
      }
      return [...found];
    },
    impactOf(name) {
      const reached = new Map<string, { via: string; optional: boolean }>([
        [name, { via: name, optional: false }],
      ]);
      for (const [current, { optional }] of reached) {
        for (const dependent of directDependents(current)) {
          if (reached.has(dependent.name)) continue;
          reached.set(dependent.name, { via: current, optional: optional || dependent.optional });
        }
      }
      const users = [...reached].flatMap(([via, path]) => {
        const dependency = byName.get(via);
        return (dependency?.neededBy ?? [])
          .filter((pattern) => !byName.has(pattern))
          .map((pattern) => ({ pattern, via, optional: path.optional || (dependency?.optional ?? false) }));
      });
      reached.delete(name);
      return { dependencies: [...reached].map(([other, path]) => ({ name: other, ...path })), users };
    },
  };
}

function needs(pattern: string, subject: Named, byName: ReadonlyMap<string, GraphDependency>): boolean {
  if (byName.has(pattern)) return subject.kind === 'dependency' && subject.name === pattern;
  return subject.kind !== 'dependency' && matchesSubject(pattern, subject);
}
