import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusedModules } from './admission.ts';
import { contentsOf } from './contents.ts';
import { knownModules, rememberModules } from './known-modules.ts';

const LONG_MS = 60_000;
/** For what never ends: nothing is lost when the machine is slow. */
const SHORT_MS = 1_500;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rearguard-admission-'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(root, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** Loads the module and leaves a mark each time. */
const marking = (mark: string): string =>
  `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(mark)}, 'x'); export default 1;`;

describe('a module', () => {
  it('may be imported when it comes back, with an error too, and is tried once', async () => {
    const mark = await write('mark', '');
    const good = await write('good.mjs', marking(mark));
    const bad = await write('bad.mjs', "throw new Error('no luck');");
    // What only a main thread may do.
    const moves = await write('moves.mjs', "process.chdir('/'); process.umask(0o022); export default 1;");
    const none = join(root, 'none.mjs');
    expect(await refusedModules([good, bad, moves, none], root, LONG_MS)).toEqual(new Map());
    expect(await refusedModules([good, bad, moves, none], root, LONG_MS)).toEqual(new Map());
    expect(await readFile(mark, 'utf8')).toBe('x');
    await refusedModules([good], root, LONG_MS, { again: true });
    expect(await readFile(mark, 'utf8')).toBe('xx');
  });

  it.skipIf(process.platform === 'win32')('is kept out when it would take the process with it', async () => {
    const texts = {
      'leaks.mjs': 'const all = []; for (;;) all.push(new Array(1_000).fill(all.length));',
      'leaks-outside.mjs': 'const all = []; for (;;) all.push(Buffer.alloc(1_000_000, 1));',
      'ends.mjs': 'process.reallyExit(7);',
      'crashes.mjs': 'process.abort();',
      'rejects.mjs': "void Promise.reject(new TypeError('nobody caught me'));",
      'stuck.mjs': 'await new Promise(() => {});',
      'floods-and-ends.mjs':
        "for (let i = 0; i < 10_000; i += 1) console.log('flood'); process.reallyExit(0);",
    };
    const modules = await Promise.all(Object.entries(texts).map(([name, text]) => write(name, text)));
    const refused = await refusedModules(modules, root, LONG_MS);
    expect(modules.map((module) => refused.get(module))).toEqual([
      'it took more than 500 MB while it loaded',
      'it took more than 500 MB while it loaded',
      'it ended the process that loaded it, with exit code 7',
      'it ended the process that loaded it, by SIGABRT',
      'it ended the process that loaded it, with exit code 1: TypeError: nobody caught me',
      'it waits at its top level for something that never comes',
      'it ended the process that loaded it, with exit code 0',
    ]);
  });

  it('that loops is kept out within the limit, also when it waits for another program, and at once from then on', async () => {
    const mark = await write('mark', '');
    const loops = await write('loops.mjs', `${marking(mark)} for (;;);`);
    const sleeps = await write(
      'sleeps.mjs',
      `import { execFileSync } from 'node:child_process'; execFileSync(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);`,
    );
    const refused = await refusedModules([loops, sleeps], root, SHORT_MS);
    const reason = 'it did not load within 1.5 s: it loops at its top level';
    expect(refused).toEqual(
      new Map([
        [loops, reason],
        [sleeps, reason],
      ]),
    );
    const tried = await readFile(mark, 'utf8');
    expect(await refusedModules([loops, sleeps], root, LONG_MS)).toEqual(refused);
    expect(await readFile(mark, 'utf8')).toBe(tried);

    await writeFile(loops, 'export default 1;');
    expect((await refusedModules([loops, sleeps], root, LONG_MS)).has(loops)).toBe(false);
  });

  it('that waits for something outside is tried again after a while', async () => {
    const waits = await write('waits.mjs', 'await new Promise((done) => setTimeout(done, 1e6));');
    const reason = 'it did not load within 1.5 s: it waits at its top level';
    await rememberModules(new Map([[waits, { reason, isLasting: false }]]), root);
    expect([...(await knownModules([waits], root)).values()]).toEqual([reason]);
    const later = { wallMs: () => Date.now() + 61_000 };
    expect((await knownModules([waits], root, later)).size).toBe(0);
    const refused = await refusedModules([waits], root, SHORT_MS, { again: true });
    expect(refused.get(waits)).toMatch(/^it did not load within 1.5 s/);
  });

  it('is learned of by two at once, and what is known of others stays', async () => {
    const [a, b] = [
      await write('a.mjs', 'process.reallyExit(1);'),
      await write('b.mjs', 'export default 1;'),
    ];
    const both = await Promise.all([refusedModules([a], root, LONG_MS), refusedModules([a], root, LONG_MS)]);
    expect(both.map((refused) => [...refused.keys()])).toEqual([[a], [a]]);
    await refusedModules([b], root, LONG_MS);
    expect([...(await knownModules([a, b], root)).keys()]).toEqual([a, b]);
    await writeFile(join(root, '.rearguard/own-tools.json'), '{"half');
    expect((await refusedModules([a], root, LONG_MS)).has(a)).toBe(true);
  });
});

describe('contents of a module', () => {
  it('are its own and those of what it imports, whatever its name', async () => {
    const module = await write('tool/index.ts', "import { a } from './a.js';\nexport * from '../shared';\n");
    const files = {
      'tool/a.ts': "export const load = () => import('./b');",
      'tool/b.mts': "import '.';",
      'shared/index.ts': 'export const s = 1;',
    };
    for (const [name, text] of Object.entries(files)) await write(name, text);
    const first = contentsOf(module);
    const noticed: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      await write(name, `${text} // changed`);
      if (contentsOf(module) !== first) noticed.push(name);
      await write(name, text);
    }
    expect(noticed).toEqual(Object.keys(files));
    expect(contentsOf(module)).toBe(first);
    await write('tool/index.test.ts', 'not imported');
    expect(contentsOf(module)).toBe(first);
  });

  it('of an installed package are its version', async () => {
    const module = await write('node_modules/queue/dist/index.js', "import './a.js';");
    await write('node_modules/queue/package.json', '{ "version": "1.0.0" }');
    const first = contentsOf(module);
    await write('node_modules/queue/dist/a.js', 'export {};');
    expect(contentsOf(module)).toBe(first);
    await write('node_modules/queue/package.json', '{ "version": "1.0.1" }');
    expect(contentsOf(module)).not.toBe(first);
  });
});
