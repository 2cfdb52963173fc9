import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { serve } from '../control.ts';
import { createDoor, KEEPS_CONNECTIONS } from '../door.ts';
import { jsonService, wait } from '../json-http.ts';
import { answerTimes } from '../partners/answer-times.ts';

const SLOW_MS = 400;

let slowerByMs = 0;

/** The payment provider, in a process of its own so that it can be frozen alone. */
const door = createDoor(() =>
  createServer(
    KEEPS_CONNECTIONS,
    jsonService({
      async 'GET /health'() {
        await wait(slowerByMs);
        return { status: 200, body: { status: 'up' } };
      },
      async 'POST /v1/charges'() {
        await wait(answerTimes.chargeMs(Math.random()) + slowerByMs);
        return { status: 201, body: { reference: randomUUID(), status: 'captured' } };
      },
    }),
  ),
);

serve<null, number>({
  start: () => door.open(),
  async setFaults(names) {
    slowerByMs = names.has('payment-slow') ? SLOW_MS : 0;
    if (names.has('payment-down')) await door.close();
    else await door.open();
  },
  stop: () => door.close(),
});
