import type { FaultName } from './faults.ts';
import type { PartnerPorts } from './partners/settings.ts';

export interface DemoOptions {
  /** Of the HTTP listener; a free one by default. */
  port?: number;
  /** On from the start. */
  faults?: readonly FaultName[];
  /** An empty database of the user's, instead of an embedded server; DEMO_DATABASE_URL by default. */
  databaseUrl?: string;
  /** Visitors; on by default. A number is requests per second, over all visitors. */
  traffic?: boolean | number;
  /** Name of the first release. */
  release?: string;
  /** Keeps the parts' own complaints off stderr. */
  quiet?: boolean;
  /** Size of the seeded data: 1 is 20k users, 2k products, 120k orders, 300k items. */
  scale?: number;
  /** Told what happens while it starts. */
  onProgress?: (step: string) => void;
}

export interface RunningDemo {
  url: string;
  tlsUrl: string;
  openapiUrl: string;
  /** Of its owner. */
  databaseUrl: string;
  /** One JSON object a line, as pino writes them; beside it, as `.1`, what the shop wrote in the days before. */
  logPath: string;
  caCertificatePath: string;
  /** A file with the database URL of a role that only looks, and one with the bearer token of an administrator; gone after the stop. */
  databaseUrlPath: string;
  monitorTokenPath: string;
  /** Where what the shop needs listens, all on 127.0.0.1. */
  partners: PartnerPorts;
  /** Exactly these are on when it returns. */
  setFaults(names: readonly FaultName[]): Promise<void>;
  faults(): readonly FaultName[];
  deploy(release: string): Promise<void>;
  /** Ends every process and removes every file of the demo. May be called more than once. */
  stop(): Promise<void>;
}
