import { describe, expect, it } from 'vitest';
import { readProject } from '../read-project.ts';
import { memoryFiles } from '../test-support/memory-files.ts';
import { singular } from './rails-names.ts';

async function endpointsWith(routes: string): Promise<string[]> {
  const files = memoryFiles({
    Gemfile: 'gem "rails"',
    'config/routes.rb': `Rails.application.routes.draw do\n${routes}\nend\n`,
  });
  const { endpoints } = await readProject('/root', files, new AbortController().signal);
  return endpoints.map(
    ({ value }) => `${value.method} ${value.path}${value.authenticated === true ? ' authenticated' : ''}`,
  );
}

describe('routes of Rails', () => {
  it('are those of resources inside resources, with their own names of parameters', async () => {
    const found = await endpointsWith(`
      resources :magazines, only: :index, param: :slug do
        resources(:ads, only: [:show], path: "adverts") do
          resources :clicks, :views, only: %i[create]
          get :stats
          member { get :never_in_braces }
        end
        collection do
          get "by_year/:year", action: :year
        end
      end`);
    expect(found).toEqual([
      'GET /magazines',
      'GET /magazines/by_year/{year}',
      'POST /magazines/{magazine_slug}/adverts/{ad_id}/clicks',
      'GET /magazines/{magazine_slug}/adverts/{ad_id}/stats',
      'POST /magazines/{magazine_slug}/adverts/{ad_id}/views',
      'GET /magazines/{magazine_slug}/adverts/{id}',
    ]);
  });

  it('have pages with forms unless the application only answers programs', async () => {
    expect(await endpointsWith('resource :profile, except: [:destroy]')).toEqual([
      'GET /profile',
      'PATCH /profile',
      'POST /profile',
      'PUT /profile',
      'GET /profile/edit',
      'GET /profile/new',
    ]);
  });

  it('follow concerns, scopes, methods of match and those who must log in', async () => {
    const found = await endpointsWith(`
      concern :commentable do
        resources :comments, only: [:index]
        post :like, on: :member
      end
      scope "(:locale)", locale: /en|de/ do
        resources :posts, only: [:show], concerns: :commentable
      end
      scope module: "v2" do
        match "search(/:kind)", to: "search#run", via: [:get, :post]
      end
      match "*path", to: "errors#show", via: :all
      authenticate :user, ->(user) { user.admin? } do
        get "/secret" => "secret#show"
      end
      devise_scope :user do
        get "login", to: "sessions#new"
      end
      namespace "admin", path: "backstage" do
        root to: "home#index"
      end`);
    expect(found).toEqual([
      'GET /backstage',
      'GET /login',
      'GET /posts/{id}',
      'POST /posts/{id}/like',
      'GET /posts/{post_id}/comments',
      'GET /search',
      'POST /search',
      'GET /search/{kind}',
      'POST /search/{kind}',
      'GET /secret authenticated',
      'ANY /{path}',
    ]);
  });

  it('end where nobody nests by hand', async () => {
    const found = await endpointsWith('resources :a, only: [:index] do\n'.repeat(5_000));
    expect(found.length).toBeGreaterThan(5);
    expect(found.length).toBeLessThan(50);
  });

  it('are left out where only the running program knows them', async () => {
    const found = await endpointsWith(`
      if Rails.env.development?
        get "letters", to: "letters#index"
      end
      get "flagged", to: "a#b" if Flags.on?
      names.each do |name|
        get name, to: "x#y"
      end
      get "#{prefix}/z", to: "x#z"
      resources :a, only: chosen
      scope prefix do
        get "below"
      end
      # get "commented", to: "a#b"
      get "known", to: "a#b"`);
    expect(found).toEqual(['GET /known']);
  });

  it.each([
    ['varieties', 'variety'],
    ['batches', 'batch'],
    ['statuses', 'status'],
    ['courses', 'course'],
    ['people', 'person'],
    ['news', 'news'],
    ['analyses', 'analysis'],
    ['addresses', 'address'],
    ['days', 'day'],
    ['user', 'user'],
  ])('name one of %s %s', (many, one) => {
    expect(singular(many)).toBe(one);
  });
});

describe('gems', () => {
  it('are for developing by their groups, and have the version of the lockfile', async () => {
    const files = memoryFiles({
      Gemfile:
        'gem "rails", "~> 8.0"\ngem "pg"\ngroup :development, :test do\n  gem "sqlite3"\nend\ngem "mysql2", group: :test\ngroup :default, :test do\n  gem "redis"\nend\n',
      'Gemfile.lock':
        'GEM\n  specs:\n    pg (1.5.9)\n    rails (8.0.1)\n    redis (5.3.0)\n    sqlite3 (2.5.0)\n\nDEPENDENCIES\n  pg\n  rails (~> 8.0)\n  redis\n  sqlite3\n',
    });
    const facts = await readProject('/root', files, new AbortController().signal);
    expect(facts.frameworks.map(({ value }) => value.version)).toEqual(['8.0.1']);
    expect(facts.databases.map(({ value }) => value.kind)).toEqual(['postgresql']);
    expect(facts.technologies.map(({ value }) => value)).toEqual(['Redis']);
  });
});
