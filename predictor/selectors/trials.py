"""What the page shows of an answer that is not kept."""

from dataclasses import dataclass

from predictor.pipelines import Answer
from predictor.selectors.predictions import explain_unsure
from predictor.selectors.scores import ScoreSheet, Voice


@dataclass(frozen=True)
class TrialSheet(ScoreSheet):
    """The scores of an answer that nobody keeps."""

    unsure: bool = False
    why_unsure: str = ""


def read_trial(answer: Answer) -> TrialSheet:
    """Lay out an answer as the page of a kept prediction would."""
    voices = [
        Voice(part.kind, part.version, part.scores.as_dict(), part.scores.decided, part.scores.unsure)
        for part in answer.parts
    ]
    return TrialSheet.build(
        kind=answer.kind,
        scores=answer.scores.as_dict(),
        decided=answer.scores.decided,
        voices=voices,
        unsure=answer.scores.unsure,
        why_unsure=explain_unsure(answer.scores.unsure, answer.scores.decided),
    )
