import { RearguardError } from '../../../../core/errors.ts';
import { readOpenApi } from '../../../_shared/openapi/read.ts';
import type { CommandContext } from '../../../context.ts';
import { kindOfScheme, readUrl } from '../../../../project/sightings/address.ts';
import { isIrrelevantHost } from '../../../../project/sightings/hosts.ts';
import { type Sighting, sourceText } from '../../../../project/sightings/sighting.ts';
import { nameOfHost } from '../../../../project/sightings/source-code.ts';
import { vendorOfHost } from '../../../../project/sightings/vendors.ts';

type Context = Pick<
  CommandContext,
  'dependencies' | 'directory' | 'files' | 'http' | 'log' | 'signal' | 'targets'
>;

/** Token endpoints of the config, and the servers that the OpenAPI documents of the targets name. */
export async function sightInConfig(ctx: Context): Promise<{ sightings: Sighting[]; unread: string[] }> {
  const sightings = [...ctx.targets, ...ctx.dependencies].flatMap((one): Sighting[] => {
    const auth = 'auth' in one ? one.auth : undefined;
    if (auth?.kind !== 'oauth2-client-credentials') return [];
    return sightWebAddress(auth.tokenUrl, `config: token URL of ${one.name}`, 'likely', `${one.name}-tokens`);
  });
  const unread: string[] = [];
  for (const target of ctx.targets) {
    if (target.kind !== 'http' || target.openapi === undefined) continue;
    try {
      const { servers } = (await readOpenApi(ctx, target, target.openapi)) as { servers?: unknown };
      for (const server of Array.isArray(servers) ? servers : []) {
        const { url } = (server ?? {}) as { url?: unknown };
        if (typeof url === 'string')
          sightings.push(...sightWebAddress(url, `OpenAPI document of ${target.name}: server`, 'possible'));
      }
    } catch (thrown) {
      if (!(thrown instanceof RearguardError)) throw thrown;
      unread.push(thrown.message);
    }
  }
  return { sightings, unread };
}

function sightWebAddress(
  text: string,
  source: string,
  confidence: Sighting['confidence'],
  nameHint?: string,
): Sighting[] {
  const url = readUrl(text);
  const address = url?.address ?? null;
  if (url === null || address === null || isIrrelevantHost(address.host)) return [];
  const vendor = vendorOfHost(address.host);
  return [
    {
      kind: kindOfScheme(url.scheme),
      address,
      variable: null,
      source: sourceText(source),
      confidence,
      nameHint: vendor?.name ?? nameHint ?? nameOfHost(address.host),
      statusPage: vendor?.statusPage ?? null,
    },
  ];
}
