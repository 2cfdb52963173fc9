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
  for (const [template, host] of taken) {
    if (!isSupported(merging, host, taken, template)) taken.delete(template);
  }
  if (taken.size === 0) return null;
  return rebuilt(merging, templates, taken);
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

/** A place that is only announced to vary has to be seen to: one word there, beside nothing, is no variable. */
function isSupported(
  { table }: Merging,
  host: Host,
  taken: ReadonlyMap<Template, Host>,
  template: Template,
): boolean {
  return host.open.every((position) => {
    const token = template.tokens[position] as number;
    if (token === WILDCARD_ID || host.template.values.has(position)) return true;
    if (host.template.values.size > 0 && isIdentifier(table.text(token))) return true;
    const words = new Set([...taken].filter(([, its]) => its === host).map(([its]) => its.tokens[position]));
    words.delete(WILDCARD_ID);
    return words.size >= LEAST_ANNOUNCED;
  });
}

function rebuilt(
  { components }: Merging,
  templates: readonly Template[],
  taken: ReadonlyMap<Template, Host>,
): Template[] {
  const replaced = new Map<Template, Template>();
  for (const [template, { template: host, open }] of taken) {
    const position = open.find((candidate) => template.tokens[candidate] !== WILDCARD_ID) ?? 0;
    components.join(host.key, template.key, { kind: 'absorbed', position, distinct: 1, needed: 1 });
    const seen = open
      .filter((candidate) => template.tokens[candidate] !== WILDCARD_ID)
      .map((candidate) => [candidate, new Set([template.tokens[candidate] as number])] as const);
    const current = replaced.get(host) ?? host;
    replaced.set(host, { ...current, values: joinValues(current.values, new Map(seen)) });
  }
  return templates
    .filter((template) => !taken.has(template))
    .map((template) => replaced.get(template) ?? template);
}
