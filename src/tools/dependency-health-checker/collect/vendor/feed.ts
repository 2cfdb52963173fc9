import {
  pageText,
  pageUrl,
  statement,
  type StatementReader,
  timeOf,
  unknownStatement,
  type VendorIncident,
} from './document.ts';
import { type FeedItem, readFeedItems } from './feed-items.ts';

/** A feed tells history and no state: what began longer ago is taken to be over, even if nobody wrote so. */
const ONGOING_MS = 24 * 3_600_000;

/** RSS and Atom. A component narrows to items that mention it. */
export const readFeed: StatementReader = (text, { component, nowMs }) => {
  const items = readFeedItems(text);
  if (items === undefined) return undefined;
  if (items.length > 0 && items.every(({ date }) => timeOf(date) === null)) {
    return unknownStatement('the items of its feed have no dates');
  }
  const mentioned = component?.trim().toLowerCase();
  const ongoing = items.filter(
    (item) =>
      isRecent(item, nowMs) &&
      !isOver(item) &&
      (mentioned === undefined || `${item.title} ${item.body}`.toLowerCase().includes(mentioned)),
  );
  const [first] = ongoing;
  if (first === undefined) return statement('operational', 'no ongoing incident in its feed');
  const planned = ongoing.every(({ title }) => /\bmaintenance\b/i.test(title));
  const outage = ongoing.some(({ title }) => /\bmajor outage\b/i.test(title));
  return statement(
    planned ? 'maintenance' : outage ? 'outage' : 'degraded',
    first.title || 'an incident without a title',
    ongoing.map(toIncident),
  );
};

/** What is announced for later has not begun. */
function isRecent({ date }: FeedItem, nowMs: number): boolean {
  const atMs = timeOf(date);
  return atMs !== null && atMs <= nowMs && nowMs - atMs < ONGOING_MS;
}

/** By its title, or by the newest update: a promise that it "will be resolved" is no end. */
function isOver({ title, body }: FeedItem): boolean {
  return (
    /\b(?:resolved|completed)\b/i.test(title) ||
    /<(?:strong|b|h\d)>\s*(?:resolved|completed)\b|\b(?:has|have|is|are) (?:now )?(?:been )?(?:fully )?(?:resolved|completed)\b|\bstatus:?\s*(?:<[^>]{0,40}>\s*)?resolved\b/i.test(
      body,
    )
  );
}

function toIncident(item: FeedItem): VendorIncident {
  return { title: pageText(item.title), impact: '', startedAtMs: timeOf(item.date), url: pageUrl(item.link) };
}
