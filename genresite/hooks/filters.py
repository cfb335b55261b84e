"""How the log is narrowed."""

import django_filters

from genresite.hooks.models import Delivery


class DeliveryFilter(django_filters.FilterSet):
    """Deliveries by their state and event."""

    class Meta:
        model = Delivery
        fields = ["state", "event"]
