/** Threads of this process that only compute: bytes and plain data in, plain data out. */
export interface ComputeThreads {
  /** `module`: URL of a compiled module (see `workerEntry`) that exports `serve` (a `ComputeService`). `setup` is cloned. */
  start(module: URL, setup: unknown): ComputeThread;
}

export interface ComputeThread {
  /** Calls are answered in order. `transfer`: buffers that are moved there instead of copied. Rejects when the thread is lost. */
  call(request: unknown, transfer?: readonly ArrayBuffer[]): Promise<unknown>;
  close(): Promise<void>;
}

/** What a module of a thread exports as `serve`: called once with `setup`; what it returns answers each call, at once or later. */
export type ComputeService = (setup: unknown) => (request: unknown) => unknown;
