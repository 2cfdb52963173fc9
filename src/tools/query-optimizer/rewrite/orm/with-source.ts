import { isAbsolute, join } from 'node:path';
import type { Catalog } from '../../../_shared/database/catalog.ts';
import type { CommandContext } from '../../../context.ts';
import type { Rewrite } from '../../recommendation.ts';
import { detectOrm } from './detect.ts';
import { relationBehind } from './relation.ts';
import { snippetFor } from './snippets.ts';

type Needs = Pick<CommandContext, 'files' | 'directory'>;

/**
 * A batch in the words of the user's own data access layer, where it is known which one that is. Other rewrites stay
 * SQL: how their parts are written in a layer, no name of a table tells.
 *
 * @param list the table whose rows the look-ups follow; null where it is not known
 */
export async function withSource(
  ctx: Needs,
  rewrite: Rewrite,
  catalog: Catalog,
  list: string | null,
): Promise<Rewrite> {
  const { comparison, query } = rewrite;
  if (comparison.kind !== 'batch') return rewrite;
  const use = query.shape.uses.find(
    ({ value, role }) =>
      role === 'equality' && value?.kind === 'parameter' && value.number === comparison.parameter,
  );
  if (use === undefined || use.column === null) return rewrite;
  const relation = relationBehind(catalog, { table: use.table, column: use.column, list });
  if (relation === null) return rewrite;
  const found = await detectOrm(query.texts, query.origins, (path, maxBytes) =>
    ctx.files.readText(isAbsolute(path) ? path : join(ctx.directory, path), maxBytes),
  );
  if (found === null) return rewrite;
  const { before, after } = snippetFor(found.orm, relation);
  const where = found.place === null ? [] : [`The list is asked for in, or near, ${found.place}.`];
  return { ...rewrite, source: { orm: found.orm, before, after }, notes: [...rewrite.notes, ...where] };
}
