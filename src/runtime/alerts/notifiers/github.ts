import type { AlertMessage } from '../../../core/alert.ts';
import { capText } from '../../../core/text.ts';
import { escapeMarkdown, inlineCode } from '../../../core/markdown.ts';
import { type ApiCall, callApi, DELIVERED } from './http-outcome.ts';
import { hashOf } from './keys.ts';
import { type AlertText, describeMessage, fitLines, type MessageText } from './message-text.ts';
import type { Notifier, NotifierDeps, SendOutcome, SettingsOf } from './notifier.ts';

/** Limits of GitHub, less the room that the markers need. */
const MAX_TITLE = 256;
const MAX_BODY = 60_000;
const PER_PAGE = 50;
const MAX_PAGES = 10;
/** Fifty bodies of 65,536 characters, each up to four bytes, and what surrounds them. */
const MAX_LIST_BYTES = 16 * 1_024 * 1_024;

interface ListedIssue {
  number: number;
  body: string | null;
  pull_request?: unknown;
}

/** What a step came to: a value, or the outcome that ends the sending. */
type Step<Value> = { value: Value } | { failure: SendOutcome };

/**
 * An issue for each episode: opened with the first message, commented with every other, closed with the last. Hidden markers
 * in issue and comments say what they are about, so that a message that is sent again changes nothing.
 */
export function createGithub(settings: SettingsOf<'github'>, deps: NotifierDeps): Notifier {
  const { repository, token, labels, apiUrl } = settings;
  const issuesUrl = `${apiUrl.replace(/\/+$/, '')}/repos/${repository}/issues`;

  return {
    async send(message, signal) {
      const api = createApi(signal);
      const found = await findOpenIssue(api, markerOf('alert', message.dedupKey));
      if ('failure' in found) return found.failure;
      const known = found.value;
      if (known === null) {
        // Whoever closed it, it is over.
        if (message.kind === 'resolved') return DELIVERED;
        const opened = await openIssue(api, message);
        if ('failure' in opened) return opened.failure;
        return message.kind === 'test' ? closeIssue(api, opened.value) : DELIVERED;
      }
      const commented = await ensureComment(api, known, message);
      if (commented.kind !== 'delivered') return commented;
      return message.kind === 'resolved' || message.kind === 'test'
        ? closeIssue(api, known.number)
        : DELIVERED;
    },
  };

  type Api = <Value>(call: Pick<ApiCall, 'method' | 'url' | 'body'>) => Promise<Step<Value>>;

  function createApi(signal: AbortSignal): Api {
    return async <Value>(call: Pick<ApiCall, 'method' | 'url' | 'body'>): Promise<Step<Value>> => {
      const result = await callApi(deps, {
        service: 'GitHub',
        ...call,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token}`,
          'x-github-api-version': '2022-11-28',
        },
        hint: 'Check `repository`, that issues are turned on there, and that `token` may write them.',
        maxBytes: MAX_LIST_BYTES,
        signal,
        refusalIn: ({ text }) => (isJson(text) ? null : 'its answer is not JSON'),
      });
      return 'failure' in result ? result : { value: JSON.parse(result.answer.text) as Value };
    };
  }

  /** By listing, not by searching: the search index is minutes behind. */
  async function findOpenIssue(api: Api, marker: string): Promise<Step<ListedIssue | null>> {
    const labelled = labels.length === 0 ? '' : `&labels=${labels.map(encodeURIComponent).join(',')}`;
    return findPaged<ListedIssue>(
      api,
      `${issuesUrl}?state=open${labelled}&per_page=${PER_PAGE}`,
      (issue) => issue.pull_request === undefined && (issue.body ?? '').includes(marker),
    );
  }

  async function openIssue(api: Api, message: AlertMessage): Promise<Step<number>> {
    const text = describeMessage(message);
    const body = [bodyOf(text), '', markerOf('alert', message.dedupKey), markerOf('message', message.id)];
    const opened = await api<ListedIssue>({
      url: issuesUrl,
      body: { title: capText(plainTitle(text.headline), MAX_TITLE), body: body.join('\n'), labels },
    });
    return 'failure' in opened ? opened : { value: opened.value.number };
  }

  async function ensureComment(api: Api, issue: ListedIssue, message: AlertMessage): Promise<SendOutcome> {
    const marker = markerOf('message', message.id);
    if ((issue.body ?? '').includes(marker)) return DELIVERED;
    const url = `${issuesUrl}/${issue.number}/comments`;
    const said = await findPaged<{ body: string | null }>(api, `${url}?per_page=${PER_PAGE}`, ({ body }) =>
      (body ?? '').includes(marker),
    );
    if ('failure' in said) return said.failure;
    if (said.value !== null) return DELIVERED;
    const text = describeMessage(message);
    const head = `**${escapeMarkdown(text.headline)}**`;
    const commented = await api<unknown>({
      url,
      body: { body: [head, '', bodyOf(text), '', marker].join('\n') },
    });
    return 'failure' in commented ? commented.failure : DELIVERED;
  }

  async function closeIssue(api: Api, number: number): Promise<SendOutcome> {
    const closed = await api<unknown>({
      method: 'PATCH',
      url: `${issuesUrl}/${number}`,
      body: { state: 'closed', state_reason: 'completed' },
    });
    return 'failure' in closed ? closed.failure : DELIVERED;
  }

  async function findPaged<Item>(
    api: Api,
    url: string,
    isWanted: (item: Item) => boolean,
  ): Promise<Step<Item | null>> {
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const listed = await api<Item[]>({ method: 'GET', url: `${url}&page=${page}` });
      if ('failure' in listed) return listed;
      const found = listed.value.find(isWanted);
      if (found !== undefined) return { value: found };
      if (listed.value.length < PER_PAGE) break;
    }
    return { value: null };
  }
}

/** Invisible on the page. A hash, so that nothing of a name can end the comment. */
function markerOf(kind: 'alert' | 'message', key: string): string {
  return `<!-- rearguard-${kind}: ${hashOf(key)} -->`;
}

function bodyOf(text: MessageText): string {
  const lines = [
    escapeMarkdown(text.context),
    ...text.alerts.flatMap((alert) => ['', ...alertLines(alert)]),
    ...text.notes.flatMap((note) => ['', escapeMarkdown(note)]),
  ];
  return fitLines(lines, MAX_BODY);
}

function alertLines({ title, evidence, advice, verify }: AlertText): string[] {
  return [
    `### ${escapeMarkdown(title)}`,
    ...evidence.map((line) => `- ${escapeMarkdown(line)}`),
    ...(advice === null ? [] : [`- Fix: ${escapeMarkdown(advice)}`]),
    ...(verify === null ? [] : [`- Verify: ${inlineCode(verify)}`]),
  ];
}

/** Titles know no Markdown and no escape, but mentions and references in them reach people. */
function plainTitle(title: string): string {
  return title.replace(/[@#](?=\w)/g, '$&\u2060');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
