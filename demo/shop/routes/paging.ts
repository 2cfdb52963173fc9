import type { Pool, QueryResultRow } from 'pg';

export interface PageQuery {
  page: number;
  pageSize: number;
}

export interface Page<Row> extends PageQuery {
  items: Row[];
  total: number;
}

/** One page of an ordered query, and how many rows there are; both are SQL texts of ours, never of a caller's. */
export async function pageOf<Row extends QueryResultRow>(
  pool: Pool,
  { page, pageSize }: PageQuery,
  sql: { rows: string; count: string },
): Promise<Page<Row>> {
  const [rows, count] = await Promise.all([
    pool.query<Row>(`${sql.rows} limit $1 offset $2`, [pageSize, (page - 1) * pageSize]),
    pool.query<{ total: number }>(sql.count),
  ]);
  return { items: rows.rows, page, pageSize, total: count.rows[0]?.total ?? 0 };
}
