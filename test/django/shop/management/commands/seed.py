from django.core.management.base import BaseCommand
from django.db import connection

from shop import models


class Command(BaseCommand):
    def handle(self, *args, **options):
        with connection.schema_editor() as editor:
            for model in (models.Author, models.Tag, models.Book, models.Review, models.Customer, models.Order):
                editor.create_model(model)
        authors = models.Author.objects.bulk_create(models.Author(name=f"Author {i}") for i in range(14))
        tags = models.Tag.objects.bulk_create(models.Tag(label=f"tag-{i}") for i in range(6))
        books = models.Book.objects.bulk_create(models.Book(title=f"Book {i}", author=authors[i % 14]) for i in range(20))
        for book in books:
            book.tags.add(tags[book.id % 6])
        models.Review.objects.bulk_create(models.Review(book=books[i % 20], stars=i % 5) for i in range(60))
        customers = models.Customer.objects.bulk_create(models.Customer(name=f"Customer {i}") for i in range(25))
        models.Order.objects.bulk_create(models.Order(customer=customers[i % 25]) for i in range(30))
