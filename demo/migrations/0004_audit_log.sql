create table audit_log (
  id integer generated always as identity primary key,
  user_id integer references users (id) on delete set null,
  action text not null,
  detail text,
  created_at timestamptz not null default now()
);
create index audit_log_user_id on audit_log (user_id);
