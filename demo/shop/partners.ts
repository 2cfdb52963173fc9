/** The shop's side of the services it buys from others. */
export interface Partners {
  /** Takes money; returns the provider's reference. Rejects when the provider refuses or fails. */
  charge(orderId: number, amountCents: number): Promise<string>;
  /** Days until each product arrives, by id; empty when the delivery service fails. */
  deliveryDays(ids: readonly number[]): Promise<Readonly<Record<number, number>>>;
  /** Ids in the order the ranking service thinks best; the shop's own order when the service fails. */
  rank(query: string, ids: readonly number[]): Promise<readonly number[]>;
}

const CHARGE_TIMEOUT_MS = 3_000;
const EXTRAS_TIMEOUT_MS = 1_000;

export function createPartners(baseUrl: string): Partners {
  async function post<Answer>(path: string, body: unknown, timeoutMs: number): Promise<Answer> {
    const response = await fetch(new URL(path, baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as Answer;
  }
  return {
    async charge(orderId, amountCents) {
      const charge = { orderId, amountCents, currency: 'EUR' };
      return (await post<{ reference: string }>('/v1/charges', charge, CHARGE_TIMEOUT_MS)).reference;
    },
    async deliveryDays(ids) {
      return post<{ days: Record<number, number> }>('/v1/delivery-times', { ids }, EXTRAS_TIMEOUT_MS).then(
        (answer) => answer.days,
        () => ({}),
      );
    },
    async rank(query, ids) {
      return post<{ ids: number[] }>('/v1/ranking', { query, ids }, EXTRAS_TIMEOUT_MS).then(
        (answer) => answer.ids,
        () => ids,
      );
    },
  };
}
