"""CronJob: a Job at each time of a schedule."""

from podwright.kinds.cronjob.crd import CRONJOB_CRD
from podwright.kinds.cronjob.decide import decide
from podwright.kinds.cronjob.spec import CronJobSpec
from podwright.kinds.cronjob.status import status
from podwright.owners import Job
from podwright.workload import Owns, Workload

CRONJOB: Workload[CronJobSpec] = Workload(
    kind="CronJob",
    plural="cronjobs",
    spec=CronJobSpec,
    decide=decide,
    status=status,
    owns=(Owns(Job),),
    crd=CRONJOB_CRD,
)
