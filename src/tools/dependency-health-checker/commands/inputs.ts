import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError } from '../../../core/errors.ts';
import { discoverDependencies, type Proposal } from '../collect/discover.ts';
import type { DependencySelection } from '../collect/select.ts';
import type { CommandContext } from '../../context.ts';
import type { DependencyOptions } from '../options.ts';

const DISCOVER = '`rearguard deps discover` shows them, ready for the config.';

export const dependenciesInput = z
  .array(z.string())
  .optional()
  .describe('Only these, by name; what they are behind is looked at too when they fail');

/** What was found in the project and waits for a person; it is never probed. */
export async function unconfirmed(ctx: CommandContext<DependencyOptions>): Promise<Coverage['notChecked']> {
  const found = await proposals(ctx);
  return found.length === 0
    ? []
    : [
        {
          reason: `${counted(found.length, 'more dependency was', 'more dependencies were')} found in the project and not confirmed: ${sample(found)}`,
          hint: DISCOVER,
        },
      ];
}

/** Throws E_NOTHING_TO_CHECK when nothing can be probed. */
export async function assertSomething(
  ctx: CommandContext<DependencyOptions>,
  { chosen, notChecked }: DependencySelection,
): Promise<void> {
  if (chosen.length > 0) return;
  const found = await proposals(ctx);
  const [gap] = notChecked;
  throw new RearguardError('E_NOTHING_TO_CHECK', {
    message:
      gap === undefined
        ? `The config lists no dependency${found.length === 0 ? '' : `; ${found.length} were found in the project: ${sample(found)}`}.`
        : `There is no dependency to check: ${gap.reason}`,
    hint:
      found.length > 0
        ? DISCOVER
        : 'List some: `dependencies: { cache: { url: { $env: REDIS_URL }, neededBy: [GET /api/cart] } }`.',
  });
}

/** A project that cannot be read proposes nothing. */
async function proposals(ctx: CommandContext<DependencyOptions>): Promise<Proposal[]> {
  try {
    return await discoverDependencies(ctx);
  } catch (error) {
    if (!(error instanceof RearguardError)) throw error;
    ctx.log.debug(`looking for dependencies failed: ${error.message}`);
    return [];
  }
}

function sample(found: readonly Proposal[]): string {
  const names = found.slice(0, 3).map(({ name, kind }) => `${name} (${kind})`);
  return found.length > 3 ? `${names.join(', ')} …` : names.join(', ');
}
