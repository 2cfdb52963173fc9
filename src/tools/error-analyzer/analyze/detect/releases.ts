/** Before (< 0), same (0) or after (> 0); null when nothing says which of the two is newer. */
export type ReleaseOrder = (one: string, other: string) => number | null;

/**
 * Order of builds: by first deployment where both were deployed, since going back to an old build does not make it newer; otherwise
 * by their numbers where both look like versions. Hashes of commits have no order.
 */
export function releaseOrder(deployed: readonly { name: string; atMs: number }[]): ReleaseOrder {
  const firstMs = new Map<string, number>();
  for (const { name, atMs } of deployed) {
    firstMs.set(name, Math.min(atMs, firstMs.get(name) ?? Number.POSITIVE_INFINITY));
  }
  return (one, other) => {
    if (one === other) return 0;
    const oneMs = firstMs.get(one);
    const otherMs = firstMs.get(other);
    if (oneMs !== undefined && otherMs !== undefined && oneMs !== otherMs) return oneMs - otherMs;
    return versionOrder(one, other);
  };
}

/** The release that was deployed last at this time; null when none was. */
export function releaseAt(deployed: readonly { name: string; atMs: number }[], atMs: number): string | null {
  let newest: { name: string; atMs: number } | null = null;
  for (const one of deployed) {
    if (one.atMs <= atMs && (newest === null || one.atMs >= newest.atMs)) newest = one;
  }
  return newest?.name ?? null;
}

/** `v2.4.1`, `shop@2.4.1`, `2025.11.3-rc.2`: a name that must be the same, two to four numbers, a pre-release that comes before. */
const VERSION = /^(?:(.*)@)?v?(\d{1,9}(?:\.\d{1,9}){1,3})(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/;

function versionOrder(one: string, other: string): number | null {
  const [a, b] = [VERSION.exec(one), VERSION.exec(other)];
  if (a === null || b === null || (a[1] ?? '') !== (b[1] ?? '')) return null;
  const [numbersA, numbersB] = [numbersOf(a[2]), numbersOf(b[2])];
  for (let index = 0; index < 4; index += 1) {
    const difference = (numbersA[index] ?? 0) - (numbersB[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a[3] === b[3]) return 0;
  if (a[3] === undefined) return 1;
  return b[3] === undefined ? -1 : preReleaseOrder(a[3].split('.'), b[3].split('.'));
}

/** Semantic Versioning 2.0.0, section 11.4. */
function preReleaseOrder(one: readonly string[], other: readonly string[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const [a, b] = [one[index], other[index]];
    if (a === b) continue;
    if (a === undefined) return -1;
    if (b === undefined) return 1;
    const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (isNumberA && isNumberB) return Number(a) - Number(b);
    if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return 0;
}

function numbersOf(text: string | undefined): number[] {
  return (text ?? '').split('.').map(Number);
}
