/**
 * A reader for the little of RSS and Atom that matters here. It expands no entity of a document type, follows nothing,
 * and looks at each character a bounded number of times, so that a hostile feed costs no more than its length.
 */

export interface FeedItem {
  title: string;
  date: string | null;
  link: string | null;
  /** Text of the update, markup included. */
  body: string;
}

const MAX_ITEMS = 50;
const MAX_ITEM_LENGTH = 64_000;

/** The newest items of a feed as it lists them; undefined when the text is no feed. */
export function readFeedItems(text: string): FeedItem[] | undefined {
  const head = text.slice(0, 4_000);
  if (!/<(?:rss|feed|rdf:RDF)[\s>]/.test(head) || /<html[\s>]/i.test(head)) return undefined;
  const name = /<(?:rss|rdf:RDF)[\s>]/.test(head) ? 'item' : 'entry';
  const items: FeedItem[] = [];
  let at = 0;
  while (items.length < MAX_ITEMS) {
    const start = openTag(text, name, at);
    if (start === undefined) break;
    const close = text.indexOf(`</${name}>`, start.end);
    const end = close === -1 ? text.length : close;
    items.push(readItem(text.slice(start.end, Math.min(end, start.end + MAX_ITEM_LENGTH))));
    at = end + 1;
  }
  return items;
}

function readItem(source: string): FeedItem {
  const date = ['pubDate', 'published', 'updated', 'dc:date']
    .map((name) => elementText(source, name))
    .find(Boolean);
  const body = ['description', 'content:encoded', 'content', 'summary'].map((name) =>
    elementText(source, name),
  );
  return {
    title: elementText(source, 'title') ?? '',
    date: date ?? null,
    link: elementText(source, 'link') || linkAttribute(source),
    body: body.filter(Boolean).join(' '),
  };
}

/** Text of the first element of this name, CDATA and the five entities of XML resolved; inner markup as it stands. */
function elementText(source: string, name: string): string | undefined {
  const open = openTag(source, name, 0);
  if (open === undefined) return undefined;
  if (open.isEmpty) return '';
  const close = `</${name}>`;
  let text = '';
  let at = open.end;
  let end = source.indexOf(close, at);
  for (;;) {
    const data = source.indexOf('<![CDATA[', at);
    // Looked for again only where it was inside CDATA: otherwise many CDATA sections would cost their square.
    if (end !== -1 && end < at) end = source.indexOf(close, at);
    if (data === -1 || (end !== -1 && end < data)) {
      return (text + decodeEntities(source.slice(at, end === -1 ? undefined : end))).trim();
    }
    const dataEnd = source.indexOf(']]>', data);
    text +=
      decodeEntities(source.slice(at, data)) + source.slice(data + 9, dataEnd === -1 ? undefined : dataEnd);
    if (dataEnd === -1) return text.trim();
    at = dataEnd + 3;
  }
}

/** `<link rel="alternate" href="…"/>` of Atom. */
function linkAttribute(source: string): string | null {
  const open = openTag(source, 'link', 0);
  const href = open === undefined ? undefined : /\shref\s*=\s*["']([^"']{1,2000})["']/.exec(open.tag)?.[1];
  return href === undefined ? null : decodeEntities(href);
}

/** The next `<name …>`; `<names>` is another element. */
function openTag(
  source: string,
  name: string,
  from: number,
): { tag: string; end: number; isEmpty: boolean } | undefined {
  for (let at = source.indexOf(`<${name}`, from); at !== -1; at = source.indexOf(`<${name}`, at + 1)) {
    if (!/[\s/>]/.test(source[at + name.length + 1] ?? '')) continue;
    const close = source.indexOf('>', at);
    if (close === -1) return undefined;
    const tag = source.slice(at, close);
    return { tag, end: close + 1, isEmpty: tag.endsWith('/') };
  }
  return undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** An entity that the document declares itself stays as it is written. */
function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (whole, decimal, hex, name) => {
      if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? whole;
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    },
  );
}
