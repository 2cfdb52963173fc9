import type { CommandContext, HttpTarget } from 'rearguard';
import type { Options } from '../options.ts';

/** What was seen of one path on one target. */
export interface Measured {
  /** `shop /api/users` */
  name: string;
  target: string;
  path: string;
  url: string;
  /** Of the answers below 500, in milliseconds, in the order of the requests. */
  latenciesMs: number[];
  /** Why requests got no such answer. */
  failures: string[];
}

/** Name of the samples in the store. */
export const METRIC = 'tool_name.duration';

/** Asks for every path as often as the options say. The context is the only way to the world: it holds the limits and the secrets. */
export async function measure(
  ctx: CommandContext<Options>,
  wanted: { target?: string | undefined; path?: string | undefined },
): Promise<Measured[]> {
  const targets = ctx.targets.filter((target): target is HttpTarget => target.kind === 'http');
  const chosen = targets.filter(({ name }) => wanted.target === undefined || name === wanted.target);
  const paths = ctx.options.paths.filter((path) => wanted.path === undefined || path === wanted.path);
  const measured: Measured[] = [];
  for (const target of chosen) {
    for (const path of paths) measured.push(await measurePath(ctx, target, path));
  }
  return measured;
}

async function measurePath(
  ctx: CommandContext<Options>,
  target: HttpTarget,
  path: string,
): Promise<Measured> {
  const url = target.baseUrl + path;
  const measured: Measured = {
    name: `${target.name} ${path}`,
    target: target.name,
    path,
    url,
    latenciesMs: [],
    failures: [],
  };
  const { samples, timeoutMs } = ctx.options;
  for (let sample = 0; sample < samples; sample += 1) {
    // Whoever interrupts a run wants the requests to end, too.
    ctx.signal.throwIfAborted();
    ctx.progress(sample, samples, measured.name);
    const atMs = ctx.clock.wallMs();
    const startedMs = ctx.clock.monotonicMs();
    const failure = await ask(ctx, target, url, timeoutMs);
    const tookMs = ctx.clock.monotonicMs() - startedMs;
    if (failure === null) measured.latenciesMs.push(tookMs);
    else measured.failures.push(failure);
    ctx.store.samples.append([
      {
        series: { metric: METRIC, unit: 'ms', attributes: { target: target.name, path } },
        samples: [
          failure === null
            ? { atMs, outcome: 'ok', value: tookMs, coversMs: 0 }
            : { atMs, outcome: 'failed', value: null, cause: failure, coversMs: 0 },
        ],
      },
    ]);
  }
  return measured;
}

/** null for an answer below 500, else why there was none. */
async function ask(
  ctx: CommandContext<Options>,
  target: HttpTarget,
  url: string,
  timeoutMs: number,
): Promise<string | null> {
  try {
    const { signal } = ctx;
    const { status } = await ctx.http.request(url, {
      headers: target.headers,
      timeoutMs,
      maxBytes: 1_000_000,
      signal,
    });
    return status < 500 ? null : `status ${status}`;
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    // A host that the config does not name is a mistake to be told, and no measurement.
    if ((thrown as { code?: string }).code === 'E_TARGET_REFUSED') throw thrown;
    return 'no answer';
  }
}
