import type { WorkloadQuery } from '../workload.ts';

/** Qualified names of all tables that queries read, each once: what a copy has to hold. */
export function tablesOf(queries: readonly Pick<WorkloadQuery, 'shape'>[]): string[] {
  const names = queries.flatMap(({ shape }) => shape.tables.flatMap(({ table }) => table ?? []));
  return [...new Set(names)].sort();
}
