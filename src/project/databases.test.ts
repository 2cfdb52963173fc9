import { expect, it } from 'vitest';
import { readProject } from './read-project.ts';
import { memoryFiles } from './test-support/memory-files.ts';

it.each([
  `DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}`,
  `DATABASES = {"default": {"ENGINE": os.environ.get("SQL_ENGINE", "django.db.backends.postgresql")}}`,
  `ENGINE = env.str("DB_ENGINE", default="django.db.backends.postgresql")`,
])('knows the database of Django, also where a variable may change it: %s', async (settings) => {
  const files = memoryFiles({ 'requirements.txt': 'django==5.2\n', 'shop/settings.py': settings });
  const { databases } = await readProject('/root', files, new AbortController().signal);
  expect(databases.map(({ value }) => value.kind)).toEqual(['postgresql']);
});
