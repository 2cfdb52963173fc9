/** The part of an event of node:test that is needed; the types of the oldest Node that runs this have less. */
interface TestEvent {
  type: string;
  data?: {
    name?: string;
    nesting?: number;
    skip?: string | boolean;
    todo?: string | boolean;
    details?: { type?: string; error?: { message?: string; cause?: { message?: string } } };
  };
}

/** A reporter of node:test: a line of JSON a test, with its name, whether it passed and why not. */
export default async function* reportTests(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const parents: string[] = [];
  for await (const { type, data } of events) {
    const { name = '', nesting = 0, skip, todo, details } = data ?? {};
    if (type === 'test:start') {
      parents.length = nesting;
      parents[nesting] = name;
    }
    if ((type !== 'test:pass' && type !== 'test:fail') || details?.type === 'suite') continue;
    const left = skip !== undefined || todo !== undefined;
    const error = details?.error;
    yield `${JSON.stringify({
      name: [...parents.slice(0, nesting), name].join(': '),
      result: left ? 'skip' : type === 'test:pass' ? 'pass' : 'fail',
      detail: left
        ? [skip, todo].filter((text) => typeof text === 'string').join(' ')
        : (error?.cause?.message ?? error?.message ?? ''),
    })}\n`;
  }
}
