import { basename, dirname, extname, resolve } from 'node:path';
import type { Coverage } from '../../../core/coverage.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import type { Imported } from '../import/imported.ts';
import { importOpenApi } from '../import/openapi.ts';
import type { ReplayTimes } from './make-model.ts';
import type { PlanContext } from './make-plan.ts';
import type { PlanRequest } from './plan-request.ts';
import { parseScenario, readScenario } from './read-scenario.ts';
import type { ScenarioDocument } from './schema.ts';

export interface FoundScenario {
  document: ScenarioDocument;
  target: HttpTarget;
  /** Where it has no name of its own. */
  name: string;
  source: string;
  /** Relative paths in it are meant from here. */
  folder: string;
  /** By people, so that nothing of it is left out without asking. */
  isWritten: boolean;
  notes: Coverage['notChecked'];
  tables: Imported['tables'];
  /** Of a model `replay`: scenarios by their index in this list. */
  times(scenarios: readonly string[]): Promise<ReplayTimes | undefined>;
}

type TargetFor = (wanted: string | undefined) => HttpTarget;

/** The scenario that a command names, or the one that the target's own OpenAPI document makes. */
export async function findScenario(
  ctx: PlanContext,
  request: PlanRequest,
  targetFor: TargetFor,
): Promise<FoundScenario> {
  if (request.scenario === undefined) {
    const target = targetFor(undefined);
    return ofImport(ctx, target, await knownEndpoints(ctx, target, request));
  }
  const path = resolve(ctx.directory, request.scenario);
  const document = await readScenario(path);
  return {
    document,
    target: targetFor(document.target),
    name: basename(path, extname(path)),
    source: request.scenario,
    folder: dirname(path),
    isWritten: true,
    notes: [],
    tables: new Map(),
    times: async () => undefined,
  };
}

/** The target's OpenAPI document, else its base URL alone. */
async function knownEndpoints(ctx: PlanContext, target: HttpTarget, request: PlanRequest): Promise<Imported> {
  // A base URL that a command gives is a page of its own; what the config says of its server may be about another release.
  if (target.openapi !== undefined) return importOpenApi(ctx, target, target.openapi, request);
  return {
    document: { name: target.name, steps: [{ request: 'GET /' }] },
    source: `GET / of ${target.name}`,
    notes: [],
    tables: new Map(),
  };
}

function ofImport(ctx: PlanContext, target: HttpTarget, imported: Imported): FoundScenario {
  return {
    document: parseScenario(imported.document, { path: imported.source, locate: () => '' }),
    target,
    name: target.name,
    source: imported.source,
    folder: ctx.directory,
    isWritten: false,
    notes: imported.notes,
    tables: imported.tables,
    times: async () => imported.times,
  };
}
