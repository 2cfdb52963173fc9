import { announcesValue, isIdentifier, isOpenClass, literalsBeside } from './evidence.ts';
import type { Merging } from './merging.ts';
import { joinValues, positionHash, templateHash, WILDCARD_ID, type Template } from './templates.ts';

const LEAST_ANNOUNCED = 2;

/** A template whose wildcards, all of which may stand for words, take in others that differ there only. */
interface Host {
  template: Template;
  open: readonly number[];
}

/**
 * What differs from a merged template in several places, in each of which words are known or announced to vary: `env: os.name = Linux` beside
 * `env: <*> = <*>`. Null when nothing fits.
 */
export function fitOnce(merging: Merging, templates: readonly Template[]): Template[] | null {
  const hosts = hostsOf(merging, templates);
  const masks = new Map<string, readonly number[]>();
  for (const { mask, host } of hosts.values()) masks.set(mask, host.open);
  const taken = new Map<Template, Host>();
  for (const template of templates) {
    const hash = templateHash(template.tokens);
    for (const [mask, open] of masks) {
      if (!mask.startsWith(`${template.tokens.length}:`)) continue;
      const entry = hosts.get(`${mask} ${hashWithout(template.tokens, hash, open)}`);
      if (entry === undefined || entry.host.template === template || taken.has(entry.host.template)) continue;
      if (!fits(merging, template, entry.host)) continue;
      taken.set(template, entry.host);
      break;
    }
  }
  const offered = offeredWords(taken);
  const supported = new Map(
    [...taken].filter(([template, host]) => isSupported(merging, template, host, offered)),
  );
  return supported.size === 0 ? null : rebuilt(merging, templates, supported);
}

function hostsOf(
  merging: Merging,
  templates: readonly Template[],
): Map<string, { mask: string; host: Host }> {
  const hosts = new Map<string, { mask: string; host: Host }>();
  for (const template of templates) {
    const open: number[] = [];
    for (const [position, token] of template.tokens.entries()) {
      if (token !== WILDCARD_ID) continue;
      if (template.values.has(position) || announcesValue(template.tokens, position, merging.table))
        open.push(position);
    }
    if (open.length < 2 || literalsBeside(template.tokens, -1, merging.table) < 2) continue;
    const mask = `${template.tokens.length}:${open.join(',')}`;
    const hash = hashWithout(template.tokens, templateHash(template.tokens), open);
    hosts.set(`${mask} ${hash}`, { mask, host: { template, open } });
  }
  return hosts;
}

function hashWithout(tokens: Int32Array, hash: number, positions: readonly number[]): number {
  let rest = hash;
  for (const position of positions) rest -= positionHash(tokens[position] as number, position);
  return rest;
}

function fits(merging: Merging, { tokens }: Template, { template, open }: Host): boolean {
  return tokens.every((token, position) => {
    if (token === template.tokens[position]) return true;
    if (!open.includes(position) || !merging.table.isWord(token)) return false;
    return !merging.isState(token) || isOpenClass(template.values.get(position)?.size ?? 0, 1);
  });
}

/** Words that would come into the open places of each host. */
type OfferedWords = ReadonlyMap<Host, ReadonlyMap<number, ReadonlySet<number>>>;

function offeredWords(taken: ReadonlyMap<Template, Host>): OfferedWords {
  const offered = new Map<Host, Map<number, Set<number>>>();
  for (const [template, host] of taken) {
    const words = offered.get(host) ?? new Map(host.open.map((position) => [position, new Set<number>()]));
    for (const position of host.open) {
      const token = template.tokens[position] as number;
      if (token !== WILDCARD_ID) words.get(position)?.add(token);
    }
    offered.set(host, words);
  }
  return offered;
}

/** A place that is only announced to vary has to be seen to: one word there, beside nothing, is no variable. */
function isSupported({ table }: Merging, template: Template, host: Host, offered: OfferedWords): boolean {
  return host.open.every((position) => {
    const token = template.tokens[position] as number;
    if (token === WILDCARD_ID || host.template.values.has(position)) return true;
    if (host.template.values.size > 0 && isIdentifier(table.text(token))) return true;
    return (offered.get(host)?.get(position)?.size ?? 0) >= LEAST_ANNOUNCED;
  });
}

function rebuilt(
  { components }: Merging,
  templates: readonly Template[],
  taken: ReadonlyMap<Template, Host>,
): Template[] {
  const seen = new Map<Template, Map<number, Set<number>>[]>();
  for (const [template, { template: host, open }] of taken) {
    const literal = open.filter((position) => template.tokens[position] !== WILDCARD_ID);
    components.join(host.key, template.key, {
      kind: 'absorbed',
      position: literal[0] ?? 0,
      distinct: 1,
      needed: 1,
    });
    const words = new Map(
      literal.map((position) => [position, new Set([template.tokens[position] as number])]),
    );
    const known = seen.get(host);
    if (known === undefined) seen.set(host, [words]);
    else known.push(words);
  }
  return templates
    .filter((template) => !taken.has(template))
    .map((template) => {
      const words = seen.get(template);
      return words === undefined ? template : { ...template, values: joinValues(template.values, ...words) };
    });
}
