/** What other processes of this machine use, as far as the system lets us see it. */
export interface ProcessUsage {
  /** Processes that listen on this TCP port, ascending by pid; empty where there is none, or none that we may look at. */
  listeners(port: number): Promise<readonly number[]>;
  /** null when the process is gone or may not be looked at. */
  read(pid: number): Promise<UsageReading | null>;
}

export interface UsageReading {
  /** User and system time since the process began, all threads. */
  processorMs: number;
  /** Its main thread was ready to run and got no core; null where the system does not say. */
  waitedMs: number | null;
  /** Memory that is in RAM, shared pages included. */
  residentBytes: number;
}
