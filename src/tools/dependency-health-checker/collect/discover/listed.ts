import type { ResolvedConfig, SecretReference } from '../../../../config/types.ts';
import type { CommandContext } from '../../../context.ts';
import { readUrl } from '../../../../project/sightings/address.ts';
import { writtenConfig } from './config-file.ts';
import { addressKey, type Listed } from './merge.ts';

export interface ListedInConfig extends Listed {
  /** Of dependencies and targets. */
  names: ReadonlySet<string>;
}

/** What the config lists already, in addresses and in names of variables. */
export async function listedInConfig(
  ctx: Pick<CommandContext, 'dependencies' | 'directory' | 'targets'>,
): Promise<ListedInConfig> {
  const written = (await writtenConfig(ctx.directory))?.config;
  const urls = [
    ...ctx.dependencies.map(({ url }) => url),
    // The backend itself is no dependency of its own.
    ...ctx.targets.map((target) => (target.kind === 'http' ? target.baseUrl : target.url)),
    // In a run that goes on for long, the file may say more by now.
    ...urlsIn(written).filter((url) => typeof url === 'string'),
  ];
  const addresses = urls.flatMap((url) => readUrl(url)?.address ?? []);
  const kinds = new Set(ctx.dependencies.flatMap(({ url }) => readUrl(url)?.address ?? []).map(kindOf));
  if (['postgres', 'mysql', 'mongodb'].some((kind) => kinds.has(kind))) kinds.add('database');
  return {
    addresses: new Set(addresses.map(addressKey)),
    variables: new Set(variablesIn(written)),
    kinds,
    names: new Set([
      ...ctx.dependencies.map(({ name }) => name),
      ...ctx.targets.map(({ name }) => name),
      ...Object.keys(written?.dependencies ?? {}),
    ]),
  };
}

function kindOf(address: Parameters<typeof addressKey>[0]): string {
  return addressKey(address).split(' ', 1)[0] ?? '';
}

function urlsIn(config: ResolvedConfig | undefined): (SecretReference | string)[] {
  return [
    ...Object.values(config?.dependencies ?? {}).map(({ url }) => url),
    ...Object.values(config?.targets ?? {}).map((target) =>
      'database' in target ? target.database : target.baseUrl,
    ),
  ];
}

function variablesIn(config: ResolvedConfig | undefined): string[] {
  return urlsIn(config).flatMap((url) => (typeof url === 'object' && '$env' in url ? [url.$env] : []));
}
