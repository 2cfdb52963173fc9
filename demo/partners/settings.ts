import type { PaymentCertificates } from '../certificates.ts';

/** The payment provider's DNS name; only its own name server knows it. */
export const PAYMENTS_NAME = 'payments.shop.test';
/** What the shipping vendor's status page calls the API that the shop uses. */
export const SHIPMENTS_COMPONENT = 'Shipments API';

/** What the partners' process is told when it starts. */
export interface PartnerSettings {
  certificates: PaymentCertificates;
}

/** Where everything listens that the shop needs beside its database, all on 127.0.0.1. */
export interface PartnerPorts {
  /** The provider's own service, plain HTTP. */
  payment: number;
  /** The provider's TLS entry, which hands requests to the service. */
  paymentTls: number;
  gateway: number;
  /** Both are reached through the gateway, and by these when it refuses. */
  delivery: number;
  ranking: number;
  /** The provider's two name servers, each on UDP and TCP. */
  names: readonly [number, number];
  /** Of the vendor that carries parcels. */
  statusPage: number;
  cache: number;
}
