import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError } from '../../../core/errors.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import { callableOperations } from '../../_shared/openapi/operations.ts';
import { hasCredentials, readOpenApi } from '../../_shared/openapi/read.ts';
import type { CommandContext } from '../../context.ts';
import type { ScenarioInput } from '../scenario/schema.ts';
import { freeName, type Imported } from './imported.ts';

type ImportContext = Pick<CommandContext, 'http' | 'files' | 'directory' | 'signal'>;

/** One scenario of one request for each operation that can be called as the document stands, all of equal weight. */
export async function importOpenApi(
  ctx: ImportContext,
  target: HttpTarget,
  source: string,
  { unsafe }: { unsafe: boolean },
): Promise<Imported> {
  const document = await readOpenApi(ctx, target, source);
  const { operations, skipped } = callableOperations(document, {
    authenticated: target.auth !== undefined || hasCredentials(target),
    unsafe,
  });
  const notes: Coverage['notChecked'] = skipped.map(({ method, path, reason, hint }) => ({
    subject: { kind: 'endpoint', name: `${target.name} ${method} ${path}` },
    rules: [],
    reason,
    hint,
  }));
  if (operations.length === 0) {
    throw new RearguardError('E_IMPORT', {
      path: source,
      reason: 'no operation can be called as the document stands',
      hint: 'Give the parameters examples, or write a scenario.',
    });
  }
  const scenarios: NonNullable<ScenarioInput['scenarios']> = {};
  for (const { method, template, path, body } of operations) {
    const name = freeName(
      `${method}${template}`.replaceAll(/[{}]/g, '').replaceAll('/', '-'),
      new Set(Object.keys(scenarios)),
    );
    const step = {
      request: `${method} ${path}`,
      name: `${method} ${template}`,
      ...(body === undefined ? {} : { json: body }),
    };
    scenarios[name] = { steps: [step] };
  }
  return {
    document: { name: target.name, scenarios },
    source: `${operations.length} ${operations.length === 1 ? 'endpoint' : 'endpoints'} of the OpenAPI document of ${target.name}`,
    notes,
    tables: new Map(),
  };
}
