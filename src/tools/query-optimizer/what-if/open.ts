import type { DatabaseTarget } from '../../../config/targets.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { toRearguardError } from '../../../core/errors.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import { openGhost } from './ghost.ts';
import { openHypopg } from './hypopg.ts';
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
 * Opens the best back-end that can be had for a PostgreSQL database. Nothing on the user's server is changed; the session
 * only reads. In `auto`: a ghost of the same major, else HypoPG where it is installed, else a ghost of another major.
 * Close it at the end.
 */
export async function openWhatIf(
  ctx: WhatIfContext,
  target: DatabaseTarget,
  session: SqlSession,
  catalog: Catalog,
  { backEnd }: { backEnd: WhatIfBackEnd },
): Promise<OpenedWhatIf> {
  const major = Number.parseInt(session.serverVersion, 10);
  const majors = await ctx.sandboxes.majors();
  const hasHypopg = catalog.extensions.has('hypopg');
  const waits: Coverage['notChecked'] = [];
  const wait = (reason: string, hint: string): void => {
    waits.push({ subject: databaseSubject(target.name), reason, hint });
  };
  const install = ctx.sandboxes.installCommand(major);

  async function attempt(open: () => Promise<WhatIf>): Promise<WhatIf | null> {
    try {
      return await open();
    } catch (thrown) {
      ctx.signal.throwIfAborted();
      const { message, hint } = toRearguardError(thrown);
      wait(`Plans with other indexes could not be asked for: ${message}`, hint ?? '');
      return null;
    }
  }

  if (backEnd === 'hypopg' && !hasHypopg) {
    wait('HypoPG is not installed in this database.', 'CREATE EXTENSION hypopg; or set `whatIf: auto`.');
    return { whatIf: null, waits };
  }
  if (backEnd !== 'hypopg' && majors.includes(major)) {
    const ghost = await attempt(() => openGhost(ctx, session, catalog, major));
    if (ghost !== null || backEnd === 'ghost' || !hasHypopg) return { whatIf: ghost, waits };
  }
  if (backEnd !== 'ghost' && hasHypopg) {
    if (backEnd === 'auto' && !majors.includes(major)) {
      wait(
        `Indexes that HypoPG does not know (GIN, GiST) wait for a PostgreSQL ${major} of our own.`,
        install,
      );
    }
    return { whatIf: await attempt(() => openHypopg(ctx, target, session, catalog)), waits };
  }
  wait(`Plans exactly as of PostgreSQL ${major} wait for one of our own.`, install);
  const nearest = nearestMajor(majors, major);
  if (nearest === null) return { whatIf: null, waits };
  return { whatIf: await attempt(() => openGhost(ctx, session, catalog, nearest)), waits };
}

/** The next newer one, which knows all that the source's schema may use; else the newest. */
function nearestMajor(majors: readonly number[], wanted: number): number | null {
  return majors.find((major) => major > wanted) ?? majors.at(-1) ?? null;
}
