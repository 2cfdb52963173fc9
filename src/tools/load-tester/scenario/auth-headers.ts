import { RearguardError } from '../../../core/errors.ts';
import { isSecretName } from '../../../core/redact.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import { basic } from '../../../platform/probe/auth.ts';
import type { CommandContext } from '../../context.ts';
import { fetchAccessToken } from './access-token.ts';
import { fillSecrets, liftedText } from './lift-secrets.ts';
import { SECRET_PREFIX } from './plan-hash.ts';
import type { ScenarioDocument } from './schema.ts';

export interface SharedHeaders {
  /** Of every request to the target; secrets as `{{secret.…}}`. */
  headers: Record<string, string>;
  secrets: Record<string, string>;
}

type AuthContext = Pick<CommandContext, 'http' | 'signal' | 'secrets'>;

/** Headers and credentials of the target, and over them those of the scenario. Throws E_UNREACHABLE without a token. */
export async function sharedHeaders(
  ctx: AuthContext,
  target: HttpTarget,
  scenario: Pick<ScenarioDocument, 'auth' | 'headers'>,
  resolved: Readonly<Record<string, string>>,
): Promise<SharedHeaders> {
  const shared: SharedHeaders = { headers: {}, secrets: {} };
  for (const [name, value] of Object.entries(target.headers)) {
    if (isSecretName(name)) hide(shared, name, value);
    else shared.headers[name.toLowerCase()] = value;
  }
  if (scenario.auth === undefined) {
    const authorization = await ofTarget(ctx, target);
    if (authorization !== undefined) hide(shared, 'authorization', authorization);
  } else ofScenario(shared, scenario.auth, resolved);
  for (const [name, value] of Object.entries(scenario.headers)) {
    shared.headers[name.toLowerCase()] = liftedText(value);
  }
  return shared;
}

function hide({ headers, secrets }: SharedHeaders, name: string, value: string): void {
  const variable = `${SECRET_PREFIX}header_${name.toLowerCase().replaceAll(/\W/g, '_')}`;
  headers[name.toLowerCase()] = `{{${variable}}}`;
  secrets[variable] = value;
}

async function ofTarget(
  ctx: AuthContext,
  { auth, name, tls, baseUrl }: HttpTarget,
): Promise<string | undefined> {
  switch (auth?.kind) {
    case 'basic':
      return basic(auth.username, auth.password);
    case 'bearer':
      return `Bearer ${auth.token}`;
    case 'oauth2-client-credentials':
      return `Bearer ${await fetchAccessToken(ctx, auth, tls?.ca)}`;
    case 'aws-sigv4':
      throw new RearguardError('E_USAGE', {
        message: `The target ${name} wants signed requests (aws-sigv4), which no load is made of: each would need a signature of its own time.`,
        hint: 'Put the load on what stands before it, or on a target with other credentials.',
      });
    default:
      return userInfoOf(baseUrl);
  }
}

function userInfoOf(baseUrl: string): string | undefined {
  const { username, password } = new URL(baseUrl);
  return username === '' ? undefined : basic(decodeURIComponent(username), decodeURIComponent(password));
}

function ofScenario(
  shared: SharedHeaders,
  auth: NonNullable<ScenarioDocument['auth']>,
  resolved: Readonly<Record<string, string>>,
): void {
  const known = Object.keys(shared.headers).find((name) => name === 'authorization');
  if (known !== undefined) delete shared.headers[known];
  switch (auth.kind) {
    case 'none':
      return;
    case 'bearer':
      shared.headers['authorization'] = `Bearer ${liftedText(auth.token)}`;
      return;
    case 'header':
      shared.headers[auth.name.toLowerCase()] = liftedText(auth.value);
      return;
    case 'basic': {
      const username = fillSecrets(liftedText(auth.username), resolved);
      const password = fillSecrets(liftedText(auth.password), resolved);
      hide(shared, 'authorization', basic(username, password));
    }
  }
}
