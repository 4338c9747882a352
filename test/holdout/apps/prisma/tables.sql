CREATE TABLE "Author" (id serial PRIMARY KEY, name text NOT NULL, "isActive" boolean NOT NULL DEFAULT true);
CREATE TABLE "Post" (
  id serial PRIMARY KEY,
  title text NOT NULL,
  "authorId" int NOT NULL REFERENCES "Author",
  views int NOT NULL DEFAULT 0,
  "deletedAt" timestamp
);
CREATE TABLE "Comment" (id serial PRIMARY KEY, body text NOT NULL, "postId" int NOT NULL REFERENCES "Post");
CREATE TABLE "Tag" (id serial PRIMARY KEY, label text NOT NULL UNIQUE);
CREATE TABLE "_PostToTag" ("A" int NOT NULL REFERENCES "Post", "B" int NOT NULL REFERENCES "Tag", PRIMARY KEY ("A", "B"));
CREATE TABLE "Setting" (key text PRIMARY KEY, value text NOT NULL);
INSERT INTO "Author" (name) SELECT 'Author ' || i FROM generate_series(1, 14) i;
INSERT INTO "Post" (title, "authorId") SELECT 'Post ' || i, 1 + i % 14 FROM generate_series(1, 80) i;
INSERT INTO "Comment" (body, "postId") SELECT 'Comment ' || i, 1 + i % 80 FROM generate_series(1, 200) i;
INSERT INTO "Setting" (key, value) SELECT 'setting-' || i, 'on' FROM generate_series(1, 9) i;
