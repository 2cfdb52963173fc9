import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import type { DropIndex } from '../recommendation.ts';
import type { BoundWorkload } from './bound.ts';
import type { Compare, Compared } from './compare.ts';
import { emptyProof } from './prove-indexes.ts';
import type { ProofRequest } from './types.ts';
import { isMeasured, verdictOnDrop } from './verdict.ts';

/** Measures every query of the table without the index; it is dropped for the length of a run only. */
export async function proveDrop(
  recommendation: DropIndex,
  { bound, unbound }: BoundWorkload,
  compare: Compare,
  request: ProofRequest,
): Promise<DropIndex> {
  const [schema = '', ...rest] = recommendation.name.split('.');
  const quoted = `${quoteIdentifier(schema)}.${quoteIdentifier(rest.join('.'))}`;
  const reads = ({ query }: { query: BoundWorkload['bound'][number]['query'] }): boolean =>
    query.shape.tables.some(({ table }) => table === recommendation.table);
  const compared: Compared[] = [];
  for (const query of bound)
    if (reads(query)) compared.push(await compare(query, { before: [], after: [quoted] }));
  const concerned = unbound
    .filter((one) => one.query.shape.kind === 'select' && reads(one))
    .map(({ reason }) => reason);
  const verdict = verdictOnDrop(compared, concerned, request.options);
  return {
    ...recommendation,
    proof: {
      ...emptyProof(verdict, request),
      queries: compared.filter(isMeasured).map(({ proof }) => proof),
    },
  };
}
