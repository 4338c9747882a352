// A small library of queries, as an app would have it. It knows nothing of any agent.
import { Pool } from 'pg';

export function openLibrary(connectionString: string): Library {
  return new Library(new Pool({ connectionString, max: 4 }));
}

export class Library {
  readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  async fill(): Promise<void> {
    await this.pool.query('CREATE TABLE books (id int PRIMARY KEY, author_id int, title text)');
    await this.pool.query("INSERT INTO books SELECT n, n, 'Book ' || n FROM generate_series(1, 8) n");
  }

  async withAuthors(): Promise<unknown[]> {
    const { rows } = await this.pool.query('SELECT id, author_id FROM books ORDER BY id');
    const authors = [];
    for (const { author_id: author } of rows) {
      authors.push(await this.pool.query('SELECT name FROM authors WHERE id = $1', [author]));
    }
    return authors;
  }

  async joined(): Promise<number> {
    const { rows } = await this.pool.query(
      'SELECT b.id, a.name FROM books b JOIN authors a ON a.id = b.author_id',
    );
    return rows.length;
  }

  async forgetful(): Promise<void> {
    for (let page = 0; page < 6; page++) await this.pool.query('SELECT name FROM authors WHERE id = $1', [1]);
  }

  async accepted(): Promise<void> {
    for (let id = 1; id <= 6; id++) {
      // nightjar-ignore n+1: six rows, never more
      await this.pool.query('SELECT title FROM books WHERE id = $1', [id]);
    }
  }

  leftBehind(): void {
    void this.pool.query('SELECT count(*) FROM books');
  }
}
