"""Plain makers of rows with fixed values."""

from genresite.accounts.models import REVIEWERS_GROUP, User

PASSWORD = "correct horse battery"


def make_user(name: str = "ann", role: str = "user") -> User:
    """A person: role is "user", "reviewer" or "staff"."""
    from django.contrib.auth.models import Group

    user = User.objects.create_user(name, f"{name}@example.org", PASSWORD, is_staff=role == "staff")
    if role == "reviewer":
        group, _created = Group.objects.get_or_create(name=REVIEWERS_GROUP)
        user.groups.add(group)
    return user
