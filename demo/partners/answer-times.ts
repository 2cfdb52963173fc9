const CHARGE_MS = { least: 15, spread: 15 };
const DELIVERY_MS = 14;
const SHIPMENT_MS = 12;
/** Longer than the shop waits. */
const LATE_SHIPMENT_MS = 4_000;
const RANK_MS = 18;
const SLOW_SHARE = 0.1;
/** A search spends a few more milliseconds outside the ranking: with this much here, a slow one takes four times as long. */
const SLOW_RANK_MS = 98;

/** How long the partners take, from a uniform random number in [0, 1). */
export const answerTimes = {
  chargeMs: (random: number): number => CHARGE_MS.least + random * CHARGE_MS.spread,
  deliveryMs: DELIVERY_MS,
  shipmentMs: SHIPMENT_MS,
  lateShipmentMs: LATE_SHIPMENT_MS,
  rankMs: (random: number, slowTail: boolean): number =>
    slowTail && random < SLOW_SHARE ? SLOW_RANK_MS : RANK_MS,
};
