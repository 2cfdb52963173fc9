import { DEPENDENCY_SCHEMES } from '../../core/dependency-schemes.ts';
import type { Fact, ProjectService } from '../../project/facts.ts';
import { commentOf, propertyName, quoted, whereOf } from './config-words.ts';

/** Variables that hold a whole URL, by their names. */
const HOLDS_URL = /(?:^|_)(?:URL|URI|DSN|ADDRESS|ENDPOINT)$/i;

/**
 * What the backend needs. Servers of the team's own (a cache, a broker) are written as dependencies. An API of somebody
 * else's stands there as a comment: only the team can say whether it may be asked, and what a good answer is.
 */
export function dependencyLines(services: readonly Fact<ProjectService>[]): string[] {
  const taken = new Set<string>();
  return services.flatMap((fact) => {
    const { name, kind } = fact.value;
    const key = keyOf(name, taken);
    const url = urlOf(fact.value);
    const isForeign = kind === 'http' || kind === 'https';
    const line = `${propertyName(key)}: { url: ${url ?? "'…'"}${isForeign ? ", expect: { status: ['2xx', '3xx', '4xx'] }" : ''} },`;
    if (url === null || isForeign || fact.certainty === 'guessed' || !isKnown(kind)) {
      const ask = isForeign ? 'Uncomment to watch it.' : 'Complete it to watch it.';
      return [commentOf(`${name}, ${whereOf(fact)}. ${ask}`), `// ${line}`];
    }
    return [commentOf(`${name}, ${whereOf(fact)}.`), line];
  });
}

function urlOf({ kind, variable, host }: ProjectService): string | null {
  if (variable !== null && HOLDS_URL.test(variable)) return `env(${quoted(variable)})`;
  const isPlain = host !== null && /^[a-z0-9][a-z0-9.-]*(?::\d{1,5})?$/i.test(host);
  return isPlain && isKnown(kind) ? quoted(`${kind}://${host}`) : null;
}

function isKnown(kind: string): boolean {
  return (DEPENDENCY_SCHEMES as readonly string[]).includes(kind);
}

/** A name as the config takes it, used once. */
function keyOf(name: string, taken: Set<string>): string {
  const base =
    name
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[^a-z0-9]+|-+$/g, '') || 'service';
  let key = base;
  for (let count = 2; taken.has(key); count += 1) key = `${base}-${count}`;
  taken.add(key);
  return key;
}
