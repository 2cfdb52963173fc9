/** Every form a report can take; apart from the renderers, so that `--help` need not load them. */
export const OUTPUT_FORMATS = [
  'text',
  'json',
  'ndjson',
  'markdown',
  'junit',
  'sarif',
  'github',
  'prometheus',
  'html',
] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
