def serialize_book(book):
    return {"title": book.title, "author": book.author.name}  # n+1: /books shop_author.id


def serialize_author(author):
    return {"name": author.name, "books": [book.title for book in author.books.all()]}  # n+1: /authors shop_book.author_id
