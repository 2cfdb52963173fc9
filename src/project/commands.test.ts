import { describe, expect, it } from 'vitest';
import { readProject } from './read-project.ts';
import { memoryFiles } from './test-support/memory-files.ts';

async function commandsOf(contents: Readonly<Record<string, string>>): Promise<string[]> {
  const { commands } = await readProject('/root', memoryFiles(contents), new AbortController().signal);
  return commands.map(({ value }) => `${value.does}: ${value.line}`);
}

describe('commands', () => {
  it.each([
    ['yarn@4.1.0', {}, ['start: yarn start', 'lint: yarn lint']],
    ['pnpm@9.0.0+sha1.ab', {}, ['start: pnpm start', 'lint: pnpm run lint']],
    ['yarn@4.1.0', { 'package-lock.json': '{}' }, ['start: npm start', 'lint: npm run lint']],
    [undefined, { 'bun.lock': '{}' }, ['start: bun run start', 'lint: bun run lint']],
  ])(
    'are run by what the manifest names (%s) where no lockfile does',
    async (packageManager, files, expected) => {
      const scripts = { start: 'node .', lint: 'eslint .' };
      expect(
        await commandsOf({ 'package.json': JSON.stringify({ packageManager, scripts }), ...files }),
      ).toEqual(expected);
    },
  );

  it('are scripts of the tools of Python, as keys and as tables', async () => {
    const found = await commandsOf({
      'pyproject.toml':
        '[tool.pdm.scripts]\nlint = "ruff check"\nother = "x"\n\n[tool.pdm.scripts.test]\ncmd = "pytest"\n\n[tool.poe.tasks]\nmigrate = "alembic upgrade head"\n',
    });
    expect(found).toEqual(['lint: pdm run lint', 'test: pdm run test', 'migrate: poe migrate']);
  });

  it('are those of a manage.py that leaves the settings to another module, where Django is asked for', async () => {
    const manage = 'from shop.cli import main\nmain()\n';
    expect(await commandsOf({ 'manage.py': manage, 'requirements.txt': 'django==5.2\n' })).toEqual([
      'start: python manage.py runserver',
      'migrate: python manage.py migrate',
      'test: python manage.py test',
    ]);
    expect(await commandsOf({ 'manage.py': manage, 'requirements.txt': 'flask==3.0\n' })).toEqual([]);
  });
});
