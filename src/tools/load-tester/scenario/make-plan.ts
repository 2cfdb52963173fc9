import { resolve } from 'node:path';
import type { SecretReference } from '../../../config/types.ts';
import type { CommandContext } from '../../context.ts';
import { sharedHeaders } from './auth-headers.ts';
import { buildPlan, inlineSecretVariables, scenariosOf } from './build-plan.ts';
import { fieldNames, loadFeeders } from './feeders.ts';
import { findScenario, type FoundScenario } from './find-scenario.ts';
import { httpTargetFor } from './http-target.ts';
import { liftSecrets } from './lift-secrets.ts';
import { makeModel } from './make-model.ts';
import { planHash } from './plan-hash.ts';
import type { MadePlan, PlanRequest } from './plan-request.ts';
import { withoutUnsafe } from './unsafe-steps.ts';

export type PlanContext = Pick<
  CommandContext,
  'targets' | 'http' | 'files' | 'directory' | 'signal' | 'store' | 'secrets' | 'clock' | 'log' | 'progress'
>;

const DEFAULT_SEED = 1;
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * The plan of what a command asks for. Throws E_SCENARIO_INVALID, E_IMPORT, E_USAGE (no such target), E_CONFIRMATION (a scenario
 * that changes something, without `unsafe`), E_SECRET_MISSING, E_FILE_UNREADABLE, and E_UNREACHABLE where a document or a token
 * has to be fetched first. Makes no other request.
 */
export async function makePlan(ctx: PlanContext, request: PlanRequest): Promise<MadePlan> {
  const found = await findScenario(ctx, request, (wanted) =>
    httpTargetFor(ctx.targets, { name: request.target ?? wanted, baseUrl: request.baseUrl }),
  );
  const { target } = found;
  const lifted = liftSecrets(found.document);
  const secrets = await readSecrets(ctx, found, lifted.references);
  const document = inlineSecretVariables(lifted.value);
  const { document: allowed, notes } = withoutUnsafe(document, target.name, {
    unsafe: request.unsafe,
    isWritten: found.isWritten,
  });
  const shared = await sharedHeaders(ctx, target, allowed, secrets);
  const load = request.load ?? {};
  const feeders = await loadFeeders(ctx, allowed.feeders, {
    folder: found.folder,
    moreFolders: request.feedersFolder === undefined ? [] : [resolve(ctx.directory, request.feedersFolder)],
    tables: found.tables,
  });
  found.assertNames(feeders.flatMap(fieldNames));
  const plan = buildPlan({
    document: allowed,
    name: document.name ?? found.name,
    target,
    model: makeModel(load, document.model, await found.times(scenariosOf(allowed).map(([name]) => name))),
    seed: request.seed ?? DEFAULT_SEED,
    limits: request.limits,
    timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    tracedShare: request.tracedShare ?? 0,
    httpVersion: request.httpVersion ?? document.httpVersion ?? '1.1',
    feeders,
    headers: shared.headers,
    secrets: { ...secrets, ...shared.secrets },
  });
  return {
    plan,
    hash: planHash(plan),
    target,
    source: found.source,
    notes: [...found.notes, ...notes],
    thresholds: document.thresholds,
  };
}

async function readSecrets(
  ctx: Pick<CommandContext, 'secrets'>,
  { folder, name }: FoundScenario,
  references: ReadonlyMap<string, SecretReference>,
): Promise<Record<string, string>> {
  const read = [...references].map(
    async ([variable, reference]) =>
      [variable, await ctx.secrets.read(reference, { directory: folder, path: [name] })] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}
