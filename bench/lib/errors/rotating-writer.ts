import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * A child process: `<path> <way> <lines> <linesPerSecond>` writes numbered lines and rotates the file while it writes, in one of the ways of
 * ROTATE. Its exit says that all is written.
 */
/** Rotated files before the oldest is deleted. */
const KEPT = 40;
const TICK_MS = 5;
const ROTATE_EVERY_MS = 150;
/** As long as a file of a few lines stays as it is, so that it is seen so. */
const TINY_MS = 20;
const TINY_LINES = 3;

const ROTATE: Readonly<Record<string, (path: string) => void>> = {
  rename(path) {
    shift(path, '');
    renameSync(path, `${path}.1`);
  },
  copytruncate(path) {
    shift(path, '');
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
  },
  // Few are kept: the inode of the deleted one is taken again by the new one.
  'inode-reuse'(path) {
    shift(path, '', 4);
    renameSync(path, `${path}.1`);
  },
  gz(path) {
    shift(path, '.gz');
    renameSync(path, `${path}.1`);
    execFileSync('gzip', ['-f', `${path}.1`]);
  },
};

function shift(path: string, ending: string, kept = KEPT): void {
  rmSync(`${path}.${kept}${ending}`, { force: true });
  for (let number = kept - 1; number >= 1; number -= 1) {
    const from = `${path}.${number}${ending}`;
    if (existsSync(from)) renameSync(from, `${path}.${number + 1}${ending}`);
  }
}

function lineOf(number: number): string {
  return `2025-01-31T12:00:00.000Z ERROR request ${String(number).padStart(9, '0')} failed\n`;
}

async function main([path = '', way = '', count = '0', perSecond = '1']: readonly string[]): Promise<void> {
  const isTiny = way === 'tiny';
  const rotate = ROTATE[isTiny ? 'rename' : way]!;
  const lines = Number(count);
  const startedAtMs = performance.now();
  let file = openSync(path, 'a');
  let written = 0;
  let rotations = 0;
  let rotatedAtMs = startedAtMs;

  function write(upTo: number): void {
    let batch = '';
    for (; written < upTo; written += 1) batch += lineOf(written);
    if (batch !== '') writeSync(file, batch);
  }
  while (written < lines) {
    const due = ((performance.now() - startedAtMs) * Number(perSecond)) / 1_000;
    // Every other file has only a few lines when it is rotated, and all begin with a few.
    const staysTiny = isTiny && rotations % 2 === 1;
    if (!staysTiny) write(Math.min(lines, Math.floor(due)));
    if ((staysTiny || performance.now() - rotatedAtMs >= ROTATE_EVERY_MS) && written < lines) {
      rotate(path);
      rotations += 1;
      if (way !== 'copytruncate') {
        closeSync(file);
        file = openSync(path, 'a');
      }
      if (isTiny) {
        write(Math.min(lines, written + TINY_LINES));
        await sleep(TINY_MS);
      }
      rotatedAtMs = performance.now();
    }
    await sleep(TICK_MS);
  }
  closeSync(file);
}

await main(process.argv.slice(2));
