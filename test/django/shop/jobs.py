from opentelemetry import trace

from .models import Order

tracer = trace.get_tracer("worker")


def remind():
    """As a task queue would run it: under a span of kind CONSUMER."""
    with tracer.start_as_current_span("process reminders", kind=trace.SpanKind.CONSUMER):
        for order in Order.objects.all():
            order.is_reminded = bool(order.customer.name)  # n+1: job:remind shop_customer.id
            order.save(update_fields=["is_reminded"])  # n+1: job:remind shop_order


def remind_at_once():
    with tracer.start_as_current_span("process reminders at once", kind=trace.SpanKind.CONSUMER):
        orders = list(Order.objects.select_related("customer"))
        for order in orders:
            order.is_reminded = bool(order.customer.name)
        Order.objects.bulk_update(orders, ["is_reminded"])
