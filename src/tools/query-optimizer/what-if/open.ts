import type { DatabaseTarget } from '../../../config/targets.ts';
import type { Coverage } from '../../../core/coverage.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import type { CommandContext } from '../../context.ts';
import type { WhatIf } from './types.ts';

/** What a back-end needs of a command's context. */
export type WhatIfContext = Pick<CommandContext, 'sandboxes' | 'sql' | 'clock' | 'signal'>;

/** ghost: a statistics-only clone in a sandbox; hypopg: the extension in the user's database; auto: a ghost, if it can be. */
export type WhatIfBackEnd = 'auto' | 'ghost' | 'hypopg';

export interface OpenedWhatIf {
  /** null: none can be had; `waits` says what would change that. */
  whatIf: WhatIf | null;
  /** What could be looked at better or at all, and what it waits for. */
  waits: Coverage['notChecked'];
}

/**
 * Opens the best back-end that can be had for a database. Nothing on the user's server is changed; the session only reads.
 * Close it at the end.
 */
export function openWhatIf(
  _ctx: WhatIfContext,
  _target: DatabaseTarget,
  _session: SqlSession,
  _catalog: Catalog,
  _options: { backEnd: WhatIfBackEnd },
): Promise<OpenedWhatIf> {
  return Promise.resolve({ whatIf: null, waits: [] });
}
