import type { PartnerPorts } from '../partners/settings.ts';
import { createPayments } from './payments.ts';

/** The shop's side of the services it buys from others. */
export interface Partners {
  /** Takes money; returns the provider's reference. Rejects when the provider refuses or fails. */
  charge(orderId: number, amountCents: number): Promise<string>;
  /** Returns the vendor's tracking number. Rejects when the vendor or the gateway fails. */
  bookShipment(orderId: number): Promise<string>;
  /** Days until each product arrives, by id; empty when the delivery service fails. */
  deliveryDays(ids: readonly number[]): Promise<Readonly<Record<number, number>>>;
  /** Ids in the order the ranking service thinks best; the shop's own order when the service fails. */
  rank(query: string, ids: readonly number[]): Promise<readonly number[]>;
}

/** What stands behind the gateway. */
type Service = 'delivery' | 'ranking' | 'shipping';

const TIMEOUT_MS = 1_000;

export function createPartners(ports: PartnerPorts, authority: string): Partners {
  const pay = createPayments(ports, authority);
  const viaGateway = <Answer>(service: Service, path: string, body: object): Promise<Answer> =>
    post(service, ports.gateway, `/${service}${path}`, body);

  /** Our own services stand behind the gateway too; when it refuses, they are asked at their own ports. */
  async function askOwn<Answer>(
    service: Exclude<Service, 'shipping'>,
    path: string,
    body: object,
  ): Promise<Answer> {
    try {
      return await viaGateway(service, path, body);
    } catch (error) {
      if (!isRefused(error)) throw error;
      return post(service, ports[service], path, body);
    }
  }
  return {
    async charge(orderId, amountCents) {
      return (await pay({ orderId, amountCents, currency: 'EUR' })).reference;
    },
    async bookShipment(orderId) {
      return (await viaGateway<{ tracking: string }>('shipping', '/v1/shipments', { orderId })).tracking;
    },
    async deliveryDays(ids) {
      return askOwn<{ days: Record<number, number> }>('delivery', '/v1/delivery-times', { ids }).then(
        (answer) => answer.days,
        () => ({}),
      );
    },
    async rank(query, ids) {
      return askOwn<{ ids: number[] }>('ranking', '/v1/ranking', { query, ids }).then(
        (answer) => answer.ids,
        () => ids,
      );
    },
  };
}

async function post<Answer>(service: Service, port: number, path: string, body: object): Promise<Answer> {
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new Error(`${service}: request timed out after ${TIMEOUT_MS} ms`)),
    TIMEOUT_MS,
  );
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: limit.signal,
    });
    if (!response.ok) throw new Error(`${service} answered ${response.status}`);
    return (await response.json()) as Answer;
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` says why in the cause of its error. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
