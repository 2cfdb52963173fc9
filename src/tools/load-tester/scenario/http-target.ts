import { RearguardError } from '../../../core/errors.ts';
import type { HttpTarget, Target } from '../../../config/targets.ts';

/** The target, with another base URL where the command names one; without any target, one of that URL alone. Throws E_USAGE. */
export function httpTargetFor(
  targets: readonly Target[],
  { name, baseUrl }: { name?: string | undefined; baseUrl?: string | undefined },
): HttpTarget {
  if (baseUrl !== undefined && !/^https?:\/\/[^/]/.test(baseUrl)) {
    throw new RearguardError('E_USAGE', {
      message: `${JSON.stringify(baseUrl)} is no http:// or https:// URL.`,
      hint: 'Write it whole, like http://localhost:3000.',
    });
  }
  const all = targets.filter((target) => target.kind === 'http');
  const ofUrl = baseUrl === undefined ? undefined : all.find((target) => sameOrigin(target.baseUrl, baseUrl));
  const chosen = name === undefined ? (ofUrl ?? all[0]) : all.find((target) => target.name === name);
  if (chosen !== undefined && (name !== undefined || baseUrl === undefined || ofUrl !== undefined)) {
    return baseUrl === undefined ? chosen : { ...chosen, baseUrl: baseUrl.replace(/\/+$/, '') };
  }
  // Credentials of another target are not for this URL.
  if (baseUrl !== undefined && name === undefined) {
    return { kind: 'http', name: new URL(baseUrl).host, baseUrl: baseUrl.replace(/\/+$/, ''), headers: {} };
  }
  const known = all.map((target) => target.name).join(', ');
  throw new RearguardError('E_USAGE', {
    message: name === undefined ? 'The config has no HTTP target.' : `No HTTP target is named ${name}.`,
    hint: known === '' ? 'Add one under `targets`, or give a URL.' : `There is: ${known}.`,
  });
}

function sameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}
