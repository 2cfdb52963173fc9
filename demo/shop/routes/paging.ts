import type { Pool, QueryResultRow } from 'pg';

export interface PageQuery {
  page: number;
  pageSize: number;
}

export interface Page<Row> extends PageQuery {
  items: Row[];
  hasMore: boolean;
}

/** One page of an ordered query; one row more than a page tells whether there is another, and nothing has to be counted. */
export async function pageOf<Row extends QueryResultRow>(
  pool: Pool,
  { page, pageSize }: PageQuery,
  sql: string,
): Promise<Page<Row>> {
  const { rows } = await pool.query<Row>(`${sql} limit $1 offset $2`, [pageSize + 1, (page - 1) * pageSize]);
  return { items: rows.slice(0, pageSize), page, pageSize, hasMore: rows.length > pageSize };
}
