import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError } from '../../../core/errors.ts';
import { scenariosOf } from './build-plan.ts';
import { fullStep, isSafe, splitRequest, stepName } from './build-steps.ts';
import type { OneScenario, ScenarioDocument } from './schema.ts';
import type { StepSettings } from './step-schema.ts';

export interface AllowedScenario {
  document: ScenarioDocument;
  notes: Coverage['notChecked'];
}

/**
 * Without `unsafe`, a scenario that people wrote is refused when it makes requests that may change something; of one that was
 * made from usage such steps are left out, and so are those that need a value of theirs. Throws E_CONFIRMATION, E_IMPORT.
 */
export function withoutUnsafe(
  document: ScenarioDocument,
  target: string,
  options: { unsafe: boolean; isWritten: boolean },
): AllowedScenario {
  const scenarios = scenariosOf(document);
  const all = [
    ...document.setUp,
    ...scenarios.flatMap(([, { begin, steps }]) => [...begin, ...steps]),
    ...document.tearDown,
  ];
  const unsafe = [...new Set(all.filter(isUnsafe).map(stepName))];
  if (options.unsafe || unsafe.length === 0) return { document, notes: [] };
  if (options.isWritten) {
    throw new RearguardError('E_CONFIRMATION', {
      message: `The scenario makes requests that may change something: ${unsafe.slice(0, 5).join(', ')}${unsafe.length > 5 ? ` and ${unsafe.length - 5} more` : ''}.`,
      hint: 'Give --unsafe if that is meant, and if the target is one where it may happen many times a second.',
    });
  }
  const left = scenarios
    .map(([name, scenario]) => [name, safePart(scenario)] as const)
    .filter(([, { steps }]) => steps.length > 0);
  if (left.length === 0) {
    throw new RearguardError('E_IMPORT', {
      path: document.name ?? target,
      reason: 'every request in it may change something',
      hint: 'Give --unsafe if that is meant.',
    });
  }
  const { steps: _steps, ...rest } = document;
  return {
    document: {
      ...rest,
      setUp: safeSteps(document.setUp),
      scenarios: Object.fromEntries(left),
      tearDown: [],
    },
    notes: unsafe.map((name) => ({
      subject: { kind: 'endpoint', name: `${target} ${name}` },
      rules: [],
      reason: 'it may change something',
      hint: 'Give --unsafe if that is meant.',
    })),
  };
}

function isUnsafe(step: StepSettings): boolean {
  return !isSafe(splitRequest(fullStep(step).request).method);
}

function safePart({ weight, begin, steps }: OneScenario): OneScenario {
  const kept = safeSteps([...begin, ...steps]);
  const isOfSteps = new Set<StepSettings>(steps);
  return {
    weight,
    begin: kept.filter((step) => !isOfSteps.has(step)),
    steps: kept.filter((step) => isOfSteps.has(step)),
  };
}

function safeSteps(steps: readonly StepSettings[]): StepSettings[] {
  const missing = new Set<string>();
  return steps.filter((step) => {
    const text = JSON.stringify(step);
    const needs = [...missing].some((name) => text.includes(`{{${name}}}`));
    const isKept = !isUnsafe(step) && !needs;
    if (!isKept) for (const name of Object.keys(fullStep(step).extract ?? {})) missing.add(name);
    return isKept;
  });
}
