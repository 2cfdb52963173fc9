const DAY_MS = 86_400_000;
/** A figure moves all the time; a file that people commit follows only what means something. */
const MOVED_SHARE = 0.1;

/** The number at the beginning of a cell as `formatQuantity` writes it: `1,234 ms` is 1234; null for none. */
export function figureIn(cell: string | undefined): number | null {
  const [, digits] = /^(\d[\d,]*(?:\.\d+)?)(?=[\s:]|$)/.exec(cell ?? '') ?? [];
  return digits === undefined ? null : Number(digits.replaceAll(',', ''));
}

export function dayIn(cell: string | undefined): string | null {
  return /^\d{4}-\d{2}-\d{2}$/.test(cell ?? '') ? (cell as string) : null;
}

/** Days from one to the other; negative when `later` is earlier. */
export function daysBetween(earlier: string, later: string): number {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / DAY_MS);
}

/** Whether what is written may stay although something newer was measured. */
export function isSteady(options: {
  writtenOn: string | null;
  measuredOn: string;
  /** Pairs of written and measured figures that must be close; null beside null is. */
  figures: readonly (readonly [number | null, number | null])[];
  /** Whether both are on the same side of their target. */
  sameSide: boolean;
}): boolean {
  const { writtenOn, measuredOn, figures, sameSide } = options;
  if (writtenOn === null) return false;
  const age = daysBetween(writtenOn, measuredOn);
  // Somebody else measured later and wrote it down.
  if (age < 0) return true;
  return age <= 1 && sameSide && figures.every(([written, measured]) => isClose(written, measured));
}

function isClose(written: number | null, measured: number | null): boolean {
  if (written === null || measured === null) return written === measured;
  if (written === 0 || measured === 0) return written === measured;
  return Math.abs(measured - written) < MOVED_SHARE * written;
}
