import { systemClock } from '../../../platform/clock.ts';
import { systemFiles } from '../../../platform/files.ts';
import { createSandboxes } from '../../../platform/postgres/sandbox.ts';
import { createSqlConnector } from '../../../platform/sql/postgres.ts';
import { seededRandom } from '../../../core/statistics/random.ts';
import type { CommandContext } from '../../context.ts';
import { type OptimizerOptions, optimizerOptionsSchema } from '../options.ts';

/** What commands of this tool use of a context, over one real database. */
export function testContext(url: string, options: unknown = {}): CommandContext<OptimizerOptions> {
  const ctx: Partial<CommandContext<OptimizerOptions>> = {
    options: optimizerOptionsSchema.parse(options),
    targets: [{ kind: 'database', name: 'shop', url }],
    sql: createSqlConnector(),
    files: systemFiles,
    sandboxes: createSandboxes(process.cwd()),
    clock: systemClock,
    random: seededRandom(7),
    progress: () => undefined,
    signal: new AbortController().signal,
  };
  return ctx as CommandContext<OptimizerOptions>;
}
