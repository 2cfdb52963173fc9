import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../../../src/core/errors.ts';

const VERSION = '8';
const INSTALL_TIMEOUT_MS = 180_000;

export type Autocannon =
  | {
      /** Its entry file: run it with `process.execPath`. */
      script: string;
      missing: null;
    }
  | {
      script: null;
      /** Why it is not there, for the note of a row. */
      missing: string;
    };

let installed: Promise<Autocannon> | undefined;

/** autocannon from npm, in a folder of its own until this process ends: it is a peer, and no dependency. Installed once. */
export function installAutocannon(): Promise<Autocannon> {
  return (installed ??= install());
}

function install(): Promise<Autocannon> {
  const folder = mkdtempSync(join(tmpdir(), 'rearguard-autocannon-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const argv = ['install', '--prefix', folder, '--no-audit', '--no-fund', `autocannon@${VERSION}`];
  return new Promise((resolve) => {
    execFile('npm', argv, { timeout: INSTALL_TIMEOUT_MS }, (error) => {
      resolve(
        error === null
          ? { script: join(folder, 'node_modules', 'autocannon', 'autocannon.js'), missing: null }
          : { script: null, missing: `npm could not install autocannon: ${reasonOf(error)}` },
      );
    });
  });
}

/** The part of its JSON that benchmarks look at; latencies in whole milliseconds. */
export interface AutocannonResult {
  requests: { total: number; sent: number; average: number };
  latency: { p50: number; p90: number; p97_5: number; p99: number; max: number };
  errors: number;
  timeouts: number;
  non2xx: number;
  /** Seconds. */
  duration: number;
}

/** Options as on its command line; rejects when it fails. */
export function runAutocannon(
  script: string,
  options: readonly string[],
  url: string,
): Promise<AutocannonResult> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [script, '--json', '--no-progress', ...options, url],
      { maxBuffer: 64_000_000 },
      (error, stdout) => {
        if (error !== null) return reject(error);
        resolve(JSON.parse(stdout) as AutocannonResult);
      },
    );
  });
}
