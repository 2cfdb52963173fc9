import type { DatabaseTarget } from '../../../config/targets.ts';
import { RearguardError } from '../../../core/errors.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import type { Clone, CloneOptions } from './clone-types.ts';
import type { WhatIfContext } from './open.ts';

/**
 * Copies tables of a database into a sandbox of the same major. Throws E_POSTGRES_MISSING when there is none, and
 * E_SANDBOX when the copy fails.
 */
export function openClone(
  _ctx: WhatIfContext,
  _target: DatabaseTarget,
  _session: SqlSession,
  _catalog: Catalog,
  _options: CloneOptions,
): Promise<Clone> {
  throw new RearguardError('E_SANDBOX', { reason: 'copies of rows are not there yet', hint: '' });
}
