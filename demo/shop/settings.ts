import type { ServerCertificate } from '../certificates.ts';

/** What the shop's process is told when it starts. */
export interface ShopSettings {
  databaseUrl: string;
  /** 0 picks a free one. */
  port: number;
  tlsPort: number;
  partnersUrl: string;
  release: string;
  /** The demo's own, with its secrets; nothing of it outlives the shop. */
  directory: string;
  logPath: string;
  certificates: { healthy: ServerCertificate; expiring: ServerCertificate };
}

export interface ShopAddress {
  port: number;
  tlsPort: number;
}
