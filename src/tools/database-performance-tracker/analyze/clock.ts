/** UTC, so that it reads the same wherever the report is read. */
export function clock(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 16)} UTC`;
}
