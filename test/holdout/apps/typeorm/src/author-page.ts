import { Author, Review } from './entities.js';
import { source } from './source.js';

interface Line {
  readonly title: string;
  readonly stars: number;
}

/** Types and blank lines above keep the built line apart from the written one. */
export async function linesOf(author: Author): Promise<Line[]> {
  const lines: Line[] = [];
  const books = await author.books; // n+1: /authors/pages books.author_id
  for (const book of books) {
    const stars = await source // n+1: /authors/pages reviews.book_id
      .getRepository(Review)
      .createQueryBuilder('review')
      .where('review.book_id = :id', { id: book.id })
      .getCount(); // n+1: /authors/pages reviews.book_id
    lines.push({ title: book.title, stars });
  }
  return lines;
}
