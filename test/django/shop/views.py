from django.db.models import Count
from django.http import JsonResponse
from django.shortcuts import render

from .models import Author, Book, Review, Tag
from .serializers import serialize_author, serialize_book


def books(request):
    return JsonResponse([serialize_book(book) for book in Book.objects.order_by("id")[:12]], safe=False)


def books_joined(request):
    found = Book.objects.select_related("author").order_by("id")[:12]
    return JsonResponse([serialize_book(book) for book in found], safe=False)


def authors(request):
    return JsonResponse([serialize_author(author) for author in Author.objects.all()], safe=False)


def authors_prefetched(request):
    found = Author.objects.prefetch_related("books")
    return JsonResponse([serialize_author(author) for author in found], safe=False)


def page(request):
    return render(request, "books.html", {"books": Book.objects.all()})


def page_prefetched(request):
    return render(request, "books.html", {"books": Book.objects.prefetch_related("reviews")})


def latest(request):
    found = [book.latest_review() for book in Book.objects.order_by("id")[:9]]
    return JsonResponse([review.stars for review in found], safe=False)


def gets(request):
    found = [Book.objects.get(pk=key) for key in range(1, 9)]  # n+1: /books/get shop_book.id
    return JsonResponse([book.title for book in found], safe=False)


def in_bulk(request):
    found = Book.objects.in_bulk(list(range(1, 9)))
    return JsonResponse([book.title for book in found.values()], safe=False)


def counts(request):
    found = {author.name: author.books.count() for author in Author.objects.all()}  # n+1: /authors/counts shop_book.author_id
    return JsonResponse(found)


def counts_annotated(request):
    found = Author.objects.annotate(n=Count("books"))
    return JsonResponse({author.name: author.n for author in found})


def stock(request):
    for book in Book.objects.order_by("id")[:10]:
        book.stock += 1
        book.save()  # n+1: /stock shop_book
    return JsonResponse({})


def stock_batched(request):
    found = list(Book.objects.order_by("id")[:10])
    for book in found:
        book.stock += 1
    Book.objects.bulk_update(found, ["stock"])
    return JsonResponse({})


def reviews(request):
    for key in range(1, 9):
        Review.objects.create(book_id=key, stars=5)  # n+1: /reviews shop_review
    return JsonResponse({})


def reviews_batched(request):
    Review.objects.bulk_create(Review(book_id=key, stars=5) for key in range(1, 9))
    return JsonResponse({})


def pages(request):
    found = [list(Review.objects.order_by("id")[start : start + 8]) for start in range(0, 56, 8)]
    return JsonResponse({"pages": len(found)})


def flags(request):
    found = [Tag.objects.filter(label=f"tag-{i}").exists() for i in range(3)]
    return JsonResponse(found, safe=False)
