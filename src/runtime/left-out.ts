import type { Coverage } from '../core/coverage.ts';
import type { RearguardError } from '../core/errors.ts';
import type { Diagnostic } from '../core/report.ts';
import type { AnyCommand } from '../tools/define.ts';
import type { World } from './world.ts';

/** A command and what it was asked, over what the config gave. */
interface Asked {
  command: Pick<AnyCommand, 'input'>;
  input: Readonly<Record<string, unknown>>;
  world: Pick<World, 'resolved' | 'dependencies'>;
}

interface Resolution {
  unresolved: readonly { name: string; error: RearguardError }[];
  /** One for each that is unresolved. */
  diagnostics: readonly Diagnostic[];
}

interface LeftOut {
  notChecked: Coverage['notChecked'];
  diagnostics: Diagnostic[];
}

/** Targets and dependencies without their secrets are a gap, unless the command was asked about others. */
export function leftOut({ command, input, world }: Asked): LeftOut {
  const targets = gapsOf('target', world.resolved, namesIn(input, 'target'));
  if (!isAboutDependencies(command)) return targets;
  const dependencies = gapsOf('dependency', world.dependencies, dependenciesIn(input));
  return {
    notChecked: [...targets.notChecked, ...dependencies.notChecked],
    diagnostics: [...targets.diagnostics, ...dependencies.diagnostics],
  };
}

/** Throws why one that was asked for by name cannot be used; without names, why none of all can. */
export function assertSomeDependency({ command, input, world }: Asked): void {
  if (!isAboutDependencies(command)) return;
  const { dependencies, unresolved } = world.dependencies;
  const asked = dependenciesIn(input);
  const missing =
    asked === undefined
      ? dependencies.length === 0
        ? unresolved[0]
        : undefined
      : unresolved.find(({ name }) => asked.includes(name));
  if (missing) throw missing.error;
}

/** Whoever takes names of dependencies looks at all of them otherwise. */
function isAboutDependencies({ input }: Pick<AnyCommand, 'input'>): boolean {
  return 'dependencies' in input.shape;
}

function dependenciesIn(input: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  return namesIn(input, 'dependencies') ?? namesIn(input, 'impact');
}

/** undefined: not narrowed. */
function namesIn(input: Readonly<Record<string, unknown>>, key: string): readonly unknown[] | undefined {
  const names = input[key] === undefined ? [] : [input[key]].flat();
  return names.length === 0 ? undefined : names;
}

function gapsOf(
  kind: 'target' | 'dependency',
  { unresolved, diagnostics }: Resolution,
  asked: readonly unknown[] | undefined,
): LeftOut {
  const isWanted = (index: number): boolean => {
    const name = unresolved[index]?.name;
    return asked === undefined || asked.includes(name);
  };
  return {
    diagnostics: diagnostics.filter((_, index) => isWanted(index)),
    notChecked: unresolved
      .filter((_, index) => isWanted(index))
      .map(({ name, error }) => ({
        subject: { kind, name },
        reason: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      })),
  };
}
