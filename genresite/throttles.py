"""How often the API may be called. Apart from `genresite.api`, because DRF's views import what this module holds."""

from rest_framework.throttling import UserRateThrottle


class UserThrottle(UserRateThrottle):
    """So many requests per person; the rate is the setting `API_RATE`."""
