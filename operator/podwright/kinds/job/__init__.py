"""Job: pods that run to completion, each counted once.

Differs: a pod that has ended and belongs to nobody is not adopted: a Job that was here before may
have counted it.
"""

from podwright import labels
from podwright.kinds.job.crd import JOB_CRD
from podwright.kinds.job.decide import decide
from podwright.kinds.job.spec import chosen
from podwright.kinds.job.status import status
from podwright.objects import Pod
from podwright.owners import Job, JobSpec
from podwright.rules import pods
from podwright.workload import Owns, Workload

JOB: Workload[JobSpec] = Workload(
    kind="Job",
    plural="jobs",
    spec=JobSpec,
    decide=decide,
    status=status,
    owns=(
        Owns(
            Pod,
            chosen=chosen,
            claims=lambda pod: not pods.is_finished(pod),
            finalizer=labels.JOB_TRACKING,
        ),
    ),
    crd=JOB_CRD,
    model=Job,
    verbs=("delete",),  # when its time to live is over
)
