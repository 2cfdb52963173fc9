create table products (
  id integer generated always as identity primary key,
  name text not null,
  description text not null,
  category text not null,
  price_cents integer not null check (price_cents > 0),
  stock integer not null check (stock >= 0),
  created_at timestamptz not null default now()
);
create index products_category on products (category, id);
