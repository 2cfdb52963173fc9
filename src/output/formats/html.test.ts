import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hostileReport } from '../fixtures/hostile.ts';
import { parseXml } from '../fixtures/plain.ts';
import { sampleReport } from '../fixtures/sample.ts';
import { renderReport } from '../render.ts';

const OPTIONS = { width: 80, colors: false, rules: [] };

/** The page is written so that it is well-formed XML once void elements are closed and the style is set aside. */
function parsePage(html: string) {
  return parseXml(
    html
      .replace('<!doctype html>\n', '')
      .replace(/<style>[^<]*<\/style>/, '')
      .replace(/<(meta|br)([^>]*)>/g, '<$1$2/>'),
  );
}

describe('html', () => {
  it('stays whole and inert with hostile text in every place', () => {
    const elements = parsePage(renderReport(hostileReport(), 'html', OPTIONS));
    const names = new Set(elements.map((element) => element.name));
    for (const forbidden of ['script', 'img', 'iframe', 'link', 'object', 'form'])
      expect(names).not.toContain(forbidden);
    const links = elements.flatMap(({ attributes }) => attributes['href'] ?? []);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !link.startsWith('#'))).toEqual([]);
    for (const { attributes } of elements) {
      expect(Object.keys(attributes).filter((name) => name.startsWith('on') || name === 'style')).toEqual([]);
    }
  });

  it('allows its own style by hash and nothing else', () => {
    const html = renderReport(sampleReport(), 'html', OPTIONS);
    const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html).toContain(`content="default-src 'none'; style-src 'sha256-${hash}';`);
    expect(html).not.toMatch(/@import|url\(|src=/);
  });

  it('gives headings in order, captions to tables, and words to charts', () => {
    const elements = parsePage(renderReport(sampleReport(), 'html', OPTIONS));
    const levels = elements.flatMap((element) => /^h(\d)$/.exec(element.name)?.[1] ?? []).map(Number);
    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries())
      expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
    const charts = elements.filter(
      (element) => element.name === 'svg' && element.attributes['role'] === 'img',
    );
    expect(charts.map((chart) => chart.attributes['aria-label'])).toEqual([
      'Line chart, Response time, p95. GET /api/products: from 60 ms to 318 ms; GET /api/orders: from 45.7 ms to 113 ms.',
      'Histogram, Response time of GET /api/products: 2259 values up to 550 ms. p50 138 ms, p95 412 ms, limit 200 ms',
    ]);
    expect(elements.some((element) => element.name === 'caption')).toBe(true);
  });

  it('breaks a line at a gap, and draws the threshold at its height', () => {
    const elements = parsePage(renderReport(sampleReport(), 'html', OPTIONS));
    const paths = elements
      .filter((element) => element.name === 'path')
      .map((path) => path.attributes['d'] ?? '');
    expect(paths.map((path) => path.split('M').length - 1)).toEqual([1, 2]);
    const limit = elements.find(
      (element) => element.name === 'line' && element.attributes['class'] === 'limit',
    );
    // 200 of an axis that ends at 400, 200 units high.
    expect(limit?.attributes['y1']).toBe('100');
  });
});
