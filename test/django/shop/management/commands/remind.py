from django.core.management.base import BaseCommand

from shop.jobs import remind, remind_at_once


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--at-once", action="store_true")

    def handle(self, *args, at_once=False, **options):
        remind_at_once() if at_once else remind()
