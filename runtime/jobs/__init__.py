"""Long work beside the pages: each job is a process of its own, told of by files in a folder of its own.

A job goes on when a page is reloaded, the browser closed, or the server ended. See `runtime.jobs.jobs`.
"""

from runtime.jobs.job import FINISHED, Job, JobKind, JobState
from runtime.jobs.jobs import Jobs

__all__ = ["FINISHED", "Job", "JobKind", "JobState", "Jobs"]
