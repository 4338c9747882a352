CREATE TABLE authors (id int AUTO_INCREMENT PRIMARY KEY, name text NOT NULL);
CREATE TABLE books (id int AUTO_INCREMENT PRIMARY KEY, title text NOT NULL, author_id int NOT NULL);
CREATE TABLE reviews (id int AUTO_INCREMENT PRIMARY KEY, book_id int NOT NULL, stars int NOT NULL);
CREATE TABLE prices (book_id int PRIMARY KEY, cents int NOT NULL);
CREATE TABLE audit_log (id int AUTO_INCREMENT PRIMARY KEY, what text NOT NULL);
INSERT INTO authors (name) SELECT concat('Author ', seq) FROM seq_1_to_15;
INSERT INTO books (title, author_id) SELECT concat('Book ', seq), 1 + seq % 15 FROM seq_1_to_120;
INSERT INTO reviews (book_id, stars) SELECT 1 + seq % 120, 1 + seq % 5 FROM seq_1_to_300;
