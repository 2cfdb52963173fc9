create table orders (
  id integer generated always as identity primary key,
  user_id integer not null references users (id),
  status text not null check (status in ('pending', 'paid', 'shipped', 'payment-failed')),
  total_cents integer not null check (total_cents >= 0),
  payment_reference text,
  created_at timestamptz not null default now()
);
create index orders_user_id_created_at on orders (user_id, created_at desc);
create index orders_created_at on orders (created_at desc);

create table order_items (
  order_id integer not null references orders (id) on delete cascade,
  product_id integer not null references products (id),
  quantity integer not null check (quantity > 0),
  price_cents integer not null check (price_cents > 0),
  primary key (order_id, product_id)
);
create index order_items_product_id on order_items (product_id) include (quantity);
