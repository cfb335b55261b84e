"""Values under keys on disk."""

from movies.importers.shelf import open_shelf


def test_values_come_back_in_order() -> None:
    with open_shelf() as shelf:
        shelf.fill((f"key {number % 3}", str(number)) for number in range(12_000))
        assert shelf.get("key 1")[:3] == ["1", "4", "7"]
        assert shelf.get("nothing") == []
        assert shelf.count_keys() == 3
