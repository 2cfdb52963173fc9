import { randomInteger, type RandomSource } from '../../../../src/core/statistics/random.ts';
import type { Runtime } from '../../../../src/tools/_shared/logs/trace/types.ts';
import type { ErrorKind } from './event.ts';

const TYPES: Readonly<Record<Exclude<Runtime, 'go'>, Readonly<Record<ErrorKind, string>>>> = {
  node: types(
    'TypeError',
    'RangeError',
    'StateError',
    'NotFoundError',
    'TimeoutError',
    'NetworkError',
    'Error',
    'SyntaxError',
    'ConflictError',
    'ServiceError',
    'RequestError',
  ),
  python: types(
    'AttributeError',
    'ValueError',
    'shop.errors.StateError',
    'shop.errors.NotFound',
    'TimeoutError',
    'OSError',
    'RuntimeError',
    'json.decoder.JSONDecodeError',
    'shop.errors.ConflictError',
    'shop.errors.ServiceError',
    'shop.errors.RequestError',
  ),
  java: types(
    'java.lang.NullPointerException',
    'java.lang.IllegalArgumentException',
    'java.lang.IllegalStateException',
    'com.acme.shop.NotFoundException',
    'java.util.concurrent.TimeoutException',
    'java.io.IOException',
    'java.lang.RuntimeException',
    'com.fasterxml.jackson.core.JsonParseException',
    'org.springframework.dao.OptimisticLockingFailureException',
    'com.acme.shop.ServiceException',
    'jakarta.servlet.ServletException',
  ),
  ruby: types(
    'NoMethodError',
    'ArgumentError',
    'Shop::StateError',
    'ActiveRecord::RecordNotFound',
    'Timeout::Error',
    'Errno::ECONNREFUSED',
    'RuntimeError',
    'JSON::ParserError',
    'ActiveRecord::StaleObjectError',
    'Shop::ServiceError',
    'Shop::RequestError',
  ),
  php: types(
    'Error',
    'InvalidArgumentException',
    'LogicException',
    'Acme\\Shop\\NotFoundException',
    'Acme\\Shop\\TimeoutException',
    'RuntimeException',
    'Exception',
    'JsonException',
    'Acme\\Shop\\ConflictException',
    'Acme\\Shop\\ServiceException',
    'Acme\\Shop\\RequestException',
  ),
  dotnet: types(
    'System.NullReferenceException',
    'System.ArgumentException',
    'System.InvalidOperationException',
    'Acme.Shop.NotFoundException',
    'System.TimeoutException',
    'System.IO.IOException',
    'System.Exception',
    'System.Text.Json.JsonException',
    'Acme.Shop.ConflictException',
    'Acme.Shop.ServiceException',
    'Acme.Shop.RequestException',
  ),
};

function types(...names: readonly string[]): Record<ErrorKind, string> {
  const [n, argument, state, notFound, timeout, io, generic, format, conflict, service, request] = names as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    null: n,
    argument,
    state,
    'not-found': notFound,
    timeout,
    io,
    generic,
    format,
    conflict,
    service,
    request,
  };
}

export function typeOf(runtime: Exclude<Runtime, 'go'>, error: ErrorKind): string {
  return TYPES[runtime][error];
}

/** What the runtime itself says when a member of nothing is asked for. .NET names nothing, so nothing can tell two of them in one function apart. */
export function memberMessage(runtime: Runtime, member: string, random: RandomSource): string {
  return MEMBER_MESSAGES[runtime](member, random);
}

const MEMBER_MESSAGES: Readonly<Record<Runtime, (member: string, random: RandomSource) => string>> = {
  node: (member, random) =>
    `Cannot read properties of ${random() < 0.5 ? 'undefined' : 'null'} (reading '${member}')`,
  python: (member) => `'NoneType' object has no attribute '${member}'`,
  java: (member, random) =>
    `Cannot invoke "com.acme.shop.Invoice.get${spell(member, 'Pascal')}()" because "<local${1 + randomInteger(random, 9)}>" is null`,
  go: (member) => `interface conversion: interface {} is nil, not orders.${spell(member, 'Pascal')}`,
  ruby: (member, random) =>
    random() < 0.5
      ? `undefined method '${member}' for nil`
      : `undefined method \`${member}' for nil:NilClass`,
  php: (member) => `Call to a member function get${spell(member, 'Pascal')}() on null`,
  dotnet: () => 'Object reference not set to an instance of an object.',
};

export type Case = 'camel' | 'Pascal' | 'snake' | 'kebab' | 'lower';

export function spell(words: string, how: Case): string {
  const parts = words.split(' ');
  const capital = (word: string): string => `${word[0]!.toUpperCase()}${word.slice(1)}`;
  if (how === 'snake') return parts.join('_');
  if (how === 'kebab') return parts.join('-');
  if (how === 'lower') return parts.join('');
  const all = parts.map(capital).join('');
  return how === 'Pascal' ? all : `${all[0]!.toLowerCase()}${all.slice(1)}`;
}
