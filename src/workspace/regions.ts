/**
 * Generated regions in a file that people write, too:
 *
 *   <!-- rearguard:begin endpoints -->
 *   …
 *   <!-- rearguard:end endpoints -->
 *
 * Everything outside stays byte for byte as it is, line ends and a byte order mark included.
 */
export interface Region {
  name: string;
  /** Without the markers, with `\n` as line end. */
  body: string;
}

/** The regions of a text in order. Throws E_WORKSPACE_MARKERS for a marker without its other half, nested or doubled ones, with the line. */
export function readRegions(text: string, path: string): Region[] {
  void [text, path];
  throw new Error('replaced by its owner');
}

/**
 * The text with these regions' bodies; a region that the text does not have is left out unless `append` says where it goes
 * (at the end). Equal bodies give the very same text. Throws what readRegions throws.
 */
export function writeRegions(
  text: string,
  regions: readonly Region[],
  options: { path: string; append?: boolean },
): string {
  void [text, regions, options];
  throw new Error('replaced by its owner');
}
