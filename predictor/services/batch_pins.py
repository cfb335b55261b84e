"""The model versions that answer for a batch: chosen when it is given in, the same for every one of its rows."""

from collections.abc import Mapping

from predictor.models import Kind, ModelVersion


def pin_versions(kind: str, chosen: ModelVersion | None) -> dict[str, str]:
    """The versions that answer from now on.

    Args:
        kind: What every row is predicted from; empty for what each row has.
        chosen: The version that was asked for by name, if one was.

    Returns:
        Kind of model -> name, for every kind that may be asked; a kind for which no model is in use is left out.
    """
    pinned = {version.kind: version.name for version in ModelVersion.objects.active()}
    if chosen is not None:
        pinned[chosen.kind] = chosen.name
    return pinned if kind in ("", Kind.BOTH) else {name: pinned[name] for name in pinned if name == kind}


def find_pinned(pinned: Mapping[str, str]) -> dict[str, ModelVersion] | None:
    """The versions of a batch.

    Args:
        pinned: What `pin_versions` returned; empty for a batch of an earlier release.

    Returns:
        Kind -> version; one that is gone is left out, so that its rows say that a model is missing. None for a batch
        that nothing was pinned for: the active ones answer.
    """
    if not pinned:
        return None
    known = {version.name: version for version in ModelVersion.objects.filter(name__in=pinned.values())}
    return {kind: known[name] for kind, name in pinned.items() if name in known}
