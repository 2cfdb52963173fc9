import { basename, dirname, extname, resolve } from 'node:path';
import type { Coverage } from '../../../core/coverage.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import type { Imported } from '../import/imported.ts';
import { detectImport, importFrom, type ImportOptions } from '../import/detect.ts';
import { importOpenApi } from '../import/openapi.ts';
import type { ReplayTimes } from './make-model.ts';
import type { PlanContext } from './make-plan.ts';
import type { PlanRequest } from './plan-request.ts';
import { assertNoProblems, parseScenario, readScenario } from './read-scenario.ts';
import { readReplayTimes } from './replay-times.ts';
import type { ScenarioDocument } from './schema.ts';
import { unknownNames } from './validate.ts';

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
  /** Throws E_SCENARIO_INVALID for names that nothing gives a value to; feeders' fields are known by then. */
  assertNames(fields: readonly string[]): void;
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
  const kind = await detectImport(ctx, request.scenario);
  if (kind !== undefined) {
    const target = targetFor(undefined);
    return ofImport(
      ctx,
      target,
      await importFrom(ctx, request.scenario, kind, target, importOptions(request)),
    );
  }
  const path = resolve(ctx.directory, request.scenario);
  const { document, origin } = await readScenario(path);
  const folder = dirname(path);
  return {
    document,
    target: targetFor(document.target),
    name: basename(path, extname(path)),
    source: request.scenario,
    folder,
    isWritten: true,
    notes: [],
    tables: new Map(),
    assertNames: (fields) => assertNoProblems(unknownNames(document, fields), origin),
    times: async (scenarios) =>
      document.model?.kind === 'replay'
        ? readReplayTimes(ctx, resolve(folder, document.model.file), scenarios)
        : undefined,
  };
}

function importOptions({ load = {}, unsafe }: PlanRequest): ImportOptions {
  const { durationMs, speed = 1 } = load;
  return {
    unsafe,
    replay: load.replay ?? load.speed !== undefined,
    // At twice the speed, twice as much of the log goes into the same time.
    windowMs: durationMs === undefined ? undefined : durationMs * speed,
    assets: false,
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
  const origin = { path: imported.source, locate: () => '' };
  const document = parseScenario(imported.document, origin);
  return {
    document,
    target,
    name: target.name,
    source: imported.source,
    folder: ctx.directory,
    isWritten: false,
    notes: imported.notes,
    tables: imported.tables,
    assertNames: (fields) => assertNoProblems(unknownNames(document, fields), origin),
    times: async () => imported.times,
  };
}
