import { type Client, type Connection, Query, type ResultBuilder } from 'pg';

/**
 * Lets the server parse and describe a statement without running it, and says whether it would return rows. The
 * driver has no call for this; its query object leaves the choice of protocol messages to `submit`.
 */
export function returnsRows(client: Client, sql: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const description = new Query(sql, (error: Error | undefined, result: ResultBuilder) => {
      if (error) reject(error);
      else resolve(result.fields.length > 0);
    });
    description.submit = (connection: Connection) => {
      connection.parse({ name: '', text: sql, types: [] }, true);
      connection.describe({ type: 'S', name: '' }, true);
      connection.sync();
    };
    client.query(description);
  });
}
