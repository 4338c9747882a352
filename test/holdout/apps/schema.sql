CREATE TABLE authors (id serial PRIMARY KEY, name text NOT NULL, country text NOT NULL DEFAULT 'se');
CREATE TABLE publishers (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE books (
  id serial PRIMARY KEY,
  title text NOT NULL,
  author_id int NOT NULL REFERENCES authors,
  publisher_id int NOT NULL REFERENCES publishers,
  stock int NOT NULL DEFAULT 0,
  deleted_at timestamptz
);
CREATE TABLE reviews (id serial PRIMARY KEY, book_id int NOT NULL REFERENCES books, stars int NOT NULL, body text NOT NULL);
CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, token text NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, placed_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE order_items (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, book_id int NOT NULL REFERENCES books, quantity int NOT NULL);
CREATE TABLE flags (key text PRIMARY KEY, enabled boolean NOT NULL);
CREATE TABLE categories (id serial PRIMARY KEY, parent_id int REFERENCES categories, name text NOT NULL);
CREATE TABLE audit_log (id serial PRIMARY KEY, what text NOT NULL, book_id int);
CREATE TABLE prices (book_id int PRIMARY KEY, cents int NOT NULL);
CREATE TABLE export_jobs (id serial PRIMARY KEY, status text NOT NULL);

INSERT INTO authors (name) SELECT 'Author ' || i FROM generate_series(1, 15) i;
INSERT INTO publishers (name) SELECT 'Publisher ' || i FROM generate_series(1, 9) i;
INSERT INTO books (title, author_id, publisher_id, stock)
  SELECT 'Book ' || i, 1 + i % 15, 1 + i % 9, i FROM generate_series(1, 120) i;
INSERT INTO reviews (book_id, stars, body) SELECT 1 + i % 120, 1 + i % 5, 'Review ' || i FROM generate_series(1, 300) i;
INSERT INTO customers (name, token) SELECT 'Customer ' || i, 'token-' || i FROM generate_series(1, 20) i;
INSERT INTO orders (customer_id) SELECT 1 + i % 20 FROM generate_series(1, 25) i;
INSERT INTO order_items (order_id, book_id, quantity) SELECT 1 + i % 25, 1 + i % 120, 1 + i % 3 FROM generate_series(1, 75) i;
INSERT INTO flags (key, enabled) SELECT 'flag-' || i, i % 2 = 0 FROM generate_series(1, 10) i;
INSERT INTO categories (parent_id, name) SELECT CASE WHEN i > 1 THEN i - 1 END, 'Category ' || i FROM generate_series(1, 9) i;
INSERT INTO export_jobs (status) VALUES ('running');
