import type { ServerCertificate } from '../certificates.ts';
import type { PartnerPorts } from '../partners/settings.ts';

/** What the shop's process is told when it starts. */
export interface ShopSettings {
  databaseUrl: string;
  /** 0 picks a free one. */
  port: number;
  tlsPort: number;
  partners: PartnerPorts;
  /** PEM of the root that the partners' certificates go back to. */
  authority: string;
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
