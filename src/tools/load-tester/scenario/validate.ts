import type { SettingProblem } from '../../../config/problems.ts';
import { findLiteralSecrets } from '../../../config/secret-places.ts';
import type { SettingPath } from '../../../config/source.ts';
import { reasonOf } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/suggest.ts';
import { compileJsonPath } from '../../../platform/load/session/json-path.ts';
import { compilePattern } from '../../../platform/load/session/safe-pattern.ts';
import { statusRange, thinkTime } from './build-steps.ts';
import { namesOf } from './placeholders.ts';
import type { ScenarioDocument } from './schema.ts';
import type { CheckSettings, ExtractSettings, StepSettings } from './step-schema.ts';

/**
 * What a schema cannot see: patterns, paths, durations and literal secrets.
 */
export function scenarioProblems(document: ScenarioDocument): SettingProblem[] {
  const problems: SettingProblem[] = literalSecrets(document);
  problems.push(...stepsProblems(document.setUp, ['setUp']));
  for (const [path, { begin, steps }] of scenarioPlaces(document)) {
    problems.push(...stepsProblems(begin, [...path, 'begin']), ...stepsProblems(steps, [...path, 'steps']));
  }
  problems.push(...stepsProblems(document.tearDown, ['tearDown']));
  return problems;
}

/** Names that no variable, no field of a feeder and no earlier step gives a value to. */
export function unknownNames(document: ScenarioDocument, fields: Iterable<string>): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const fixed = new Set([...Object.keys(document.variables), ...fields]);
  const everywhere = new Set([...fixed, ...extractedBy(document.setUp)]);
  namesIn(
    { auth: document.auth, headers: document.headers },
    [],
    [...everywhere, ...extractedAnywhere(document)],
  );
  const steps = (
    list: readonly StepSettings[],
    path: SettingPath,
    before: ReadonlySet<string>,
  ): Set<string> => {
    const known = new Set(before);
    for (const [index, step] of list.entries()) {
      namesIn(step, [...path, index], known);
      for (const name of extractedBy([step])) known.add(name);
    }
    return known;
  };
  steps(document.setUp, ['setUp'], fixed);
  for (const [path, scenario] of scenarioPlaces(document)) {
    const begun = steps(scenario.begin, [...path, 'begin'], everywhere);
    steps(scenario.steps, [...path, 'steps'], begun);
  }
  steps(document.tearDown, ['tearDown'], everywhere);
  return problems;

  function namesIn(node: unknown, path: SettingPath, known: Iterable<string>): void {
    const names = [...known];
    walkTexts(node, path, (text, at) => {
      // `| json` of a body is another form of `| raw`.
      const template = text.replaceAll(/\|\s*json\s*\}\}/g, '|raw}}');
      try {
        for (const name of namesOf(template)) {
          if (names.includes(name)) continue;
          problems.push({ path: at, text: `nothing gives {{${name}}} a value.${didYouMean(name, names)}` });
        }
      } catch (thrown) {
        problems.push({ path: at, text: reasonOf(thrown) });
      }
    });
  }
}

type ScenarioPart = Pick<NonNullable<ScenarioDocument['scenarios']>[string], 'begin' | 'steps'>;

function scenarioPlaces(document: ScenarioDocument): [SettingPath, ScenarioPart][] {
  if (document.scenarios === undefined) return [[[], { begin: [], steps: document.steps ?? [] }]];
  return Object.entries(document.scenarios).map(([name, scenario]) => [['scenarios', name], scenario]);
}

function extractedBy(steps: readonly StepSettings[]): string[] {
  return steps.flatMap((step) => (typeof step === 'string' ? [] : Object.keys(step.extract ?? {})));
}

function extractedAnywhere(document: ScenarioDocument): string[] {
  return scenarioPlaces(document).flatMap(([, { begin, steps }]) => extractedBy([...begin, ...steps]));
}

function stepsProblems(steps: readonly StepSettings[], path: SettingPath): SettingProblem[] {
  return steps.flatMap((step, index) => {
    if (typeof step === 'string') return [];
    const at = [...path, index];
    const problems: SettingProblem[] = [];
    if (step.think !== undefined && thinkTime(step.think) === null) {
      problems.push({
        path: [...at, 'think'],
        text: 'expected a duration, like 2s, or a range, like 1s..3s',
      });
    }
    for (const [name, from] of Object.entries(step.extract ?? {})) {
      problems.push(...extractProblems(from, [...at, 'extract', name]));
    }
    if (step.check !== undefined) problems.push(...checkProblems(step.check, [...at, 'check']));
    return problems;
  });
}

function extractProblems(from: ExtractSettings, at: SettingPath): SettingProblem[] {
  if (typeof from === 'string') return jsonPathProblem(from, at);
  if ('json' in from) return jsonPathProblem(from.json, [...at, 'json']);
  return 'regex' in from ? patternProblem(from.regex, [...at, 'regex']) : [];
}

function checkProblems(check: CheckSettings, at: SettingPath): SettingProblem[] {
  const statuses = check.status === undefined ? [] : [check.status].flat();
  const patterns = check.matches === undefined ? [] : [check.matches].flat();
  return [
    ...statuses.flatMap((status) => {
      const { from, to } = statusRange(status);
      return from <= to
        ? []
        : [{ path: [...at, 'status'], text: 'expected a status like 200, "2xx" or "200-204"' }];
    }),
    ...patterns.flatMap((pattern) => patternProblem(pattern, [...at, 'matches'])),
    ...Object.keys(check.json ?? {}).flatMap((path) => jsonPathProblem(path, [...at, 'json', path])),
  ];
}

function jsonPathProblem(path: string, at: SettingPath): SettingProblem[] {
  try {
    compileJsonPath(path);
    return [];
  } catch {
    return [{ path: at, text: 'expected a JSONPath (RFC 9535), like $.data.id' }];
  }
}

function patternProblem(pattern: string, at: SettingPath): SettingProblem[] {
  try {
    compilePattern(pattern);
    return [];
  } catch (thrown) {
    return [{ path: at, text: reasonOf(thrown) }];
  }
}

/** Credentials belong into the environment, here as in the config; what only names a variable holds none. */
function literalSecrets(document: ScenarioDocument): SettingProblem[] {
  const { auth, headers, variables } = document;
  return findLiteralSecrets(withoutTemplates({ auth, headers, variables })).map((path) => ({
    path,
    text: 'must not hold a secret as plain text; refer to it: { $env: NAME }',
  }));
}

function withoutTemplates(node: unknown): unknown {
  if (typeof node === 'string') return node.includes('{{') ? '' : node;
  if (Array.isArray(node)) return node.map(withoutTemplates);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, withoutTemplates(child)]));
}

function walkTexts(node: unknown, path: SettingPath, visit: (text: string, at: SettingPath) => void): void {
  if (typeof node === 'string') visit(node, path);
  else if (Array.isArray(node))
    for (const [index, item] of node.entries()) walkTexts(item, [...path, index], visit);
  else if (typeof node === 'object' && node !== null) {
    for (const [key, child] of Object.entries(node)) walkTexts(child, [...path, key], visit);
  }
}
