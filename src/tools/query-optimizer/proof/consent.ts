import type { DatabaseTarget } from '../../../config/targets.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { isLoopbackAddress } from '../../../platform/probe/wire/loopback.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { OptimizerOptions } from '../options.ts';
import type { ProofOptions } from './types.ts';

type Target = Pick<DatabaseTarget, 'name' | 'url'>;

/**
 * Whether rows of a database may be copied for a proof. They are the user's: by default only out of databases on this
 * machine, and from elsewhere only when somebody says so.
 *
 * @param asked with --prove on the command line
 * @returns null when they may; else what goes into coverage, with the exact way to allow it
 */
export function refusalToCopy(
  target: Target,
  { clone }: OptimizerOptions['proof'],
  asked = false,
): Coverage['notChecked'][number] | null {
  if (clone === 'allow' || (clone !== 'never' && (asked || isOnThisMachine(target.url)))) return null;
  return {
    subject: databaseSubject(target.name),
    reason:
      clone === 'never'
        ? 'Nothing was proven: the config forbids copies of rows.'
        : 'Nothing was proven: that needs a copy of rows on this machine, and the database is on another one.',
    hint:
      clone === 'never'
        ? 'Remove `proof: { clone: never }` from `tools: { query-optimizer: … }` in the config.'
        : 'Allow it once with --prove, or always with `tools: { query-optimizer: { proof: { clone: allow } } }`. The copy is readable for nobody else and removed at the end.',
  };
}

function isOnThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || isLoopbackAddress(host);
}

export function proofOptions({ proof }: Pick<OptimizerOptions, 'proof'>): ProofOptions {
  return {
    rounds: proof.rounds,
    timeoutMs: proof.timeout,
    budgetMs: proof.budget,
    slower: { ratio: proof.slowerRatio, ms: proof.slowerMs },
  };
}
