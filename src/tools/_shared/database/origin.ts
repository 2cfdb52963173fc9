/** Where a statement comes from in the user's own program, as far as anybody says. */
export interface Origin {
  /** `GET /api/orders`, or the name of a background task. */
  endpoint: string | null;
  /** `src/routes/orders.ts:42`; null where nobody says. */
  file: string | null;
  application: string | null;
  traceId: string | null;
  /** Who says so. */
  source: 'comment' | 'application-name' | 'span' | 'log';
}
