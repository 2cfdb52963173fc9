import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError } from '../../../core/errors.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import { PROBE_DURATION } from '../../_shared/probes/sample.ts';
import type { CommandContext } from '../../context.ts';
import { nameOf } from './recorded/session-steps.ts';
import type { ScenarioInput } from '../scenario/schema.ts';
import { freeName, type Imported } from './imported.ts';

/** Each endpoint of the target that api-health-monitor has probed, all of equal weight. Throws E_IMPORT. */
export function importHealth(ctx: Pick<CommandContext, 'store'>, target: HttpTarget): Imported {
  const known = new Set(
    ctx.store.samples
      .series(PROBE_DURATION, { target: target.name })
      .map(({ attributes }) => attributes['endpoint'] ?? ''),
  );
  const notes: Coverage['notChecked'] = [];
  const scenarios: NonNullable<ScenarioInput['scenarios']> = {};
  for (const endpoint of [...known].toSorted()) {
    const match = /^(?<target>\S+) (?<method>[A-Z]+) (?<path>\/\S*)$/.exec(endpoint)?.groups;
    const path = match?.['path'] ?? '';
    const method = match?.['method'] ?? '';
    if (match === undefined) continue;
    if (path.includes('[redacted]')) {
      notes.push({
        subject: { kind: 'endpoint', name: endpoint },
        rules: [],
        reason: 'its query holds a secret that is not stored',
        hint: 'Write a scenario with the secret by reference.',
      });
      continue;
    }
    const slug = `${method}${path}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    const step = { request: `${method} ${path}`, name: nameOf({ method, path }) };
    scenarios[freeName(slug, new Set(Object.keys(scenarios)))] = { steps: [step] };
  }
  const count = Object.keys(scenarios).length;
  if (count === 0) {
    throw new RearguardError('E_IMPORT', {
      path: 'the store',
      reason: `api-health-monitor has stored no endpoint of ${target.name}`,
      hint: 'Run `rearguard health status` once.',
    });
  }
  return {
    document: { name: target.name, scenarios },
    source: `${count} ${count === 1 ? 'endpoint' : 'endpoints'} that api-health-monitor watches`,
    notes,
    tables: new Map(),
  };
}
