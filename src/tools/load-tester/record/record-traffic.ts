import { counted } from '../../../core/counted.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import { linkSignals } from '../../../platform/abort.ts';
import type { RecordedTraffic } from '../../../platform/recording/types.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveView } from '../../define.ts';
import { nameOf } from '../import/recorded/session-steps.ts';

const MAX_BODY_BYTES = 1_024 * 1_024;
const MAX_EXCHANGES = 20_000;
/** Over all bodies; what comes after is recorded without them. */
const MAX_KEPT_CHARACTERS = 128_000_000;
const TICK_MS = 500;
const STATIC_FILE =
  /\.(?:css|m?js|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|mp[34]|webm)(?:[?#]|$)/i;

/** Passes traffic through until Ctrl-C or for a duration; returns what was answered without an error, in order of its beginning. */
export async function* recordTraffic(
  ctx: Pick<CommandContext, 'recorder' | 'signal' | 'clock' | 'log'>,
  target: HttpTarget,
  options: { port: number; duration?: number | undefined; assets: boolean },
): AsyncGenerator<LiveView, RecordedTraffic[], void> {
  const kept: RecordedTraffic[] = [];
  const fresh: RecordedTraffic[] = [];
  let characters = 0;
  const recording = await ctx.recorder.start({
    baseUrl: target.baseUrl,
    ...(target.tls === undefined ? {} : { tls: target.tls }),
    port: options.port,
    maxBodyBytes: MAX_BODY_BYTES,
    onExchange(exchange) {
      const isKept = exchange.status >= 200 && exchange.status < 400 && kept.length < MAX_EXCHANGES;
      fresh.push(exchange);
      if (!isKept || (!options.assets && STATIC_FILE.test(exchange.path))) return;
      characters += (exchange.body?.length ?? 0) + (exchange.answerBody?.length ?? 0);
      kept.push(characters > MAX_KEPT_CHARACTERS ? { ...exchange, answerBody: null } : exchange);
    },
  });
  const { signal, dispose } = linkSignals([ctx.signal], options.duration);
  try {
    yield view(
      `Recording: send requests to ${recording.url} instead of ${target.baseUrl}; Ctrl-C writes the scenario.`,
    );
    while (!signal.aborted) {
      await ctx.clock.sleep(TICK_MS, signal).catch(() => undefined);
      const news = fresh.splice(0);
      if (news.length > 0) yield progress(recording.url, news, kept.length);
    }
  } finally {
    dispose();
    await recording.close();
  }
  return kept.toSorted((a, b) => a.startMs - b.startMs);

  function view(text: string): LiveView {
    return {
      changes: [{ atMs: ctx.clock.wallMs(), text, data: { kind: 'recording', url: recording.url } }],
      sections: () => [{ kind: 'text', title: 'Recording', text }],
    };
  }
}

function progress(url: string, news: readonly RecordedTraffic[], kept: number): LiveView {
  return {
    changes: news.map((exchange) => ({
      atMs: exchange.endMs,
      text: `${nameOf(exchange)} ${exchange.status === 0 ? 'no answer' : exchange.status}`,
      data: { kind: 'request', endpoint: nameOf(exchange), status: exchange.status },
    })),
    sections: () => [
      {
        kind: 'text',
        title: 'Recording',
        text: `${counted(kept, 'request')} through ${url}; Ctrl-C writes the scenario.`,
      },
    ],
  };
}
