import { describe, expect, it } from 'vitest';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import { known } from '../../_shared/database/reading.ts';
import { assessConnectionLeak } from './connection-leak.ts';
import { type Point, risingTrend } from './connection-history.ts';
import type { LiveFacts } from './facts.ts';
import { backends, MINUTE, NOW, OPTIONS, quietFacts, reported, SECOND, verdicts } from './live-fixtures.ts';

/** One every 20 s, used once, never again. */
const leaked = backends(40, (index) => ({
  connectedMs: index * 20 * SECOND + SECOND,
  stateMs: index * 20 * SECOND + 500,
}));
/** Opened at once, and all idle since. */
const resting = backends(40, () => ({ connectedMs: 30 * MINUTE, stateMs: 29 * MINUTE }));

function idleHistory(values: (minute: number) => number, minutes = 14): LiveFacts['history'] {
  const points: Point[] = Array.from({ length: minutes * 6 }, (_, index) => ({
    atMs: NOW - (minutes * 6 - index) * 10 * SECOND,
    value: Math.round(values(index / 6)),
  }));
  return { used: points, idle: new Map([['shop-web', points]]) };
}

function assess(sessions: readonly Backend[], parts: Partial<LiveFacts> = {}) {
  return assessConnectionLeak(quietFacts({ activity: known(sessions), ...parts }), OPTIONS);
}

describe('a leak', () => {
  it('shows in sessions that stay unused while their number grows; the limit is forecast', () => {
    const assessment = assess(leaked, { history: idleHistory((minute) => minute * 3) });
    expect(reported(assessment)).toEqual(['connection-leak high']);
    // 57 are left, at three a minute.
    expect(assessment.findings[0]?.impact?.summary).toMatch(/in 1\dm/);
  });

  it('is only possible when it was seen to grow for a moment', () => {
    const growing = [
      ...leaked,
      ...backends(3, (index) => ({ connectedMs: index * 700, stateMs: index * 700 })),
    ];
    const pids = (sessions: readonly Backend[]) =>
      new Map([['shop-web', new Set(sessions.map(({ pid }) => pid))]]);
    const looks = [
      { atMs: NOW - 2_000, pids: pids(leaked) },
      { atMs: NOW, pids: pids(growing) },
    ];
    const [finding] = assess(growing, { looks }).findings;
    expect(finding).toMatchObject({ severity: 'medium', confidence: 'possible' });
    // Two a second are a leak as well; fifteen at once are a pool that begins.
    const fast = backends(15, (index) => ({ connectedMs: index * 500, stateMs: index * 500 }));
    const burst = backends(15, (index) => ({ connectedMs: index * 40, stateMs: index * 40 }));
    const after = (opened: Backend[]) => [
      { atMs: NOW - 8_000, pids: pids(leaked) },
      { atMs: NOW, pids: pids([...leaked, ...opened]) },
    ];
    expect(reported(assess([...leaked, ...fast], { looks: after(fast) }))).toEqual([
      'connection-leak medium',
    ]);
    expect(reported(assess([...leaked, ...burst], { looks: after(burst) }))).toEqual([]);
    // One was given back: a pool that renews its connections.
    const renewed = [
      { atMs: NOW - 2_000, pids: pids([...leaked, ...backends(1)]) },
      { atMs: NOW, pids: pids(growing) },
    ];
    expect(reported(assess(growing, { looks: renewed }))).toEqual([]);
  });
});

describe('no leak', () => {
  it('is a pool that rests', () => {
    const assessment = assess(resting);
    expect(reported(assessment)).toEqual([]);
    expect(verdicts(assessment).checked).toEqual(['connection-leak']);
  });

  it('is a pool that renews its connections one by one, once the history shows that their number stands', () => {
    expect(verdicts(assess(leaked)).notChecked).toEqual(['connection-leak']);
    const steady = assess(leaked, { history: idleHistory(() => 40) });
    expect(reported(steady)).toEqual([]);
    expect(verdicts(steady).checked).toEqual(['connection-leak']);
  });

  it('is a pool that follows the load: it gives back what it took', () => {
    const history = idleHistory((minute) => 20 + minute * 2 - (minute > 8 ? 14 : 0));
    expect(reported(assess(leaked, { history }))).toEqual([]);
  });
});

describe('a trend', () => {
  const line = (perPoint: number, noise: (index: number) => number = () => 0): Point[] =>
    Array.from({ length: 60 }, (_, index) => ({
      atMs: index * 10 * SECOND,
      value: index * perPoint + noise(index),
    }));

  it('is the median slope, whatever a third of the values are', () => {
    const trend = risingTrend(
      line(0.5, (index) => (index % 4 === 0 ? 300 : 0)),
      5,
    );
    expect(trend?.perHour).toBeCloseTo(180, -1);
  });

  it('needs time, a rise, and more rise than scatter', () => {
    expect(risingTrend(line(0.5).slice(0, 20), 5)).toBeNull();
    expect(risingTrend(line(0), 5)).toBeNull();
    expect(
      risingTrend(
        line(0.1, (index) => (index % 2) * 20),
        5,
      ),
    ).toBeNull();
  });
});
