import { describe, expect, it } from 'vitest';
import { readProject } from '../read-project.ts';
import { memoryFiles } from '../test-support/memory-files.ts';

async function endpointsOf(contents: Readonly<Record<string, string>>): Promise<string[]> {
  const files = memoryFiles({ 'requirements.txt': 'fastapi==0.115.0\n', ...contents });
  const { endpoints } = await readProject('/root', files, new AbortController().signal);
  return endpoints.map(({ value }) => `${value.method} ${value.path}`);
}

describe('mounts of FastAPI', () => {
  it('put one app behind a path of another, where alone it answers', async () => {
    const found = await endpointsOf({
      'main.py': `from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from api import v1

def create_app():
    app = FastAPI()
    app.mount("/api/v1", v1)
    app.mount("/static", StaticFiles(directory="static"))
    app.mount(settings.elsewhere, v1)
    return app

@app.get("/health")
def health(): ...
`,
      'api.py': `from fastapi import FastAPI
v1 = FastAPI()

@v1.get("/users")
def users(): ...
`,
    });
    expect(found).toEqual(['GET /api/v1/users', 'GET /health']);
  });

  it('go through the list of a loop, and leave out lists that are made when the program runs', async () => {
    const found = await endpointsOf({
      'main.py': `from fastapi import FastAPI
from routes import tags, users as people, hidden

app = FastAPI()
for router in [
    tags.router,
    people.router,
]:
    app.include_router(router, prefix="/api")
for router in find_routers(hidden):
    app.include_router(router)
`,
      'routes/__init__.py': '',
      ...Object.fromEntries(
        ['tags', 'users', 'hidden'].map((name) => [
          `routes/${name}.py`,
          `from fastapi import APIRouter\nrouter = APIRouter()\n\n@router.get("/${name}")\ndef show(): ...\n`,
        ]),
      ),
    });
    expect(found).toEqual(['GET /api/tags', 'GET /api/users']);
  });
});
