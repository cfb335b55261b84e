"""Every page of the site, from the list of who may use which address: none can be forgotten."""

from dataclasses import dataclass

from django.urls import reverse

from tests.access_rules import OK, ROUTES, Route, make_things
from tests.factories import make_user

# Answers that are no pages: files, pictures, the health report, and addresses that send a person on at once.
NO_PAGES = {
    "health", "api-schema", "accounts:download_data", "movies:poster", "predictor:poster", "predictor:export_file",
    "predictor:explanation_poster", "predictor:shared_poster", "predictor:shared_heat", "predictor:batch_result",
    "account_set_password", "account_confirm_login_code",
}  # fmt: skip
FRAMED = ("api-docs", "api-docs-group")


@dataclass(frozen=True)
class SitePage:
    """A page and who opens it: "" for somebody without an account."""

    route: Route
    person: str

    @property
    def id(self) -> str:
        """How the page is called in a test's name."""
        return f"{self.route.name} as {self.person or 'stranger'}"


def list_pages() -> list[SitePage]:
    """Every page once, opened by whom it is for; the home page as a stranger's and as a desk."""
    pages = []
    for route in ROUTES:
        if route.method != "GET" or route.name in NO_PAGES:
            continue
        if route.name.startswith("api-") and route.name not in FRAMED:
            continue
        rule = route.rule
        pages.append(SitePage(route, "" if rule.anonymous == OK else "ann" if rule.owner == OK else "sam"))
    return [*pages, SitePage(next(route for route in ROUTES if route.name == "home"), "ann")]


PAGES = list_pages()
IDS = [page.id for page in PAGES]


def furnish(page: SitePage) -> tuple[str, object]:
    """Make ann's things; give the page's address and the person who opens it, None for a stranger."""
    ann = make_user("ann")
    people = {"": None, "ann": ann, "sam": make_user("sam", "staff") if page.person == "sam" else None}
    things = make_things(ann)
    address = reverse(page.route.name, args=[things[thing] for thing in page.route.things.split()])
    return address + page.route.query, people[page.person]
