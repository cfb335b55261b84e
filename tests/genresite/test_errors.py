"""The kinds of failure and their one body."""

from genresite.errors import Conflict, DomainError, InvalidInput, NotFound, TooLarge, Unavailable


def test_each_kind_has_its_own_status() -> None:
    kinds = [InvalidInput, NotFound, Conflict, TooLarge, Unavailable]
    assert [kind("x").status for kind in kinds] == [400, 404, 409, 413, 503]
    assert all(issubclass(kind, DomainError) for kind in kinds)


def test_body_names_code_message_and_field() -> None:
    error = InvalidInput("Too short.", code="plot_too_short", field="plot", details={"minimum": 20})
    assert error.as_dict() == {
        "error": {"code": "plot_too_short", "message": "Too short.", "details": {"minimum": 20, "field": "plot"}}
    }


def test_code_defaults_to_the_kind() -> None:
    assert NotFound("Gone.").as_dict()["error"]["code"] == "not_found"
