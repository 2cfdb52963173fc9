import { RearguardError } from '../../../core/errors.ts';
import { redactUrl } from '../../../core/redact.ts';
import { parseToken, tokenRequest } from '../../../platform/probe/oauth2.ts';
import type { ProbeAuth } from '../../../platform/probe/types.ts';
import type { CommandContext } from '../../context.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 65_536;

/** One token for the whole run (RFC 6749, section 4.4). Throws E_UNREACHABLE, E_TARGET_REFUSED. */
export async function fetchAccessToken(
  ctx: Pick<CommandContext, 'http' | 'signal' | 'secrets'>,
  auth: Extract<ProbeAuth, { kind: 'oauth2-client-credentials' }>,
  ca: string | undefined,
): Promise<string> {
  const { headers, body } = tokenRequest(auth);
  const answer = await ctx.http.request(auth.tokenUrl, {
    method: 'POST',
    headers,
    ...(body === undefined ? {} : { body }),
    ...(ca === undefined ? {} : { ca }),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    signal: ctx.signal,
  });
  if (answer.status !== 200) throw refused(auth.tokenUrl, `it answered ${answer.status}`);
  try {
    const { value } = parseToken(answer.text, 0);
    ctx.secrets.hide([value]);
    return value;
  } catch (thrown) {
    throw refused(auth.tokenUrl, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function refused(tokenUrl: string, reason: string): RearguardError {
  return new RearguardError('E_UNREACHABLE', {
    what: `the token endpoint ${redactUrl(tokenUrl)}`,
    reason,
    hint: "Check clientId, clientSecret and scope of the target's auth.",
  });
}
