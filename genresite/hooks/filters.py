"""How the log is narrowed."""

import django_filters

from genresite.hooks.models import Delivery, Event


class DeliveryFilter(django_filters.FilterSet):
    """Deliveries by their state and event."""

    state = django_filters.ChoiceFilter(choices=Delivery.State.choices, help_text="Only deliveries in this state.")
    event = django_filters.ChoiceFilter(choices=Event.choices, help_text="Only deliveries of this event.")

    class Meta:
        model = Delivery
        fields: list[str] = []
