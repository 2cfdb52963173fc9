/** Files, behind an interface so that tools stay testable and paths stay explicit. */
export interface Files {
  /** Whole text; refuses more than `maxBytes`. */
  readText(path: string, maxBytes?: number): Promise<string>;
  /** Writes beside the file and renames, so that a reader or a full disk never sees half of it. */
  writeText(path: string, text: string): Promise<void>;
  exists(path: string): Promise<boolean>;
}
