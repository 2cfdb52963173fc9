/** A span of time in which failures were expected. */
export interface MaintenanceWindow {
  name: string;
  /** Wall clock, epoch milliseconds; `to` is exclusive. */
  fromMs: number;
  toMs: number;
  /** Targets, endpoints or dependencies it is about, `*` allowed; empty is everything. */
  subjects: readonly string[];
}

/** A window that comes back, in local time. */
export interface MaintenancePlan {
  name: string;
  /** `mon` to `sun`, the days on which it begins; every day when left out. */
  days?: readonly string[] | undefined;
  /** `02:30`, wall clock of the time zone. */
  from: string;
  to: string;
  /** IANA name. */
  timeZone: string;
  subjects: readonly string[];
}
