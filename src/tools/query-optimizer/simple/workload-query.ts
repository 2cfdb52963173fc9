import { fingerprintOf } from '../../../core/fingerprint.ts';
import { qualifiedName } from '../../_shared/database/catalog.ts';
import type { SimpleQuery } from '../../_shared/database/simple-query.ts';
import type { WorkloadQuery } from '../workload.ts';

/** What every part of this tool calls a query, for one that was read from its words. */
export function workloadQuery(
  text: string,
  { kind, tables, isCount }: Pick<SimpleQuery, 'kind' | 'tables' | 'isCount'>,
  counted: { calls: number; totalMs: number; rows: number } = { calls: 1, totalMs: 0, rows: 0 },
): WorkloadQuery {
  const names = [...new Set(tables.map(({ table }) => table.name))];
  const key = fingerprintOf([text.replaceAll(/\s+/g, ' ').trim()]);
  return {
    shape: {
      key,
      fingerprint: key,
      kind,
      label: [kind.toUpperCase(), names.join(', ')].join(' '),
      tables: tables.map(({ table, alias }) => ({
        table: qualifiedName(table),
        name: table.name,
        alias,
        scope: 0,
        access: kind === 'select' ? 'read' : 'write',
      })),
      uses: [],
      limit: null,
      offset: null,
      parameters: new Map(),
      traits: {
        stars: [],
        returned: [],
        singleRow: isCount,
        counts: isCount,
        grouped: false,
        distinct: false,
        setOperation: false,
        modifiesData: kind !== 'select',
        locking: null,
        subqueries: [],
        alternatives: [],
        casts: [],
        functions: [],
      },
    },
    texts: [text],
    ...counted,
    meanMs: counted.calls === 0 ? 0 : counted.totalMs / counted.calls,
    sharedBuffers: 0,
    exactness: 'exact',
    origins: [],
  };
}
