import { describe, expect, it } from 'vitest';
import { absoluteSqliteUrl, databaseFamily, plainDatabaseUrl, sqlitePath } from './database-url.ts';

describe('databaseFamily', () => {
  it.each([
    ['postgres://h/db', 'postgresql'],
    ['postgresql://h/db', 'postgresql'],
    ['mysql://h/db', 'mysql'],
    ['MariaDB://h/db', 'mysql'],
    ['sqlite:./app.db', 'sqlite'],
    ['https://h', undefined],
  ])('%s: %s', (url, family) => {
    expect(databaseFamily(url)).toBe(family);
  });
});

describe('the path of a SQLite URL', () => {
  it.each([
    ['sqlite:./data/app.db', '/srv/shop/data/app.db'],
    ['sqlite:data/app.db', '/srv/shop/data/app.db'],
    ['sqlite:../app.db?mode=rwc', '/srv/app.db'],
    ['sqlite:///var/lib/app.db', '/var/lib/app.db'],
    ['sqlite:/var/lib/app.db', '/var/lib/app.db'],
    ['sqlite:./my%20data/a%3Fb.db', '/srv/shop/my data/a?b.db'],
    ['sqlite:./100% sure.db', '/srv/shop/100% sure.db'],
  ])('%s is %s', (url, path) => {
    const absolute = absoluteSqliteUrl(url, '/srv/shop');
    expect(sqlitePath(absolute)).toBe(path);
    expect(absoluteSqliteUrl(absolute, '/elsewhere')).toBe(absolute);
  });
});

describe('plainDatabaseUrl', () => {
  it.each([
    ['postgresql+asyncpg://u:p+1@h/db', 'postgresql://u:p+1@h/db'],
    ['mysql+pymysql://h/db', 'mysql://h/db'],
    ['mysql2://h/db', 'mysql://h/db'],
    ['jdbc:postgresql://h/db', 'postgresql://h/db'],
    ['postgres://h/db', 'postgres://h/db'],
    ['jdbc:oracle:thin:@h', 'jdbc:oracle:thin:@h'],
  ])('%s is %s', (url, plain) => {
    expect(plainDatabaseUrl(url)).toBe(plain);
  });
});
