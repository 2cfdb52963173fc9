import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFeed } from './feed.ts';
import { readFeedItems } from './feed-items.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

function rss(...items: string[]): string {
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>All</title>${items.join('')}</channel></rss>`;
}

function item(title: string, date: string, body = ''): string {
  return `<item><title>${title}</title><pubDate>${date}</pubDate><link>https://s.io/1</link><description>${body}</description></item>`;
}

const RECENT = 'Sun, 22 Nov 2026 11:00:00 +0000';

describe('readFeedItems', () => {
  it('reads RSS with CDATA and entities', () => {
    const text = rss(
      item('<![CDATA[A <b>]]> &amp; &#66;&#x43;', RECENT, '&lt;strong&gt;Resolved&lt;/strong&gt;'),
      '<itemised><title>no</title></itemised>',
    );
    expect(readFeedItems(text)).toEqual([
      { title: 'A <b> & BC', date: RECENT, link: 'https://s.io/1', body: '<strong>Resolved</strong>' },
    ]);
  });

  it('reads Atom', () => {
    const text =
      '<feed xmlns="http://www.w3.org/2005/Atom"><title>All</title><entry><title type="html">Slow API</title><link rel="alternate" href="https://s.io/2?a=1&amp;b=2"/><updated>2026-11-22T10:00:00Z</updated><content type="html">Looking</content></entry></feed>';
    expect(readFeedItems(text)).toEqual([
      { title: 'Slow API', date: '2026-11-22T10:00:00Z', link: 'https://s.io/2?a=1&b=2', body: 'Looking' },
    ]);
  });

  it('takes a web page for no feed', () => {
    expect(readFeedItems('<!doctype html><html><body><feed ></body></html>')).toBeUndefined();
    expect(readFeedItems('{"rss": true}')).toBeUndefined();
  });

  it('expands no entity of a document type', () => {
    const laughs = Array.from(
      { length: 9 },
      (_, level) => `<!ENTITY lol${level + 1} "${`&lol${level};`.repeat(10)}">`,
    ).join('');
    const external = '<!ENTITY file SYSTEM "file:///etc/passwd">';
    const bomb = `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY lol0 "lol">${laughs}${external}]>${rss(item('&lol9;&file;', RECENT))}`;
    expect(readFeedItems(bomb)?.map(({ title }) => title)).toEqual(['&lol9;&file;']);
  });

  it('is bounded whatever it is given', () => {
    const huge = rss(
      ...Array.from({ length: 2_000 }, () => item('x'.repeat(100_000).slice(0, 1_000), RECENT)),
    );
    expect(readFeedItems(huge)).toHaveLength(50);
    const [first] = readFeedItems(rss(item('y'.repeat(1_500_000), RECENT))) ?? [];
    expect(first?.title.length).toBeLessThanOrEqual(64_000);
    const said = readFeed(rss(item('z'.repeat(50_000), RECENT)), { component: undefined, nowMs: NOW });
    expect(said?.incidents[0]?.title.length).toBeLessThanOrEqual(200);
    expect(readFeedItems(`<rss><item><title>${'<![CDATA[]]>'.repeat(150_000)}`)).toHaveLength(1);
    expect(readFeedItems(`<rss>${'<item><title>'.repeat(100_000)}`)?.length).toBeLessThanOrEqual(50);
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      '<rss>',
      '<feed ',
      '<item>',
      '</item>',
      '<entry',
      '<title>',
      '</title>',
      '<![CDATA[',
      ']]>',
      '&#99999999;',
      '&#xd800;',
      '&amp',
      '<link href="',
      '"/>',
      '>',
      'x',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const items = readFeedItems(`<rss>${pieces.join('')}`);
        return items === undefined || items.length <= 50;
      }),
    );
  });
});

describe('readFeed', () => {
  const stateOf = (text: string, component?: string) =>
    readFeed(text, { component, nowMs: NOW })?.state ?? null;

  it('tells what goes on from what is over, old, or announced', () => {
    expect(stateOf(rss(item('Errors', RECENT, 'Investigating; it will be resolved soon')))).toBe('degraded');
    expect(stateOf(rss(item('Errors', RECENT, '&lt;strong&gt;Resolved&lt;/strong&gt; - done')))).toBe(
      'operational',
    );
    expect(stateOf(rss(item('Resolved: errors', RECENT)))).toBe('operational');
    expect(stateOf(rss(item('Errors', 'Fri, 20 Nov 2026 11:00:00 +0000')))).toBe('operational');
    expect(stateOf(rss(item('Errors', 'Mon, 23 Nov 2026 11:00:00 +0000')))).toBe('operational');
    expect(stateOf(rss(item('Scheduled maintenance', RECENT)))).toBe('maintenance');
    expect(stateOf(rss(item('Major outage of the API', RECENT)))).toBe('outage');
    expect(stateOf(rss())).toBe('operational');
  });

  it('narrows to a component that is mentioned', () => {
    const text = rss(item('Webhooks are late', RECENT));
    expect([stateOf(text, 'webhooks'), stateOf(text, 'payments')]).toEqual(['degraded', 'operational']);
  });

  it('does not know without dates', () => {
    expect(
      readFeed(rss('<item><title>x</title></item>'), { component: undefined, nowMs: NOW }),
    ).toMatchObject({
      state: 'unknown',
      reason: 'the items of its feed have no dates',
    });
  });
});
