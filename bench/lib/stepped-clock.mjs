/**
 * Loaded with `--import` into a process and its worker threads: Date is shifted by the milliseconds written in the file
 * STEPPED_CLOCK_FILE, as if somebody set the machine's clock. The monotonic clock goes on untouched.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
const file = process.env.STEPPED_CLOCK_FILE;
/** Reading the file at every call would cost more than what is measured. */
const REREAD_MS = 5;

let shiftMs = 0;
let readAtMs = Number.NEGATIVE_INFINITY;

function shifted() {
  const nowMs = performance.now();
  if (file !== undefined && nowMs - readAtMs > REREAD_MS) {
    readAtMs = nowMs;
    shiftMs = Number(readFileSync(file, 'utf8'));
  }
  return RealDate.now() + shiftMs;
}

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(shifted());
    else super(...values);
  }

  static now() {
    return shifted();
  }
};
