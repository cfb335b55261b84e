"""How much memory a training worker may hold: one that outgrows the machine would take the whole site along."""

import resource

from django.conf import settings


def bound_memory() -> None:
    """Limit the data of this process to `TRAINING_MEMORY_MB`; asking for more fails in Python, not in the kernel.

    TensorFlow's own allocations count too: where they fail the process ends, and the job is taken up again or given up.
    """
    wanted = settings.TRAINING_MEMORY_MB * 1024 * 1024
    if wanted <= 0:
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
