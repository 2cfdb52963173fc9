import { describe, expect, it } from 'vitest';
import { readProject } from '../read-project.ts';
import { memoryFiles } from '../test-support/memory-files.ts';

const MANIFEST = '{ "require": { "php": "^8.2", "laravel/framework": "^11.0" } }';

async function endpointsWith(contents: Readonly<Record<string, string>>): Promise<string[]> {
  const files = memoryFiles({ 'composer.json': MANIFEST, ...contents });
  const { endpoints } = await readProject('/root', files, new AbortController().signal);
  return endpoints.map(
    ({ value }) => `${value.method} ${value.path}${value.authenticated === true ? ' authenticated' : ''}`,
  );
}

const PROVIDER = `<?php
class RouteServiceProvider extends ServiceProvider {
  public function boot() {
    $this->routes(function () {
      Route::prefix('api')->middleware('api')->namespace($this->namespace)->group(base_path('routes/api.php'));
      Route::middleware('web')->group(base_path('routes/web.php'));
    });
  }
}`;

describe('routes of Laravel', () => {
  it('stand where a provider of older versions puts their files', async () => {
    const found = await endpointsWith({
      'app/Providers/RouteServiceProvider.php': PROVIDER,
      'routes/api.php': `<?php Route::middleware('auth:api')->get('/me', 'UserController@me');`,
      'routes/web.php': `<?php
Route::resource('line-items', LineItemController::class)->except('destroy', 'store');
Route::view('/about', 'about')->name('about');
require __DIR__.'/auth.php';`,
      'routes/auth.php': `<?php
Route::middleware('guest')->group(function () { Route::post('login', [A::class, 'store']); });
Route::middleware(Authenticate::class)->group(function () { Route::post('logout', [A::class, 'destroy']); });`,
      'routes/never.php': `<?php Route::get('/never', 'X@y');`,
    });
    expect(found).toEqual([
      'GET /about',
      'GET /api/me authenticated',
      'GET /line-items',
      'GET /line-items/create',
      'GET /line-items/{line_item}',
      'PATCH /line-items/{line_item}',
      'PUT /line-items/{line_item}',
      'GET /line-items/{line_item}/edit',
      'POST /login',
      'POST /logout authenticated',
    ]);
  });

  it('have the prefix that the application gives them, and its further groups', async () => {
    const found = await endpointsWith({
      'bootstrap/app.php': `<?php
return Application::configure()->withRouting(
  api: [__DIR__.'/../routes/api.php', __DIR__.'/../routes/more.php'],
  apiPrefix: 'v2',
  then: function () { Route::prefix('hooks')->group(base_path('routes/hooks.php')); },
)->create();`,
      'routes/api.php': `<?php
Route::apiResources(['photos' => PhotoController::class, 'posts.comments' => CommentController::class], ['only' => ['index']]);
Route::apiSingleton('profile', ProfileController::class);
Route::get('users/{user:slug}/posts/{post?}', fn () => Http::get('/not-a-route'));`,
      'routes/more.php': `<?php
Route::group(['prefix' => 'admin', 'middleware' => ['auth', 'admin']], function () {
  Route::any('/', Admin::class);
  Route::get('open', Admin::class)->withoutMiddleware('auth');
});`,
      'routes/hooks.php': `<?php Route::match(['get', 'POST'], '/{source}', Hook::class);`,
      'routes/web.php': `<?php Route::get('/not-loaded', X::class);`,
    });
    expect(found).toEqual([
      'GET /hooks/{source}',
      'POST /hooks/{source}',
      'ANY /v2/admin authenticated',
      'GET /v2/admin/open',
      'GET /v2/photos',
      'GET /v2/posts/{post}/comments',
      'GET /v2/profile',
      'PATCH /v2/profile',
      'PUT /v2/profile',
      'GET /v2/users/{user}/posts/{post}',
    ]);
  });

  it('are left out where only the running program knows them', async () => {
    const found = await endpointsWith({
      'bootstrap/app.php': `<?php return Application::configure()->withRouting(web: __DIR__.'/../routes/web.php');`,
      'routes/web.php': `<?php
if (app()->environment('local')) { Route::get('/debug', X::class); } else { Route::get('/other', X::class); }
foreach ($pages as $page) { Route::get('/looped', X::class); }
Route::prefix(config('app.prefix'))->group(function () { Route::get('/computed', X::class); });
Route::group($attributes, function () { Route::get('/grouped', X::class); });
Route::get("/$name", X::class);
Route::resource('a.b', X::class)->shallow();
Route::resource('c', X::class)->only($actions);
/* Route::get('/commented', X::class); */
Route::get('/known', X::class);`,
      'routes/api.php': `<?php Route::get('/x', X::class);`,
    });
    expect(found).toEqual(['GET /known']);
  });
});
