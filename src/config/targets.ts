import type { ProbeAuth, TlsOptions } from '../platform/probe/types.ts';

/** A named thing under guard. Secrets are already resolved; a Target never goes into a report. */
export type Target = HttpTarget | DatabaseTarget;

export interface HttpTarget {
  kind: 'http';
  name: string;
  /** Without a trailing slash. */
  baseUrl: string;
  /** Path or URL of the OpenAPI document. */
  openapi?: string;
  headers: Readonly<Record<string, string>>;
  auth?: ProbeAuth;
  tls?: TlsOptions;
}

export interface DatabaseTarget {
  kind: 'database';
  name: string;
  /** A connection URL, secrets included; databaseFamily() says of what. A SQLite file has an absolute path. */
  url: string;
  /** Its server's log files; the last part may hold `*`. Absolute. */
  logs?: readonly string[];
  /** Files of spans that its clients sent, as OTLP writes JSON. Absolute. */
  spans?: readonly string[];
}
