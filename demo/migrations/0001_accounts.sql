create table users (
  id integer generated always as identity primary key,
  email text not null unique,
  name text not null,
  role text not null default 'customer' check (role in ('customer', 'admin')),
  password_hash text not null,
  created_at timestamptz not null default now()
);

-- Only the hash of a session token is kept: a copy of the database lets nobody in.
create table sessions (
  token_hash bytea primary key,
  user_id integer not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_user_id on sessions (user_id);
create index sessions_expires_at on sessions (expires_at);
