import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../scripts/install-servers.mjs', import.meta.url));

/** Brings the real servers a benchmark needs, where that is allowed; what is missing afterwards becomes a row that says so. */
export function installServers({ peers = false } = {}): void {
  spawnSync(process.execPath, [SCRIPT, ...(peers ? ['--peers'] : [])], { stdio: ['ignore', 2, 2] });
}
