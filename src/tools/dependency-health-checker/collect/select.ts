import type { Coverage } from '../../../core/coverage.ts';
import { type DependencyGraph, dependencyGraph } from '../../../core/dependency-graph.ts';
import { RearguardError } from '../../../core/errors.ts';
import { redactUrl } from '../../../core/redact.ts';
import { didYouMean } from '../../../core/suggest.ts';
import type { Dependency } from '../../../config/dependencies.ts';
import type { ProbePlan } from '../../../platform/probe/plans.ts';
import type { CommandContext } from '../../context.ts';
import type { DependencyOptions } from '../options.ts';
import { ruleList } from '../rules.ts';
import { kindOf, planFor } from './plan.ts';

/** One dependency with everything decided. `dependency` and `plan` hold secrets and stay out of reports. */
export interface MonitoredDependency {
  name: string;
  /** `postgres`, `https`, `s3`. */
  kind: string;
  /** Where it answers, without credentials. */
  location: string;
  dependency: Dependency;
  plan: ProbePlan;
  intervalMs: number;
  /** null without an objective. */
  latencyMs: number | null;
}

export interface DependencySelection {
  /** All that can be probed: causes are looked for among them. */
  all: readonly MonitoredDependency[];
  /** Those that were asked for. */
  chosen: readonly MonitoredDependency[];
  /** Who needs what. */
  graph: DependencyGraph;
  /** What explains a failure: the same without what others only work worse without. */
  causes: DependencyGraph;
  notChecked: Coverage['notChecked'];
}

/** The dependencies of the config, narrowed by name. Throws E_USAGE for a name that is none. */
export function selectDependencies(
  ctx: Pick<CommandContext<DependencyOptions>, 'dependencies' | 'options'>,
  names: readonly string[] | undefined,
): DependencySelection {
  for (const name of names ?? []) assertKnown(ctx.dependencies, name);
  const notChecked: Coverage['notChecked'] = [];
  const all = ctx.dependencies.flatMap((dependency) => {
    try {
      return [monitored(dependency, ctx.options)];
    } catch (error) {
      if (!(error instanceof RearguardError)) throw error;
      notChecked.push(unusable(dependency, error));
      return [];
    }
  });
  const isWanted = ({ name }: { name: string }): boolean => !names?.length || names.includes(name);
  return {
    all,
    chosen: all.filter(isWanted),
    graph: dependencyGraph(ctx.dependencies),
    causes: dependencyGraph(ctx.dependencies.map(asCause)),
    notChecked: notChecked.filter(({ subject }) => subject === undefined || isWanted(subject)),
  };
}

/** Whoever works without it does not fail because of it; what stands behind it does. */
function asCause(dependency: Dependency): Dependency {
  return dependency.optional ? { ...dependency, neededBy: [] } : dependency;
}

export function assertKnown(dependencies: readonly Pick<Dependency, 'name'>[], name: string): void {
  const known = dependencies.map((dependency) => dependency.name);
  if (known.includes(name)) return;
  throw new RearguardError('E_USAGE', {
    message: `No dependency is named ${name}.${didYouMean(name, known)}`,
    hint: known.length === 0 ? 'List some under `dependencies`.' : `There is: ${known.join(', ')}.`,
  });
}

function monitored(dependency: Dependency, options: DependencyOptions): MonitoredDependency {
  const plan = planFor(dependency, options);
  return {
    name: dependency.name,
    kind: kindOf(dependency.scheme),
    location: locationOf(dependency, plan),
    dependency,
    plan,
    intervalMs: dependency.intervalMs ?? options.interval,
    latencyMs: dependency.latencyMs ?? null,
  };
}

function locationOf({ scheme }: Dependency, plan: ProbePlan): string {
  switch (plan.kind) {
    case 'http':
      return redactUrl(plan.url);
    case 'dns':
      return `dns://${plan.name}`;
    case 'domain':
      return `domain://${plan.domain}`;
    default:
      return `${scheme}://${plan.host}:${plan.port}`;
  }
}

function unusable({ name }: Dependency, error: RearguardError): Coverage['notChecked'][number] {
  return {
    subject: { kind: 'dependency', name },
    rules: ruleList.map(({ id }) => id),
    reason: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}
