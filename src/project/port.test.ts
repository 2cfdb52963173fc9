import { describe, expect, it } from 'vitest';
import { readProject } from './read-project.ts';
import { memoryFiles } from './test-support/memory-files.ts';

describe('port', () => {
  it.each([
    ['pyproject.toml', '[tool.pdm.scripts.server]\ncmd = "uvicorn shop:app --port 6900 --reload"\n', 6_900],
    ['Dockerfile', 'EXPOSE 80\nCMD ["gunicorn", "--bind", "0.0.0.0:9000", "shop.wsgi"]\n', 9_000],
    ['Makefile', 'run:\n\tpython manage.py runserver 0.0.0.0:8100\n', 8_100],
    ['package.json', '{ "scripts": { "dev": "next dev -p 4000" } }', 4_000],
    // Of another program: what a framework does by itself is only guessed.
    ['Makefile', 'flask:\n\tpip install flask\n\nredis:\n\tredis-server --port 7001\n', null],
  ])('stands in %s on a line that starts a server', async (name, text, expected) => {
    const files = memoryFiles({ [name]: text });
    const { port } = await readProject('/root', files, new AbortController().signal);
    expect(port?.value ?? null).toBe(expected);
  });
});
