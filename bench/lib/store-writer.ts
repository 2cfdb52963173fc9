import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/open.ts';
import { DEFAULT_RETENTION } from '../../src/store/store-fixture.ts';
import { batchOf, findingDraft, WRITER_TOOL } from './store-work.ts';

/** In the time of the samples, so that a few seconds of writing roll up several hours. */
const BATCH_EVERY_MS = 60_000;

/**
 * One process that writes to a shared store until it has done its share or is killed: `<path> <writer> <batches> <timeMs>`.
 * Each acknowledged batch is a line with its number on stdout, written before the next one is begun.
 */
function main([path = '', writer = '', batches = '0', startMs = '0']: readonly string[]): void {
  const store = openStore({ path, retention: DEFAULT_RETENTION });
  writeSync(1, 'open\n');
  for (let number = 0; number < Number(batches); number += 1) {
    const nowMs = Number(startMs) + number * BATCH_EVERY_MS;
    store.samples.append(batchOf(writer, number, nowMs));
    if (number % 10 === 0) {
      const draft = findingDraft(writer);
      store.findings.apply({
        tool: WRITER_TOOL,
        coverage: { checked: [], notChecked: [] },
        found: [draft],
        nowMs,
      });
      store.maintain(nowMs);
    }
    writeSync(1, `${number}\n`);
  }
  store.close();
}

main(process.argv.slice(2));
