/** Package systems, by the names OSV uses for them. */
export type Ecosystem = 'npm' | 'PyPI' | 'Go' | 'RubyGems' | 'Packagist' | 'crates.io' | 'Maven';

/** One package a manifest asks for, or a lockfile fixes. */
export interface Package {
  ecosystem: Ecosystem;
  /** As its registry writes it; of PyPI in its normal form (PEP 503). */
  name: string;
  /** The exact version; null where the file gives a range or nothing. */
  version: string | null;
  /** What a manifest writes where it fixes no version: `^4.18`, `~=5.0`. */
  range?: string;
  /** Whether the project itself asks for it; null where the file does not say. */
  direct: boolean | null;
  /** Only for developing; null where the file does not say. */
  development: boolean | null;
}

/** Reads one file; throws a SyntaxError or a parser's own error when it is none of its kind. */
export type PackageReader = (text: string) => Package[];

/** `^1.2.3` fixes nothing. */
export function exactVersion(text: unknown): string | null {
  return typeof text === 'string' && /^v?\d[\w.+-]*$/.test(text) ? text : null;
}

/** A mapping, or an empty one: what a file says is not to be trusted in its shape. */
export function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** One entry a name and version; what the project asks for itself stays known as such. */
export function uniquePackages(packages: readonly Package[]): Package[] {
  const byKey = new Map<string, Package>();
  for (const one of packages) {
    const key = `${one.name} ${one.version}`;
    const known = byKey.get(key);
    byKey.set(
      key,
      known === undefined
        ? one
        : { ...one, direct: known.direct === true ? true : one.direct, development: bothOf(known, one) },
    );
  }
  return [...byKey.values()];
}

function bothOf(a: Package, b: Package): boolean | null {
  if (a.development === false || b.development === false) return false;
  return a.development === null || b.development === null ? null : true;
}
