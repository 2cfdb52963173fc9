import { readFileSync } from 'node:fs';

/** Who a server process runs as. */
export interface Account {
  uid: number;
  gid: number;
}

/** What Debian, Alpine, Fedora and their like give to `nobody`. */
const USUAL_NOBODY: Account = { uid: 65_534, gid: 65_534 };

/**
 * PostgreSQL refuses to run as root, and initdb wants an account that has a name. Undefined when we are not root
 * and the server may run as ourselves.
 */
export function unprivilegedAccount(): Account | undefined {
  return process.getuid?.() === 0 ? nobody() : undefined;
}

function nobody(): Account {
  try {
    const entry = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
    return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : USUAL_NOBODY;
  } catch {
    return USUAL_NOBODY;
  }
}
