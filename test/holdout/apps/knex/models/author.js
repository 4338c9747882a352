const db = require('../db.js');

class Author {
  static find(id) {
    return db('authors').where({ id }).first(); // n+1: /books/model authors.id
  }

  static async countBooks(authorId) {
    const [{ count }] = await db('books').where('author_id', authorId).count(); // n+1: /authors/counts books.author_id
    return Number(count);
  }
}

module.exports = { Author };
