from django.db import models


class Author(models.Model):
    name = models.TextField()
    country = models.TextField(default="se")


class Book(models.Model):
    title = models.TextField()
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    stock = models.IntegerField(default=0)
    tags = models.ManyToManyField("Tag", related_name="books")

    def latest_review(self):
        return self.reviews.order_by("-id").first()  # n+1: /books/latest shop_review.book_id


class Review(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="reviews")
    stars = models.IntegerField()


class Tag(models.Model):
    label = models.TextField(unique=True)


class Customer(models.Model):
    name = models.TextField()


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
    is_reminded = models.BooleanField(default=False)
