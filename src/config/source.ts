/** One-based, as editors count. */
export interface Position {
  line: number;
  column: number;
}

export type SettingPath = readonly PropertyKey[];

/** A configuration as one file gave it, with nothing resolved or checked. */
export interface ConfigSource {
  /** Absolute. */
  path: string;
  value: unknown;
  /** Where a setting is written, or the nearest enclosing one that is; undefined for code. */
  locate(path: SettingPath): Position | undefined;
}

/** `targets.shop.headers["x y"]`, `plugins[0]` */
export function formatPath(path: SettingPath): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number' || /^\d+$/.test(String(key))) return `[${String(key)}]`;
      if (!/^[\w$.-]+$/.test(String(key))) return `[${JSON.stringify(String(key))}]`;
      return index === 0 ? String(key) : `.${String(key)}`;
    })
    .join('');
}
