from django.urls import path

from . import views

urlpatterns = [
    path("books", views.books),
    path("books/joined", views.books_joined),
    path("books/page", views.page),
    path("books/page/prefetched", views.page_prefetched),
    path("books/latest", views.latest),
    path("books/get", views.gets),
    path("books/in-bulk", views.in_bulk),
    path("authors", views.authors),
    path("authors/prefetched", views.authors_prefetched),
    path("authors/counts", views.counts),
    path("authors/counts/annotated", views.counts_annotated),
    path("stock", views.stock),
    path("stock/batched", views.stock_batched),
    path("reviews", views.reviews),
    path("reviews/batched", views.reviews_batched),
    path("reviews/pages", views.pages),
    path("flags", views.flags),
]
