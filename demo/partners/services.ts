import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { type JsonHandler, jsonService, wait } from '../json-http.ts';
import { answerTimes } from './answer-times.ts';

const healthy: JsonHandler = () => ({ status: 200, body: { status: 'up' } });

/** In how many days a product arrives. */
export const delivery: RequestListener = jsonService({
  'GET /health': healthy,
  async 'POST /v1/delivery-times'({ ids }) {
    await wait(answerTimes.deliveryMs);
    const days = (ids as number[]).map((id) => [id, 1 + (id % 5)]);
    return { status: 200, body: { days: Object.fromEntries(days) as unknown } };
  },
});

/** The order in which search results are shown. */
export const ranking = (isSlow: () => boolean): RequestListener =>
  jsonService({
    'GET /health': healthy,
    async 'POST /v1/ranking'({ ids }) {
      await wait(answerTimes.rankMs(Math.random(), isSlow()));
      return { status: 200, body: { ids } };
    },
  });

/** The vendor that carries parcels. */
export const shipping = (isLate: () => boolean): RequestListener =>
  jsonService({
    'GET /health': healthy,
    async 'POST /v1/shipments'() {
      await wait(isLate() ? answerTimes.lateShipmentMs : answerTimes.shipmentMs);
      return { status: 201, body: { tracking: randomUUID() } };
    },
  });
