import { RearguardError } from '../../../core/errors.ts';
import { feederRows } from './feeder-rows.ts';
import type { ReplayTimes } from './make-model.ts';
import type { PlanContext } from './make-plan.ts';

const MAX_ARRIVALS = 10_000_000;
const FIRST = 4_096;

/** Times of a replay from a file with the columns at_ms and scenario. Throws E_SCENARIO_INVALID, E_FILE_UNREADABLE. */
export async function readReplayTimes(
  ctx: Pick<PlanContext, 'files' | 'signal'>,
  path: string,
  scenarios: readonly string[],
): Promise<ReplayTimes> {
  const indexes = new Map(scenarios.map((name, index) => [name, index]));
  let atMs = new Float64Array(FIRST);
  let scenario = new Uint16Array(FIRST);
  let columns: { at: number; scenario: number } | undefined;
  let count = 0;
  for await (const row of feederRows(ctx, path, {})) {
    if (columns === undefined) {
      columns = { at: row.indexOf('at_ms'), scenario: row.indexOf('scenario') };
      if (columns.at < 0 || columns.scenario < 0)
        throw invalid(path, 'the columns at_ms and scenario are needed');
      continue;
    }
    const time = Number(row[columns.at]);
    const index = indexes.get(row[columns.scenario] ?? '');
    const place = `line ${count + 2}`;
    if (!(time >= (atMs[count - 1] ?? 0)))
      throw invalid(path, `${place}: at_ms is no time after the one before`);
    if (index === undefined)
      throw invalid(path, `${place}: there is no scenario ${JSON.stringify(row[columns.scenario])}`);
    if (count >= MAX_ARRIVALS) throw invalid(path, `it has more than ${MAX_ARRIVALS} lines`);
    if (count === atMs.length) {
      atMs = larger(atMs, new Float64Array(count * 2));
      scenario = larger(scenario, new Uint16Array(count * 2));
    }
    atMs[count] = time;
    scenario[count] = index;
    count += 1;
  }
  if (count === 0) throw invalid(path, 'it has no arrivals');
  return { atMs: atMs.slice(0, count), scenario: scenario.slice(0, count) };
}

function larger<Values extends Float64Array | Uint16Array>(from: Values, into: Values): Values {
  into.set(from);
  return into;
}

function invalid(path: string, problems: string): RearguardError {
  return new RearguardError('E_SCENARIO_INVALID', { path, problems });
}
