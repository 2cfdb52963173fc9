import type { MigrationHead, ProjectMigrations } from '../../../project/facts.ts';

/** A file of a migration, its name relative to the folder of migrations. */
export interface MigrationFile {
  name: string;
  text: string;
  /** Text of a file that is there already and goes on; null: it is new. */
  before: string | null;
}

/** One statement, without a semicolon at its end. */
export interface MigrationStep {
  up: string;
  /** What undoes it: nothing where nothing has to be done, null where it is not known. */
  down: readonly string[] | null;
}

/** What a writer knows. */
export interface MigrationParts {
  finding: string;
  rule: string;
  /** `rearguard_missing_index_optimize_3f9a1c20`: letters, digits and underscores. */
  slug: string;
  steps: readonly MigrationStep[];
  /** A statement of it must not run in a transaction. */
  noTransaction: boolean;
  stampMs: number;
  /** The one that a new one comes after; null when there is none. */
  head: MigrationHead | null;
  /** Text of that one, for what a new one does as well. */
  headText: string | null;
  /** Path of the folder, relative to the root. */
  folder: string;
  /** The file in which a new one has to be written down too, its name relative to the folder. */
  register: { name: string; text: string } | null;
  /** Text of another file beside the migrations, by its name relative to the folder; null where there is none. */
  beside: (name: string) => string | null;
}

/** What is written, and what whoever runs it must know first. */
export interface WrittenMigration {
  files: MigrationFile[];
  notes: string[];
}

/** Throws E_PATCH_REFUSED where a right file cannot be written. */
export type Writer = (parts: MigrationParts) => WrittenMigration;

export type MigrationStyle = ProjectMigrations['style'];
