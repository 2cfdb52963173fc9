import { type Client, type Connection, Query, type ResultBuilder } from 'pg';

/**
 * COPY over the driver's connection. The driver knows the messages but leaves them to its query objects, whose own answer
 * is to refuse; its types do not mention them.
 */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** Runs `COPY … TO STDOUT`; the callback gets the rows in pieces of any length. Resolves with the number of rows. */
export function copyOut(client: Client, sql: string, onChunk: (chunk: Buffer) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const query = new Query(sql, (error: Error | undefined, result: ResultBuilder) => {
      if (error) reject(error);
      else resolve(result.rowCount ?? 0);
    });
    const handlers = { handleCopyData: ({ chunk }: { chunk: Buffer }) => onChunk(chunk) };
    client.query(Object.assign(query, handlers));
  });
}

export interface CopyWriter {
  write(chunk: Uint8Array): void;
  /** Resolves with the number of rows once the server has them all. */
  end(): Promise<number>;
  /** Nothing of the statement stays. */
  cancel(reason: string): Promise<void>;
}

/** Runs `COPY … FROM STDIN`; resolves when the server waits for rows. */
export function copyIn(client: Client, sql: string): Promise<CopyWriter> {
  return new Promise((resolve, reject) => {
    const finished = new Promise<number>((done, failed) => {
      const query = new Query(sql, (error: Error | undefined, result: ResultBuilder) => {
        if (error) failed(error);
        else done(result.rowCount ?? 0);
      });
      const handlers = {
        handleCopyInResponse: (connection: CopyConnection) =>
          resolve({
            write: (chunk) => connection.sendCopyFromChunk(chunk),
            end: () => {
              connection.endCopyFrom();
              return finished;
            },
            cancel: async (reason) => {
              connection.sendCopyFail(reason);
              await finished.catch(() => undefined);
            },
          }),
      };
      client.query(Object.assign(query, handlers));
    });
    // A statement that is refused never asks for rows; one that fails in the middle says so at its end.
    finished.catch(reject);
  });
}
