import { Resolver } from 'node:dns';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as send } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type PartnerPorts, PAYMENTS_NAME } from '../partners/settings.ts';

const TIMEOUT_MS = 3_000;
const NAME_TIMEOUT_MS = 500;

/** The payment provider, by its name and over TLS: each charge asks its name servers and verifies its certificate. */
export function createPayments(
  ports: Pick<PartnerPorts, 'paymentTls' | 'names'>,
  authority: string,
): (charge: object) => Promise<{ reference: string }> {
  const lookup = lookupAt(ports.names);
  return async (charge) => {
    const body = JSON.stringify(charge);
    const request = send({
      host: PAYMENTS_NAME,
      port: ports.paymentTls,
      path: '/v1/charges',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      ca: authority,
      agent: false,
      family: 4,
      lookup,
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)),
      TIMEOUT_MS,
    );
    try {
      request.end(body);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      if (response.statusCode !== 201) throw new Error(`the provider answered ${response.statusCode}`);
      return JSON.parse(Buffer.concat(chunks).toString()) as { reference: string };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Asks these name servers alone, one after the other. */
function lookupAt(ports: readonly number[]): LookupFunction {
  const resolver = new Resolver({ timeout: NAME_TIMEOUT_MS, tries: 2 });
  resolver.setServers(ports.map((port) => `127.0.0.1:${port}`));
  return (hostname, _, callback) => {
    resolver.resolve4(hostname, (error, addresses) => callback(error, addresses?.[0] ?? '', 4));
  };
}
