import type { BenchOptions, BenchRow } from '../bench.ts';
import { controllerKilledRows } from './controller-killed.ts';
import { errorStormRows } from './error-storm.ts';
import { forbiddenAddressRows } from './forbidden-address.ts';

/** What a load may never do: arrive where it may not, go on against a server that fails, go on without its controller. */
export async function safetyRows({ log }: BenchOptions): Promise<BenchRow[]> {
  return [
    ...(await forbiddenAddressRows(log)),
    ...(await errorStormRows(log)),
    ...(await controllerKilledRows(log)),
  ];
}
