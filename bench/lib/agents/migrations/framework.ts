import type { INSTALLATIONS } from './installations.ts';

/** Where a project stands, and the database that it has to itself. */
export interface Place {
  /** Of the project. */
  root: string;
  /** Of what was installed. */
  tools: string;
  /** Connection URL of the owner. */
  url: string;
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

type Argv = readonly string[];

/** One kind of project, with a migration of its own, and the commands that its people run. */
export interface Framework {
  name: string;
  needs: keyof typeof INSTALLATIONS;
  /** Of its migrations. */
  folder: string;
  /** Whether it finds its packages in a folder of its own. */
  linksNodeModules?: boolean;
  /** Whether `${…}` in a file is replaced, so that a patch with a name that holds it is refused. */
  replacesInFiles?: boolean;
  files: (place: Place) => Readonly<Record<string, string>>;
  environment?: (place: Place) => Readonly<Record<string, string>>;
  up: (place: Place) => readonly Argv[];
  /** Takes the newest migration back; `before` is the name of the file that came before it. null: it has no such command. */
  down: ((place: Place, before: string) => Argv) | null;
}

/** What every project begins with: a table that holds rows, and a constraint that nobody checked for them. */
export const CREATE_ORDERS = [
  'CREATE TABLE orders (id integer PRIMARY KEY, buyer integer NOT NULL, state text NOT NULL)',
  "INSERT INTO orders SELECT n, n % 10 + 1, 'open' FROM generate_series(1, 1000) AS n",
  'ALTER TABLE orders ADD CONSTRAINT buyer_known CHECK (buyer > 0) NOT VALID',
] as const;

export const DROP_ORDERS = 'DROP TABLE orders';

export const STAMP = '20250101120000';
export const STAMP_MS = '1735732800000';

/** In double quotes, as JavaScript and Python read them. */
export const calls = (call: (text: string) => string, indent: string): string =>
  CREATE_ORDERS.map((statement) => `${indent}${call(JSON.stringify(statement))}\n`).join('');

export const createSql = CREATE_ORDERS.map((statement) => `${statement};\n`).join('');
