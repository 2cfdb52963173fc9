import { describeIssues, formatProblems, type SettingProblem } from '../../../config/problems.ts';
import { readConfig } from '../../../config/read.ts';
import type { SettingPath } from '../../../config/source.ts';
import { RearguardError } from '../../../core/errors.ts';
import { type ScenarioDocument, scenarioSchema } from './schema.ts';
import { scenarioProblems } from './validate.ts';

export interface ScenarioOrigin {
  /** For messages. */
  path: string;
  /** `12:3 ` where a setting is written, or nothing. */
  locate: (path: SettingPath) => string;
}

/** Reads a scenario file; the path must be absolute. Throws E_SCENARIO_INVALID, E_CONFIG_UNREADABLE, E_CONFIG_SYNTAX. */
export async function readScenario(
  path: string,
): Promise<{ document: ScenarioDocument; origin: ScenarioOrigin }> {
  const source = await readConfig(path).catch((thrown: unknown) => {
    if (!(thrown instanceof RearguardError) || thrown.code !== 'E_CONFIG_INVALID') throw thrown;
    throw new RearguardError('E_SCENARIO_INVALID', { path, problems: 'it has no default export' });
  });
  const origin: ScenarioOrigin = {
    path,
    locate: (setting) => {
      const position = source.locate(setting);
      return position === undefined ? '' : `${position.line}:${position.column} `;
    },
  };
  return { document: parseScenario(source.value, origin), origin };
}

/** What a file or an import says, checked. Throws E_SCENARIO_INVALID with every problem and its place. */
export function parseScenario(value: unknown, origin: ScenarioOrigin): ScenarioDocument {
  const parsed = scenarioSchema.safeParse(value);
  if (!parsed.success) throw invalid(describeIssues(parsed.error.issues, scenarioSchema), origin);
  assertNoProblems(scenarioProblems(parsed.data), origin);
  return parsed.data;
}

export function assertNoProblems(problems: readonly SettingProblem[], origin: ScenarioOrigin): void {
  if (problems.length > 0) throw invalid(problems, origin);
}

function invalid(problems: readonly SettingProblem[], { path, locate }: ScenarioOrigin): RearguardError {
  return new RearguardError('E_SCENARIO_INVALID', { path, problems: formatProblems(problems, locate) });
}
