"""The run of a claimed job that works chunk by chunk, with its sign of life and its end told whatever happens."""

from collections.abc import Callable

from genresite.errors import DomainError
from predictor.models import Job
from predictor.services.heartbeats import JobStopped, keep_alive
from predictor.services.job_states import Claim, claim_job, fail_job, finish_job


def run_claimed(*, job_id: int, work: Callable[[Job, int], None], failure: str) -> Claim:
    """Do the work of a job, unless another worker does or it is over.

    Args:
        job_id: The job's number.
        work: Does it; takes the job and the number of the attempt. A DomainError from it ends the job with its message,
            JobStopped as somebody's wish.
        failure: What the job says, in words, where the work breaks off otherwise; the error goes on to the caller.

    Returns:
        What came of the claim; `BUSY` means: look again later, for the other worker may be lost.
    """
    claim, attempt = claim_job(job_id)
    if claim is not Claim.OURS:
        return claim
    job = Job.objects.select_related("requested_by").get(pk=job_id)
    try:
        with keep_alive(job_id=job_id, attempt=attempt):
            work(job, attempt)
    except JobStopped:
        finish_job(job_id=job_id, attempt=attempt)
    except DomainError as exc:
        fail_job(job_id=job_id, attempt=attempt, failure=exc.message)
    except Exception:
        fail_job(job_id=job_id, attempt=attempt, failure=failure)
        raise
    else:
        finish_job(job_id=job_id, attempt=attempt)
    return claim
